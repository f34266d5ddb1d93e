"""Holds over the API: a held job waits, and goes on when the last of its holds is released by its own id."""

import uuid
from typing import Any

import pytest
from django.utils import timezone

from orders.holds import place_hold
from orders.models import FeedEvent, Hold, Job
from tests.orders.fulfilment.api import PATH, Caller, as_json, everything
from tests.orders.make import STAFF, lots_of, make_job

pytestmark = pytest.mark.usefixtures("catalogue")

CLAIM = {"worker": "w", "max_jobs": 5, "lease_seconds": 600}


def hold(caller: Caller, job: Job, **body: Any) -> tuple[int, Any]:
    return caller.post(f"/jobs/{job.public_id}/holds", {"reason": "quality", **body})


def release(caller: Caller, job: Job, hold_id: Any) -> tuple[int, Any]:
    response = caller.http.delete(f"{PATH}/jobs/{job.public_id}/holds/{hold_id}")
    return response.status_code, response.json()


def test_a_held_job_says_why_and_is_not_claimed_until_its_last_hold_is_released(caller: Caller) -> None:
    job = make_job()
    _, first = hold(caller, job, note="It smells.")
    _, second = hold(caller, job, reason="stock")

    _, shown = caller.get(f"/jobs/{job.public_id}")
    assert (shown["on_hold"], shown["holds"]) == (True, [first, second])
    assert (first["reason"], first["note"], first["placed_by"]) == ("quality", "It smells.", "fulfilment")
    assert caller.get("/jobs")[1]["jobs"] == [shown]
    assert caller.post("/claims", CLAIM)[1] == {"jobs": []}

    assert release(caller, job, first["id"])[0] == 200
    assert caller.post("/claims", CLAIM)[1] == {"jobs": []}
    assert caller.get(f"/jobs/{job.public_id}")[1]["holds"] == [second]

    release(caller, job, second["id"])
    [claimed] = caller.post("/claims", CLAIM)[1]["jobs"]
    assert (claimed["on_hold"], claimed["holds"]) == (False, [])


def test_a_hold_and_its_release_are_events_and_a_second_release_is_none(caller: Caller) -> None:
    job = make_job()
    _, placed = hold(caller, job)

    first = release(caller, job, placed["id"])
    again = release(caller, job, placed["id"])

    assert first == again
    assert first[1]["released_at"] is not None
    kinds = list(FeedEvent.objects.exclude(kind="job.moved").values_list("kind", flat=True))
    assert kinds == ["job.held", "job.hold_released"]


def test_a_held_job_is_not_started(caller: Caller) -> None:
    job = make_job("claimed", client=caller.key, on_hold=True)
    before = everything()

    status, problem = caller.report(job, "start")

    assert (status, problem["type"]) == (409, "/problems/on-hold")
    assert (problem["current_state"], problem["allowed_actions"]) == ("claimed", ["release", "fail"])
    assert everything() == before


def test_a_held_job_is_not_shipped_nor_are_those_in_its_parcel(caller: Caller) -> None:
    job = make_job("produced", client=caller.key, on_hold=True)
    before = everything()
    parcel = {"carrier": "Owl Post", "tracking": "TR1", "shipped_at": "2026-11-20T10:00:00Z"}

    status, problem = caller.post("/shipments", {"external_id": "P1", "jobs": [str(job.public_id)], **parcel})

    assert (status, problem["type"], problem["allowed_actions"]) == (409, "/problems/on-hold", [])
    assert everything() == before


@pytest.mark.parametrize(
    ("state", "action", "to"),
    [
        ("in_production", "complete", "produced"),
        ("claimed", "release", "ready"),
        ("claimed", "fail", "failed"),
        ("in_production", "fail", "failed"),
    ],
)
def test_a_held_job_can_leave_the_bench(caller: Caller, state: str, action: str, to: str) -> None:
    job = make_job(state, client=caller.key, on_hold=True)
    bodies: dict[str, dict[str, Any]] = {
        "complete": {"batch": "B1", "lots": as_json(lots_of(job))},
        "fail": {"retryable": False, "code": "damaged"},
    }

    status, shown = caller.report(job, action, **bodies.get(action, {}))

    assert (status, shown["state"], shown["on_hold"]) == (200, to, True)


@pytest.mark.parametrize("state", ["shipped", "cancelled"])
def test_what_is_over_is_not_held(caller: Caller, state: str) -> None:
    job = make_job(state, client=caller.key)
    before = everything()

    status, problem = hold(caller, job)

    assert (status, problem["type"], problem["current_state"]) == (409, "/problems/wrong-state", state)
    assert everything() == before


def test_a_hold_is_released_only_under_its_own_job_and_id(caller: Caller) -> None:
    job, other = make_job(on_hold=True), make_job()
    placed = Hold.objects.get()
    before = everything()

    assert release(caller, other, placed.public_id)[0] == 404
    assert release(caller, job, uuid.uuid4())[0] == 404
    assert release(caller, Job(), placed.public_id)[0] == 404
    assert everything() == before


def test_the_hold_of_a_failed_hand_off_is_the_shops_own(caller: Caller) -> None:
    job = make_job()
    placed = place_hold(job.public_id, reason=Hold.Reason.HANDOFF, by=STAFF, now=timezone.now())
    before = everything()

    assert release(caller, job, placed.public_id)[0] == 404
    assert hold(caller, job, reason="hand-off")[0] == 422

    assert everything() == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reason": "boom"}, "reason"),
        ({"note": 7}, "note"),
        ({"note": "x" * 401}, "note"),
        ({"by": "me"}, "by"),
    ],
)
def test_a_wrong_field_is_named(caller: Caller, wrong: dict[str, Any], field: str) -> None:
    job = make_job()
    before = everything()

    status, problem = hold(caller, job, **wrong)

    assert (status, [error["field"] for error in problem["errors"]]) == (422, [field])
    assert everything() == before
