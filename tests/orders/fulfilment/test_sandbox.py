"""The sandbox: jobs in any state for a test key, and a shop that takes no notice of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone

from configurator.models import Component
from orders.claiming import claim_jobs
from orders.lateness import tell_of_slips
from orders.models import (
    Booking,
    FeedEvent,
    Job,
    JobTransition,
    Order,
    OrderEvent,
    OutboxEntry,
    Payment,
    Shipment,
    Slip,
)
from tests.orders.fulfilment.api import PATH, Caller, as_json, everything
from tests.orders.make import MIX, lots_of, make_client, make_job
from tests.orders.stored import reserved

pytestmark = pytest.mark.usefixtures("catalogue")

S = Job.State


@pytest.fixture
def tester(catalogue: object) -> Caller:
    return Caller(make_client(name="tester", is_test=True))


def make(tester: Caller, state: str = S.READY, **body: Any) -> dict[str, Any]:
    status, job = tester.post("/sandbox/jobs", {"state": state, **body})
    assert status == 200, job
    return dict(job)


def nothing_outside() -> bool:
    rows = (Booking, OrderEvent, OutboxEntry, Payment, Slip)
    return not any(model._default_manager.exists() for model in rows) and not reserved() and not mail.outbox


@pytest.mark.parametrize("state", S.values)
def test_a_job_is_made_in_each_state_and_nothing_outside_it(tester: Caller, state: str) -> None:
    stock = list(Component.objects.order_by("pk").values())

    job = make(tester, state)

    row = Job.objects.get(public_id=job["id"])
    assert (job["state"], row.state, row.sandbox, row.order.sandbox) == (state, state, tester.key, tester.key)
    assert row.transitions.count() == row.version == FeedEvent.objects.filter(sandbox=tester.key).count()
    assert job["order"].startswith("TEST-")
    assert (job["lease"] is not None) == (state in Job.LEASED)
    assert nothing_outside()
    assert list(Component.objects.order_by("pk").values()) == stock


def test_what_it_makes_can_be_chosen(tester: Caller) -> None:
    job = make(tester, recipe="shampoo", mix=MIX, quantity=3)

    assert (job["snapshot"]["mix"], job["snapshot"]["quantity"]) == (MIX, 3)
    assert job["snapshot"]["recipe"]["slug"] == "shampoo"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "state"), ({"state": "made"}, "state"), ({"state": "ready", "recipe": "soap"}, "recipe"),
        ({"state": "ready", "mix": {}}, "mix.base"), ({"state": "ready", "mix": {**MIX, "main": "x"}}, "mix"),
        ({"state": "ready", "quantity": 0}, "quantity"), ({"state": "ready", "quantity": 100}, "quantity"),
        ({"state": "ready", "sandbox": 1}, "sandbox"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(tester: Caller, body: dict[str, Any], field: str) -> None:
    before = everything()

    status, problem = tester.post("/sandbox/jobs", body)

    assert status == 422
    assert problem["errors"][0]["field"].startswith(field)
    assert everything() == before


def test_in_a_shop_that_has_published_nothing_no_job_is_made(
    tester: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orders.sandbox.versions_on_sale", list)
    before = everything()

    status, problem = tester.post("/sandbox/jobs", {"state": "ready"})

    assert (status, problem["errors"]) == (422, [{"field": "recipe", "message": "No recipe is on sale."}])
    assert everything() == before


def test_a_full_sandbox_takes_no_more(tester: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders.sandbox.MOST_JOBS", 1)
    make(tester)

    status, problem = tester.post("/sandbox/jobs", {"state": "ready"})

    assert (status, problem["type"], Job.objects.count()) == (409, "/problems/sandbox-full", 1)


def test_a_whole_life_through_the_api_reaches_nothing_outside(tester: Caller) -> None:
    made = make(tester)
    jobs = claim_jobs(tester.key, worker="w", max_jobs=5, lease_seconds=60, now=timezone.now())
    assert [str(job.public_id) for job in jobs] == [made["id"]]

    assert tester.report(jobs[0], "start")[0] == 200
    assert tester.report(jobs[0], "complete", batch="B1", lots=as_json(lots_of(jobs[0])))[0] == 200
    parcel = {
        "external_id": "P1", "jobs": [made["id"]], "carrier": "Owl Post", "tracking": "T",
        "shipped_at": timezone.now().isoformat(),
    }  # fmt: skip
    assert tester.post("/shipments", parcel)[0] == 200

    assert Job.objects.get().state == S.SHIPPED
    assert nothing_outside()


def test_a_live_key_claims_no_sandbox_job_and_a_test_key_no_other(tester: Caller, caller: Caller) -> None:
    mine, real = make(tester), make_job()
    now = timezone.now()

    got = [
        claim_jobs(key, worker="w", max_jobs=5, lease_seconds=60, now=now) for key in (caller.key, tester.key)
    ]

    assert [[str(job.public_id) for job in jobs] for jobs in got] == [[str(real.public_id)], [mine["id"]]]


def test_a_lease_ends_when_it_is_told_to(tester: Caller) -> None:
    claimed, begun = make(tester, S.CLAIMED), make(tester, S.IN_PRODUCTION)

    _, first = tester.post(f"/sandbox/jobs/{claimed['id']}/expire-lease", {})
    _, second = tester.post(f"/sandbox/jobs/{begun['id']}/expire-lease", {})

    assert (first["state"], first["lease"]) == ("ready", None)
    assert (second["state"], second["lease"]["lapsed"]) == ("in_production", True)


def test_a_job_without_a_lease_has_none_to_end(tester: Caller) -> None:
    job = make(tester)
    before = everything()

    status, problem = tester.post(f"/sandbox/jobs/{job['id']}/expire-lease", {})

    assert (status, problem["current_state"]) == (409, "ready")
    assert everything() == before


def test_the_jobs_of_others_are_not_there(tester: Caller, caller: Caller) -> None:
    other = Caller(make_client(is_test=True))
    real = make_job(S.CLAIMED, client=caller.key)
    foreign = make(other, S.CLAIMED)
    before = everything()

    for job_id in (real.public_id, foreign["id"], UUID(int=0)):
        assert tester.post(f"/sandbox/jobs/{job_id}/expire-lease", {})[0] == 404
    assert tester.http.delete(f"{PATH}/sandbox/jobs").json() == {"deleted": 0}

    assert everything() == before


def test_with_a_live_key_there_is_no_sandbox(caller: Caller) -> None:
    real = make_job(S.CLAIMED, client=caller.key)
    before = everything()

    answers = [
        caller.post("/sandbox/jobs", {"state": "ready"})[0],
        caller.post(f"/sandbox/jobs/{real.public_id}/expire-lease", {})[0],
        caller.http.delete(f"{PATH}/sandbox/jobs").status_code,
    ]

    assert answers == [404, 404, 404]
    assert everything() == before


def test_emptying_takes_the_own_jobs_and_leaves_the_others(tester: Caller) -> None:
    other = Caller(make_client(is_test=True))
    real = make_job(S.SHIPPED)
    kept = make(other, S.SHIPPED)
    before = everything()
    for state in S.values:
        make(tester, state)

    assert tester.http.delete(f"{PATH}/sandbox/jobs").json() == {"deleted": len(S.values)}

    after = everything()
    emptied = [event for event in after["FeedEvent"] if event not in before["FeedEvent"]]
    assert {(event["order_id"], event["job_id"], event["transition_id"]) for event in emptied} == {
        (None,) * 3
    }
    after["FeedEvent"] = [event for event in after["FeedEvent"] if event not in emptied]
    assert after == before
    assert {job.public_id for job in Job.objects.all()} == {real.public_id, UUID(kept["id"])}


def test_the_shop_tells_nobody_of_a_sandbox_that_is_late(tester: Caller) -> None:
    make(tester)
    Order.objects.update(expected_on=timezone.localdate() - timedelta(days=5), made_on=timezone.localdate())

    assert tell_of_slips(now=timezone.now()) == 0

    assert nothing_outside()


def test_staff_see_no_sandbox_rows(tester: Caller, client: Client) -> None:
    client.force_login(User.objects.create_superuser("grace"))
    job = make(tester, S.SHIPPED)
    rows = {
        "order": Order.objects.get(), "job": Job.objects.get(), "shipment": Shipment.objects.get(),
    }  # fmt: skip

    for name, row in rows.items():
        page = client.get(f"/admin/orders/{name}/").content.decode()
        assert job["order"] not in page
        assert client.get(f"/admin/orders/{name}/{row.pk}/change/").status_code == 302
    assert JobTransition.objects.exists()
