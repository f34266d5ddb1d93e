"""Heartbeats: what a maker learns about the jobs in its hands, and what it cannot change by asking."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.cancelling import SHOPPER, ask_to_cancel
from orders.claiming import expire_leases
from orders.holds import place_hold
from orders.models import Hold, Job
from tests.orders.fulfilment.api import Caller, everything
from tests.orders.make import STAFF, lease_of, make_client, make_job

pytestmark = pytest.mark.usefixtures("catalogue")

LEASED = ["claimed", "in_production"]


NOBODY = str(uuid.UUID(int=0))


def held(*jobs: Job) -> list[dict[str, str]]:
    return [{"id": str(job.public_id), "lease_token": str(lease_of(job).token)} for job in jobs]


def beat(caller: Caller, *jobs: Job, **more: Any) -> list[dict[str, Any]]:
    status, answer = caller.post("/claims/heartbeat", {"jobs": held(*jobs), **more})
    assert status == 200
    return list(answer["jobs"])


@pytest.mark.parametrize("state", LEASED)
def test_a_running_lease_says_how_long_it_runs_and_nothing_changes(caller: Caller, state: str) -> None:
    now = timezone.now().replace(microsecond=0)
    job = make_job(state, client=caller.key, lease_seconds=600, now=now)
    before = everything()

    with time_machine.travel(now + timedelta(seconds=100), tick=False):
        [shown] = beat(caller, job)

    assert shown == {
        "id": str(job.public_id),
        "lease_lost": False,
        "state": state,
        "version": job.version,
        "on_hold": False,
        "holds": [],
        "cancellation": "",
        "seconds_left": 500,
        "expires_at": (now + timedelta(seconds=600)).isoformat().replace("+00:00", "Z"),
    }
    assert everything() == before


def test_it_tells_of_holds_and_of_a_cancellation(caller: Caller) -> None:
    job = make_job("in_production", client=caller.key)
    hold = place_hold(job.public_id, reason=Hold.Reason.QUALITY, note="Look.", by=STAFF, now=timezone.now())
    ask_to_cancel(job.order, by=SHOPPER, now=timezone.now())

    [shown] = beat(caller, job)

    assert (shown["on_hold"], shown["cancellation"]) == (True, "requested")
    [told] = shown["holds"]
    assert (told["id"], told["reason"], told["note"]) == (str(hold.public_id), "quality", "Look.")
    assert (told["placed_by"], told["released_at"]) == ("staff", None)


@pytest.mark.parametrize("why", ["token", "client", "expired", "lapsed", "over", "unknown"])
def test_a_lost_lease_is_said_to_be_lost_and_is_not_made_longer(caller: Caller, why: str) -> None:
    state = "in_production" if why == "lapsed" else "produced" if why == "over" else "claimed"
    job = make_job(state, client=make_client().row if why == "client" else caller.key, lease_seconds=60)
    [mine] = held(job)
    end = timezone.now() + timedelta(seconds=61 if why in ("expired", "lapsed") else 0)
    if why == "lapsed":
        expire_leases(end)
    if why in ("token", "unknown"):
        mine["lease_token" if why == "token" else "id"] = str(uuid.uuid4())
    before = everything()

    with time_machine.travel(end, tick=False):
        answer = caller.post("/claims/heartbeat", {"jobs": [mine], "lease_seconds": 600})

    assert answer == (200, {"jobs": [{"id": mine["id"], "lease_lost": True}]})
    assert everything() == before


def test_leases_are_made_longer_but_never_shorter(caller: Caller) -> None:
    now = timezone.now()
    short = make_job("claimed", client=caller.key, lease_seconds=60)
    long = make_job("claimed", client=caller.key, lease_seconds=40_000)
    ends = long.lease_expires_at

    with time_machine.travel(now, tick=False):
        shown = beat(caller, long, short, lease_seconds=600)

    short.refresh_from_db()
    long.refresh_from_db()
    assert short.lease_expires_at == now + timedelta(seconds=600)
    assert long.lease_expires_at == ends
    assert [each["id"] for each in shown] == [str(long.public_id), str(short.public_id)]
    assert shown[1]["seconds_left"] == 600
    assert (short.state, short.version, short.transitions.count()) == ("claimed", 3, 3)


@pytest.mark.parametrize("count", [1, 8])
def test_a_heartbeat_takes_three_queries_however_many_jobs(caller: Caller, count: int) -> None:
    jobs = [make_job("claimed", client=caller.key, lease_seconds=60) for _ in range(count)]
    beat(caller, *jobs)
    body = {"jobs": held(*jobs), "lease_seconds": 600}

    with CaptureQueriesContext(connection) as queries:
        caller.post("/claims/heartbeat", body)

    asked = [query["sql"].split()[0] for query in queries]
    assert asked == ["SELECT", "SAVEPOINT", "SELECT", "UPDATE", "RELEASE"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"jobs": []}, {"jobs": [{"id": NOBODY, "lease_token": NOBODY}] * 51}, {"jobs": "x"},
        {"lease_seconds": 59}, {"lease_seconds": 43_201}, {"state": "claimed"},
    ],
    ids=lambda wrong: str(wrong)[:30],
)  # fmt: skip
def test_a_wrong_field_is_named(caller: Caller, wrong: dict[str, Any]) -> None:
    job = make_job("claimed", client=caller.key)
    before = everything()

    status, problem = caller.post("/claims/heartbeat", {"jobs": held(job), **wrong})

    assert (status, [error["field"] for error in problem["errors"]]) == (422, list(wrong))
    assert everything() == before
