"""Leases: who holds one may act until it ends; whoever comes late or with another token may not."""

import logging
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from orders.claiming import claim_jobs, expire_leases
from orders.leases import Lease, LeaseLostError
from orders.making import Failure, complete_job, fail_job, release_job, start_job
from orders.models import FulfilmentKey, Job
from tests.orders.fulfilment.api import Caller, as_json, everything
from tests.orders.make import lease_of, lots_of, make_client, make_job

pytestmark = pytest.mark.usefixtures("catalogue")

S = Job.State
ACTIONS = ["start", "complete", "fail", "release"]


def act(action: str, job: Job, lease: Lease, *, after: timedelta = timedelta(0)) -> Job:
    now = timezone.now() + after
    if action == "start":
        return start_job(job.public_id, lease=lease, now=now)
    if action == "complete":
        return complete_job(job.public_id, lease=lease, batch="B1", lots=lots_of(job), now=now)
    if action == "fail":
        return fail_job(job.public_id, lease=lease, retryable=False, code=Failure.OTHER, now=now)
    return release_job(job.public_id, lease=lease, now=now)


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", Job.LEASED)
def test_a_token_that_is_not_the_current_one_is_refused(state: str, action: str) -> None:
    job = make_job(state)
    stranger = Lease(client=lease_of(job).client, token=uuid.uuid4())
    before = everything()

    with pytest.raises(LeaseLostError):
        act(action, job, stranger)

    assert everything() == before


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", Job.LEASED)
def test_the_right_token_in_other_hands_is_refused(state: str, action: str) -> None:
    job = make_job(state)
    thief = Lease(client=make_client().row, token=lease_of(job).token)
    before = everything()

    with pytest.raises(LeaseLostError):
        act(action, job, thief)

    assert everything() == before


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("state", Job.LEASED)
def test_a_lease_that_has_run_out_is_refused_before_anyone_has_taken_it_back(state: str, action: str) -> None:
    job = make_job(state, lease_seconds=60)
    before = everything()

    with pytest.raises(LeaseLostError):
        act(action, job, lease_of(job), after=timedelta(seconds=60))

    assert everything() == before


def test_a_late_worker_cannot_finish_what_is_someone_elses_by_now(caller: Caller) -> None:
    job = make_job(S.CLAIMED, client=caller.key, lease_seconds=60)
    late = str(lease_of(job).token)
    later = timezone.now() + timedelta(seconds=61)
    with time_machine.travel(later, tick=False):
        assert expire_leases(later) == 1
        [claimed] = claim_jobs(make_client().row, worker="b", max_jobs=1, lease_seconds=600, now=later)
        before = everything()
        bodies: dict[str, dict[str, Any]] = {
            "start": {},
            "complete": {"batch": "B1", "lots": as_json(lots_of(job))},
            "fail": {"retryable": True, "code": "other"},
            "release": {},
        }

        answers = [
            caller.post(f"/jobs/{job.public_id}/{action}", {"lease_token": late, **body})
            for action, body in bodies.items()
        ]

    assert claimed == job
    for status, problem in answers:
        assert (status, problem["type"]) == (409, "/problems/lease-lost")
        assert (problem["current_state"], problem["allowed_actions"]) == ("claimed", [])
    assert everything() == before


def test_a_lost_lease_on_a_job_that_is_ready_again_may_claim_it_anew(caller: Caller) -> None:
    job = make_job(S.CLAIMED, client=caller.key)
    token = str(lease_of(job).token)
    release_job(job.public_id, lease=lease_of(job), now=timezone.now())

    status, problem = caller.post(f"/jobs/{job.public_id}/start", {"lease_token": token})

    assert (status, problem["type"]) == (409, "/problems/lease-lost")
    assert (problem["current_state"], problem["allowed_actions"]) == ("ready", ["claim"])


def test_an_expired_claim_goes_back_to_ready_without_a_lease() -> None:
    job = make_job(S.CLAIMED, lease_seconds=60)
    end = timezone.now() + timedelta(seconds=61)

    assert expire_leases(end) == 1

    job.refresh_from_db()
    assert (job.state, job.attempt, job.version, job.lapsed) == ("ready", 1, 4, False)
    assert (job.client, job.worker, job.station, job.lease_token, job.lease_expires_at) == (
        None,
        "",
        "",
        None,
        None,
    )
    last = job.transitions.get(version=4)
    assert (last.from_state, last.to_state, last.by, last.note) == (
        "claimed",
        "ready",
        "relay",
        "the lease ran out",
    )


def test_a_lease_that_still_runs_is_left_alone() -> None:
    make_job(S.CLAIMED, lease_seconds=600)
    make_job(S.IN_PRODUCTION, lease_seconds=600)
    before = everything()

    assert expire_leases(timezone.now() + timedelta(seconds=590)) == 0

    assert everything() == before


def test_an_expired_lease_in_production_lapses_and_staff_are_told_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    job = make_job(S.IN_PRODUCTION, lease_seconds=60)
    end = timezone.now() + timedelta(seconds=61)

    with caplog.at_level(logging.ERROR, logger="orders.claiming"):
        assert (expire_leases(end), expire_leases(end)) == (1, 0)

    job.refresh_from_db()
    assert (job.state, job.lapsed, job.version) == ("in_production", True, 4)
    assert len(caplog.messages) == 1
    assert job.order.number in caplog.messages[0]
    assert claim_jobs(make_client().row, worker="b", max_jobs=50, lease_seconds=60, now=end) == []


def test_many_leases_expire_in_one_go_each_with_its_own_transition() -> None:
    client: FulfilmentKey = make_client().row
    jobs = [make_job(S.CLAIMED, client=client, lease_seconds=60) for _ in range(3)]
    end = timezone.now() + timedelta(seconds=61)

    assert expire_leases(end) == 3

    for job in jobs:
        job.refresh_from_db()
        assert (job.state, job.version, job.transitions.count()) == ("ready", 4, 4)


def test_a_second_claim_counts_as_a_second_attempt_with_a_new_token() -> None:
    job = make_job(S.CLAIMED, lease_seconds=60)
    first = lease_of(job).token
    end = timezone.now() + timedelta(seconds=61)
    expire_leases(end)

    [again] = claim_jobs(make_client().row, worker="b", max_jobs=1, lease_seconds=60, now=end)

    assert (again.pk, again.attempt) == (job.pk, 2)
    assert again.lease_token not in (None, first)
