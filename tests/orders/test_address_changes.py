"""Correcting an address: until the bench has begun, with nothing of it written down elsewhere but the towns."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from orders.address_changes import Address, correct_address, is_too_late
from orders.cancelling import SHOPPER, TooLateError, cancel_order
from orders.handoff import hand_off
from orders.making import start_job
from orders.models import FeedEvent, Job, Order, OrderEvent
from orders.remaking import remake_job
from orders.staff_decisions import give_up
from tests.orders.fulfilment.api import Caller
from tests.orders.make import claim_only, copy_job, lease_of, make_client, make_job, make_order
from tests.orders.racing import do_alone, do_at_once, shop_on_file
from tests.orders.stored import stored_rows

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
YORK = Address(
    full_name="Augusta Byron",
    postcode="YO1 7HH",
    address_line1="1 Minster Yard",
    address_line2="Flat 2",
    town="York",
)


def address_of(order: Order) -> dict[str, str]:
    order.refresh_from_db()
    return {name: getattr(order, name) for name in asdict(YORK)}


@pytest.mark.parametrize("state", ["unpaid", "pending", "ready", "claimed", "failed"])
def test_until_the_bench_has_begun_the_parcel_can_go_elsewhere(state: str) -> None:
    order = make_order(now=NOW) if state == "unpaid" else make_job(state, now=NOW).order

    assert correct_address(order, address=YORK, by=SHOPPER, now=LATER) is True

    assert address_of(order) == asdict(YORK)
    assert (order.email, order.country) == ("ada@example.org", "GB")
    event = OrderEvent.objects.get()
    assert (event.order, event.kind, event.by, event.at) == (order, "address_corrected", "shopper", LATER)


def test_the_event_names_the_towns_and_nothing_else() -> None:
    order = make_order(paid=True, now=NOW)

    correct_address(order, address=YORK, by=SHOPPER, now=LATER)

    assert OrderEvent.objects.get().note == "Leeds → York"
    beside_the_order = str({name: rows for name, rows in stored_rows().items() if name != "Order"})
    for personal in ("Augusta", "YO1", "Minster", "Flat 2", "Ada Lovelace", "LS1", "Calverley"):
        assert personal not in beside_the_order


def test_the_longest_towns_fit_into_the_event() -> None:
    order = make_order(now=NOW)
    long = replace(YORK, town="Y" * 80)
    correct_address(order, address=long, by=SHOPPER, now=LATER)

    correct_address(order, address=replace(YORK, town="Z" * 80), by=SHOPPER, now=LATER)

    assert OrderEvent.objects.order_by("-id")[0].note == "Y" * 80 + " → " + "Z" * 80


def test_the_same_address_again_changes_nothing() -> None:
    order = make_order(paid=True, now=NOW)
    correct_address(order, address=YORK, by=SHOPPER, now=LATER)
    before = stored_rows()

    assert correct_address(order, address=YORK, by=SHOPPER, now=LATER) is False

    assert stored_rows() == before


@pytest.mark.parametrize("state", ["in_production", "produced", "shipped"])
def test_once_the_bench_has_begun_the_address_stays(state: str) -> None:
    job = make_job(state, now=NOW)
    copy_job(job, 1)
    before = stored_rows()

    with pytest.raises(TooLateError) as refused:
        correct_address(job.order, address=YORK, by=SHOPPER, now=LATER)

    assert {found.state for found in refused.value.jobs} == {state}
    assert stored_rows() == before


def test_the_address_of_a_cancelled_order_stays() -> None:
    order = make_order(paid=True, now=NOW)
    cancel_order(order, by=SHOPPER, now=NOW)
    before = stored_rows()

    with pytest.raises(TooLateError, match="cancelled"):
        correct_address(order, address=YORK, by=SHOPPER, now=LATER)

    assert stored_rows() == before


def test_a_start_that_comes_while_the_correction_begins_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job("claimed", now=NOW)
    lease, lock = lease_of(job), Order.objects.select_for_update
    before = stored_rows()

    def start_first(**kwargs: Any) -> object:
        monkeypatch.undo()
        start_job(job.public_id, lease=lease, now=NOW)
        return lock(**kwargs)

    monkeypatch.setattr(Order.objects, "select_for_update", start_first)
    with pytest.raises(TooLateError):
        correct_address(job.order, address=YORK, by=SHOPPER, now=LATER)

    assert stored_rows() == before  # this start was part of the transaction that is taken back


def test_two_corrections_at_once_leave_one_whole_address(tmp_path: Path) -> None:
    order = make_order(paid=True, now=NOW)
    bath = Address(full_name="B", postcode="BA1", address_line1="2 Circus", address_line2="", town="Bath")
    calls: list[Callable[[], bool]] = [
        partial(correct_address, order, address=address, by=SHOPPER, now=LATER)
        for address in (YORK, bath) * 4
    ]

    with shop_on_file(tmp_path):
        do_at_once(calls)
        found = do_alone(lambda: address_of(Order.objects.get()))
        notes = do_alone(lambda: list(OrderEvent.objects.order_by("id").values_list("note", flat=True)))

    assert found in (asdict(YORK), asdict(bath))
    steps = [note.split(" → ") for note in notes]
    assert [before for before, _after in steps] == ["Leeds", *[after for _before, after in steps[:-1]]]
    assert steps[-1][1] == found["town"]


def test_a_correction_and_a_start_at_once_are_one_after_the_other(tmp_path: Path) -> None:
    job = make_job("claimed", now=NOW)
    lease = lease_of(job)

    with shop_on_file(tmp_path):
        calls: list[Callable[[], Any]] = [
            partial(correct_address, job.order, address=YORK, by=SHOPPER, now=LATER),
            partial(start_job, job.public_id, lease=lease, now=LATER),
        ]
        corrected, started = do_at_once(calls)
        town = do_alone(lambda: Order.objects.get().town)

    assert started == job
    assert town == ("York" if corrected is True else "Leeds")
    assert corrected is True or isinstance(corrected, TooLateError)


def sent_and_made_anew() -> Job:
    """The remake, ready to be made, of a bottle that is sent."""
    job = make_job("shipped", now=NOW)
    anew = remake_job(job, reason="it leaks", by="Grace", now=NOW)
    with transaction.atomic():
        hand_off(job.order, NOW)
    return Job.objects.get(pk=anew.pk)


def test_a_remake_can_go_elsewhere_than_the_bottle_that_was_sent() -> None:
    anew = sent_and_made_anew()

    assert is_too_late(anew.order) is False
    assert correct_address(anew.order, address=YORK, by=SHOPPER, now=LATER) is True

    assert address_of(anew.order) == asdict(YORK)


def test_once_the_bench_has_begun_a_remake_its_address_stays() -> None:
    anew = sent_and_made_anew()
    claim_only(anew, make_client().row, lease_seconds=600, now=NOW)
    assert is_too_late(anew.order) is False
    start_job(anew.public_id, lease=lease_of(anew), now=NOW)
    before = stored_rows()

    with pytest.raises(TooLateError) as refused:
        correct_address(anew.order, address=YORK, by=SHOPPER, now=LATER)

    assert refused.value.jobs == (anew,)
    assert is_too_late(anew.order) is True
    assert stored_rows() == before


def test_after_its_remake_is_given_up_what_was_sent_stays_where_it_went() -> None:
    anew = sent_and_made_anew()
    give_up(anew, by="Grace", now=NOW)
    before = stored_rows()

    with pytest.raises(TooLateError):
        correct_address(anew.order, address=YORK, by=SHOPPER, now=LATER)

    assert stored_rows() == before


def test_what_is_not_made_yet_can_go_elsewhere_than_what_was_sent_before_it() -> None:
    job = make_job("shipped", now=NOW)
    copy_job(job, 1)
    job.order.jobs.exclude(pk=job.pk).update(state="ready", shipment=None)

    assert correct_address(job.order, address=YORK, by=SHOPPER, now=LATER) is True

    assert address_of(job.order) == asdict(YORK)


def test_a_maker_that_has_taken_it_is_told_and_reads_the_new_address() -> None:
    caller = Caller(make_client())
    job = make_job("claimed", client=caller.key)
    read = caller.etag(job)

    assert correct_address(job.order, address=YORK, by=SHOPPER, now=job.created_at) is True

    assert FeedEvent.objects.filter(kind="order.address_corrected", order=job.order).count() == 1
    assert caller.get(f"/jobs/{job.public_id}")[1]["ship_to"]["town"] == "York"
    assert caller.etag(job) != read
