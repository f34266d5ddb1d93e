"""Every report in every state: exactly the moves of the table, and a 409 that changes nothing for all others."""

from typing import Any

import pytest

from orders.jobs import ALLOWED
from orders.models import Job
from tests.orders.fulfilment.api import Caller, as_json, everything
from tests.orders.make import lots_of, make_job

pytestmark = pytest.mark.usefixtures("catalogue")

S = Job.State
NOTHING_DONE = ["pending", "ready", "cancelled"]

MOVES = {
    (S.CLAIMED, "start"): S.IN_PRODUCTION,
    (S.CLAIMED, "release"): S.READY,
    (S.CLAIMED, "fail, retryable"): S.READY,
    (S.CLAIMED, "fail"): S.FAILED,
    (S.IN_PRODUCTION, "complete"): S.PRODUCED,
    (S.IN_PRODUCTION, "fail"): S.FAILED,
    (S.PRODUCED, "ship"): S.SHIPPED,
    (S.READY, "claim"): S.CLAIMED,
}
ACTIONS_NOW = {
    S.READY: ["claim"],
    S.CLAIMED: ["start", "release", "fail"],
    S.IN_PRODUCTION: ["complete", "fail"],
    S.PRODUCED: ["ship"],
}
REPORTS = ["start", "complete", "fail", "fail, retryable", "release"]


def report(caller: Caller, job: Job, action: str) -> tuple[int, Any]:
    """What the job's own maker would send."""
    if action == "ship":
        parcel = {"carrier": "Owl Post", "tracking": "TR1", "shipped_at": "2026-11-20T10:00:00Z"}
        return caller.post("/shipments", {"external_id": "P1", "jobs": [str(job.public_id)], **parcel})
    body: dict[str, Any] = {}
    if action == "complete":
        body = {"batch": "B1", "lots": as_json(lots_of(job)) if job.snapshot else []}
    if action.startswith("fail"):
        body = {"retryable": action == "fail, retryable", "code": "equipment"}
    token = str(job.lease_token or "00000000-0000-4000-8000-000000000000")
    return caller.post(
        f"/jobs/{job.public_id}/{action.split(',', maxsplit=1)[0]}", {"lease_token": token, **body}
    )


@pytest.mark.parametrize("action", [*REPORTS, "ship"])
@pytest.mark.parametrize("state", S.values)
def test_a_report_moves_the_job_as_the_table_says_or_not_at_all(
    caller: Caller, state: str, action: str
) -> None:
    job = make_job(state, client=caller.key)
    to = MOVES.get((S(state), action))
    before = everything()

    status, answer = report(caller, job, action)

    if to is not None:
        job.refresh_from_db()
        assert status == 200
        assert job.state == to
        assert list(job.transitions.order_by("version").values_list("from_state", "to_state"))[-1] == (
            state,
            to,
        )
        assert job.version == job.transitions.count()
    else:
        assert status == 409
        assert answer["current_state"] == state
        assert answer["allowed_actions"] == ACTIONS_NOW.get(S(state), [])
        assert answer["job"] == str(job.public_id)
        lost = action != "ship" and state in NOTHING_DONE
        assert answer["type"] == ("/problems/lease-lost" if lost else "/problems/wrong-state")
        assert everything() == before


@pytest.mark.parametrize("state", S.values)
def test_a_claim_takes_what_is_ready_and_nothing_else(caller: Caller, state: str) -> None:
    job = make_job(state, client=caller.key)
    before = everything()

    status, answer = caller.post("/claims", {"worker": "w", "max_jobs": 1, "lease_seconds": 60})

    assert status == 200
    if state == S.READY:
        assert [claimed["id"] for claimed in answer["jobs"]] == [str(job.public_id)]
    else:
        assert answer == {"jobs": []}
        assert everything() == before


def test_the_moves_of_the_api_are_moves_of_the_state_machine() -> None:
    assert all(to in ALLOWED[state] for (state, _action), to in MOVES.items())


def test_a_retryable_failure_in_production_is_shown_the_way_on(caller: Caller) -> None:
    job = make_job(S.IN_PRODUCTION, client=caller.key)

    status, problem = report(caller, job, "fail, retryable")

    assert status == 409
    assert problem["detail"] == (
        "Production has begun, so the job cannot go back to ready: complete it, or fail it with retryable false, and "
        "staff decide whether it is made again."
    )


def test_the_problem_says_what_can_be_done_instead(caller: Caller) -> None:
    job = make_job(S.CLAIMED, client=caller.key)

    _status, problem = report(caller, job, "complete")

    assert problem["detail"] == "The job is claimed; what can be done with it now: start, release, fail."
    assert problem["title"] == "The job is in another state"
    assert problem["instance"] == f"/api/fulfilment/v1/jobs/{job.public_id}/complete"


@pytest.mark.parametrize("action", REPORTS)
def test_an_unknown_job_is_not_found(caller: Caller, action: str) -> None:
    job = make_job(S.CLAIMED, client=caller.key)
    before = everything()
    ghost = Job(public_id="00000000-0000-4000-8000-000000000000", snapshot=job.snapshot)

    status, problem = report(caller, ghost, action)

    assert (status, problem["type"]) == (404, "/problems/not-found")
    assert everything() == before
