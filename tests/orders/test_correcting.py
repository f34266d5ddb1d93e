"""Correcting an address: until the bench has begun, with nothing of it written down elsewhere but the towns."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from orders.cancelling import SHOPPER, TooLateError, cancel_order
from orders.claiming import claim_jobs
from orders.correcting import Address, correct_address
from orders.models import Order, OrderEvent
from tests.orders.make import claim_only, copy_job, make_client, make_job, make_order
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


@pytest.mark.parametrize("state", ["unpaid", "pending", "ready", "failed"])
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


@pytest.mark.parametrize("state", ["claimed", "in_production", "produced", "shipped"])
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


def test_a_claim_that_comes_while_the_correction_begins_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    job, client = make_job("ready", now=NOW), make_client().row
    real = Order.objects.select_for_update
    before = stored_rows()

    def claim_first(**kwargs: Any) -> object:
        monkeypatch.undo()
        claim_only(job, client, lease_seconds=600, now=NOW)
        return real(**kwargs)

    monkeypatch.setattr(Order.objects, "select_for_update", claim_first)
    with pytest.raises(TooLateError):
        correct_address(job.order, address=YORK, by=SHOPPER, now=LATER)

    assert stored_rows() == before  # this claim was part of the transaction that is taken back


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


def test_a_correction_and_a_claim_at_once_are_one_after_the_other(tmp_path: Path) -> None:
    job, client = make_job("ready", now=NOW), make_client().row

    with shop_on_file(tmp_path):
        calls: list[Callable[[], Any]] = [
            partial(correct_address, job.order, address=YORK, by=SHOPPER, now=LATER),
            partial(claim_jobs, client, worker="w", max_jobs=1, lease_seconds=600, now=LATER),
        ]
        corrected, claimed = do_at_once(calls)
        town = do_alone(lambda: Order.objects.get().town)

    assert claimed == [job]
    assert town == ("York" if corrected is True else "Leeds")
    assert corrected is True or isinstance(corrected, TooLateError)
