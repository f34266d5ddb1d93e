"""Shipments: one parcel for produced jobs of one order, all or nothing, once."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from orders.handoff import hand_off
from orders.jobs import Actor
from orders.jobs import make_job as make_job_of_line
from orders.making import complete_job, start_job
from orders.models import Job, Order, OrderLine, Shipment
from tests.orders.fulfilment.api import Caller, everything
from tests.orders.make import claim_only, lease_of, lots_of, make_client, make_job

pytestmark = pytest.mark.usefixtures("catalogue")

S = Job.State
TOO_MANY = [str(uuid.UUID(int=i)) for i in range(101)]


def parcel(*jobs: Job, **changes: Any) -> dict[str, Any]:
    return {
        "external_id": "P-1",
        "jobs": [str(job.public_id) for job in jobs],
        "carrier": "Owl Post",
        "tracking": "TR 1",
        "shipped_at": "2026-11-20T10:00:00+01:00",
        **changes,
    }


def produced_pair(caller: Caller) -> tuple[Job, Job]:
    """Two produced jobs of one order."""
    first = make_job(S.PRODUCED, client=caller.key)
    second = add_job(first.order)
    now = timezone.now()
    hand_off(first.order, now)
    claim_only(second, caller.key, lease_seconds=600, now=now)
    start_job(second.public_id, lease=lease_of(second), now=now)
    complete_job(second.public_id, lease=lease_of(second), batch="B2", lots=lots_of(second), now=now)
    return first, Job.objects.get(pk=second.pk)


def add_job(order: Order) -> Job:
    line = order.lines.get()
    twin = OrderLine.objects.create(
        order=order,
        position=2,
        version=line.version,
        mix=line.mix,
        size=line.size,
        unit_price=line.unit_price,
    )
    return make_job_of_line(twin, order=order, by=Actor("payment"), now=timezone.now())


def test_a_parcel_ships_its_jobs(caller: Caller) -> None:
    first, second = produced_pair(caller)

    status, shown = caller.post("/shipments", parcel(first, second))

    shipment = Shipment.objects.get()
    assert status == 200
    assert shown == {
        "id": str(shipment.public_id),
        "external_id": "P-1",
        "order": first.order.number,
        "jobs": sorted([str(first.public_id), str(second.public_id)]),
        "carrier": "Owl Post",
        "tracking": "TR 1",
        "shipped_at": "2026-11-20T09:00:00Z",
    }
    for job in (first, second):
        job.refresh_from_db()
        assert (job.state, job.shipment) == ("shipped", shipment)
        assert job.transitions.latest("version").note == "Owl Post TR 1"
        assert job.version == job.transitions.count()


def test_a_part_of_an_order_can_go_ahead(caller: Caller) -> None:
    first, second = produced_pair(caller)

    assert caller.post("/shipments", parcel(first))[0] == 200
    assert caller.post("/shipments", parcel(second, external_id="P-2"))[0] == 200

    assert Shipment.objects.filter(order=first.order).count() == 2


def test_the_same_report_again_returns_the_first_shipment(caller: Caller) -> None:
    first, second = produced_pair(caller)
    answer = caller.post("/shipments", parcel(first, second))
    before = everything()

    again = caller.post("/shipments", parcel(second, first, shipped_at="2026-11-20T09:00:00Z"))

    assert again == answer
    before["IdempotentAnswer"] = everything()["IdempotentAnswer"]  # this time it had another key
    assert everything() == before


@pytest.mark.parametrize(
    "change",
    [
        {"carrier": "Canal Boat"},
        {"tracking": "TR 2"},
        {"shipped_at": "2026-11-20T10:00:01+01:00"},
        {"jobs": []},
    ],
    ids=str,
)
def test_another_parcel_under_the_same_external_id_is_a_conflict(
    caller: Caller, change: dict[str, Any]
) -> None:
    first, second = produced_pair(caller)
    caller.post("/shipments", parcel(first))
    before = everything()
    if "jobs" in change:
        change = {"jobs": [str(first.public_id), str(second.public_id)]}

    status, problem = caller.post("/shipments", parcel(first, **change))

    assert (status, problem["type"]) == (409, "/problems/external-id-taken")
    assert problem["shipment"] == str(Shipment.objects.get().public_id)
    assert everything() == before


def test_two_clients_may_use_the_same_external_id(caller: Caller) -> None:
    first, second = produced_pair(caller)
    other = Caller(make_client())

    assert caller.post("/shipments", parcel(first))[0] == 200
    assert other.post("/shipments", parcel(second))[0] == 200

    assert [shown["jobs"] for shown in caller.get("/shipments")[1]["shipments"]] == [[str(first.public_id)]]
    assert [shown["jobs"] for shown in other.get("/shipments")[1]["shipments"]] == [[str(second.public_id)]]


def test_one_job_that_is_not_produced_keeps_the_whole_parcel(caller: Caller) -> None:
    first = make_job(S.PRODUCED, client=caller.key)
    second = add_job(first.order)
    before = everything()

    status, problem = caller.post("/shipments", parcel(first, second))

    assert (status, problem["type"], problem["current_state"]) == (409, "/problems/wrong-state", "pending")
    assert problem["job"] == str(second.public_id)
    assert everything() == before


def test_jobs_of_two_orders_do_not_go_in_one_parcel(caller: Caller) -> None:
    first, other = make_job(S.PRODUCED, client=caller.key), make_job(S.PRODUCED, client=caller.key)
    before = everything()

    status, problem = caller.post("/shipments", parcel(first, other))

    assert (status, [error["field"] for error in problem["errors"]]) == (422, ["jobs[1]"])
    assert everything() == before


def test_an_unknown_or_repeated_job_is_named(caller: Caller) -> None:
    job = make_job(S.PRODUCED, client=caller.key)
    before = everything()

    unknown = caller.post("/shipments", parcel(job, jobs=[str(job.public_id), str(uuid.uuid4())]))
    repeated = caller.post("/shipments", parcel(job, job))

    for status, problem in (unknown, repeated):
        assert (status, [error["field"] for error in problem["errors"]]) == (422, ["jobs[1]"])
    assert everything() == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"jobs": []}, "jobs"), ({"jobs": "x"}, "jobs"), ({"jobs": [1]}, "jobs[0]"), ({"jobs": TOO_MANY}, "jobs"),
        ({"external_id": ""}, "external_id"), ({"external_id": "x" * 81}, "external_id"), ({"carrier": 1}, "carrier"),
        ({"tracking": None}, "tracking"), ({"shipped_at": "2026-11-20T10:00:00"}, "shipped_at"),
        ({"shipped_at": "yesterday"}, "shipped_at"), ({"shipped_at": 1_700_000_000}, "shipped_at"),
        ({"shipped_at": "2026-11-20"}, "shipped_at"), ({"shipped_at": "0001-01-01T00:00:00+14:00"}, "shipped_at"),
        ({"shipped_at": "0001-01-01T00:00:00Z"}, "shipped_at"), ({"shipped_at": "1999-12-31T23:59:59Z"}, "shipped_at"),
        ({"shipped_at": "2000-01-01T00:00:00+00:01"}, "shipped_at"),
        ({"shipped_at": "9999-12-31T23:59:59Z"}, "shipped_at"), ({"weight": 1}, "weight"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_field_is_named_and_nothing_ships(caller: Caller, wrong: dict[str, Any], field: str) -> None:
    job = make_job(S.PRODUCED, client=caller.key)
    before = everything()

    status, problem = caller.post("/shipments", parcel(job, **wrong))

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [field]
    assert everything() == before


def test_a_parcel_may_be_reported_long_after_it_was_sent(caller: Caller) -> None:
    job = make_job(S.PRODUCED, client=caller.key)

    status, shown = caller.post("/shipments", parcel(job, shipped_at="2000-01-01T00:00:00Z"))

    assert (status, shown["shipped_at"]) == (200, "2000-01-01T00:00:00Z")


def test_a_clock_may_run_ahead_by_a_day_and_no_more(caller: Caller) -> None:
    job = make_job(S.PRODUCED, client=caller.key)
    now = timezone.now()
    before = everything()

    too_far = caller.post("/shipments", parcel(job, shipped_at=(now + timedelta(hours=25)).isoformat()))

    assert (too_far[0], [error["field"] for error in too_far[1]["errors"]]) == (422, ["shipped_at"])
    assert "more than a day ahead" in too_far[1]["detail"]
    assert everything() == before
    ahead = caller.post("/shipments", parcel(job, shipped_at=(now + timedelta(hours=23)).isoformat()))
    assert ahead[0] == 200


def test_shipments_come_in_pages(caller: Caller) -> None:
    for i in range(3):
        caller.post("/shipments", parcel(make_job(S.PRODUCED, client=caller.key), external_id=f"P-{i}"))

    _, first = caller.get("/shipments", limit=2)
    _, second = caller.get("/shipments", limit=2, cursor=first["next_cursor"])

    assert [shown["external_id"] for shown in first["shipments"]] == ["P-0", "P-1"]
    assert [shown["external_id"] for shown in second["shipments"]] == ["P-2"]
    assert second["next_cursor"] is None
