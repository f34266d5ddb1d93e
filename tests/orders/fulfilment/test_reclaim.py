"""Reclaiming: whoever has the begun goods of a lapsed job goes on with it under a lease of its own."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from orders.claiming import expire_leases, reclaim_job
from orders.jobs import WrongStateError
from orders.models import FeedEvent, Job, Order
from orders.staff_decisions import call_off
from tests.orders.fulfilment.api import Caller, as_json, everything
from tests.orders.make import lots_of, make_client, make_job

pytestmark = pytest.mark.usefixtures("catalogue")

BODY = {"worker": "Grace", "station": "bench 3", "lease_seconds": 600}


def test_a_lapsed_job_goes_on_under_a_new_token_in_the_same_attempt(caller: Caller) -> None:
    job = make_job("in_production", client=make_client().row, lease_seconds=60)
    late = timezone.now() + timedelta(seconds=61)
    with time_machine.travel(late, tick=False):
        expire_leases(late)

        status, shown = caller.post(f"/jobs/{job.public_id}/reclaim", BODY)
        before, old = job.lease_token, job
        job = Job.objects.get()
        done = caller.report(job, "complete", batch="B1", lots=as_json(lots_of(job)))

    assert (status, shown["state"], shown["attempt"], shown["version"]) == (
        200,
        "in_production",
        1,
        old.version,
    )
    assert shown["lease"]["token"] == str(job.lease_token) != str(before)
    assert (job.client, job.worker, job.station, job.lapsed) == (caller.key, "Grace", "bench 3", False)
    assert job.lease_expires_at == late + timedelta(seconds=600)
    assert FeedEvent.objects.filter(kind="job.reclaimed", job=job).count() == 1
    assert (done[0], done[1]["state"]) == (200, "produced")


def test_who_let_it_lapse_is_told_to_reclaim_and_may(caller: Caller) -> None:
    job = make_job("in_production", client=caller.key, lease_seconds=60)
    late = timezone.now() + timedelta(seconds=61)
    with time_machine.travel(late, tick=False):
        expire_leases(late)
        status, problem = caller.report(job, "complete", batch="B1", lots=as_json(lots_of(job)))
        again = caller.post(f"/jobs/{job.public_id}/reclaim", BODY)

    assert (status, problem["type"], problem["allowed_actions"]) == (409, "/problems/lease-lost", ["reclaim"])
    assert again[0] == 200


@pytest.mark.parametrize("state", Job.State.values)
def test_what_has_not_lapsed_is_not_reclaimed(caller: Caller, state: str) -> None:
    job = make_job(state)
    before = everything()

    status, problem = caller.post(f"/jobs/{job.public_id}/reclaim", BODY)

    assert (status, problem["type"], problem["current_state"]) == (409, "/problems/wrong-state", state)
    before["FulfilmentKey"] = everything()["FulfilmentKey"]
    assert everything() == before


def test_of_two_that_reclaim_only_the_first_does(caller: Caller) -> None:
    job = make_job("in_production", lease_seconds=60)
    late = timezone.now() + timedelta(seconds=61)
    with time_machine.travel(late, tick=False):
        assert caller.post(f"/jobs/{job.public_id}/reclaim", BODY)[0] == 200

        assert Caller(make_client()).post(f"/jobs/{job.public_id}/reclaim", BODY)[0] == 409

    assert Job.objects.get().client == caller.key


def test_what_is_reclaimed_just_before_staff_call_it_off_is_not_called_off(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job = make_job("in_production", lease_seconds=60)
    late = timezone.now() + timedelta(seconds=61)
    expire_leases(late)
    seen, client, lock = Job.objects.get(), make_client().row, Order.objects.select_for_update
    assert seen.lapsed
    before = everything()

    def reclaim_first(**kwargs: Any) -> object:
        monkeypatch.undo()
        reclaim_job(client, job.public_id, worker="Grace", lease_seconds=600, now=late)
        return lock(**kwargs)

    monkeypatch.setattr(Order.objects, "select_for_update", reclaim_first)
    with pytest.raises(WrongStateError) as refused:
        call_off(seen, by="Ada", now=late)

    assert (refused.value.job.state, refused.value.job.lapsed) == ("in_production", False)
    assert everything() == before  # this reclaim was part of the transaction that is taken back
