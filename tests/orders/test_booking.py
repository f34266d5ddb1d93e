"""Time at the bench: booked with the order, never beyond its room, given back when the order comes to nothing."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models import Sum
from pytest_django import DjangoAssertNumQueries

from configurator.bench import AHEAD, Bench, read_bench
from configurator.delivery import Promise, add_working_days
from configurator.models import BenchDay, DeliveryTerms
from configurator.versions import mixer_for, newest_version
from orders import placing
from orders.booking import BenchFullError, book_bench, free_bench
from orders.models import Booking, Order
from orders.placing import Wish, place_order
from orders.unpaid_orders import let_go
from tests.orders.make import ADA, MIX, make_order
from tests.orders.racing import do_alone, do_at_once, shop_on_file
from tests.orders.stored import stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
WEDNESDAY, THURSDAY, FRIDAY = date(2026, 3, 4), date(2026, 3, 5), date(2026, 3, 6)


def booked() -> dict[date, int]:
    return dict(BenchDay.objects.values_list("day", "booked"))


def bookings_of(order: Order) -> dict[date, int]:
    return dict(order.bookings.values_list("day", "bottles"))


def set_capacity(bottles: int | None) -> None:
    DeliveryTerms.objects.update(daily_capacity=bottles)


def book(order: Order, *days: tuple[date, int]) -> None:
    with transaction.atomic():
        book_bench(order, Promise(FRIDAY, FRIDAY, days), bench=read_bench(today=NOW.date()))


def make_bare_order() -> Order:
    """An order that has booked nothing yet."""
    order = make_order(now=NOW)
    free_bench(order)
    BenchDay.objects.all().delete()
    return order


def test_an_order_books_its_bottles_on_the_day_that_is_planned() -> None:
    order = make_order(now=NOW, quantity=3)

    assert (order.made_on, order.promised_on, order.expected_on) == (WEDNESDAY, FRIDAY, FRIDAY)
    assert booked() == bookings_of(order) == {WEDNESDAY: 3}


def test_an_order_that_fits_on_no_single_day_books_several() -> None:
    set_capacity(2)
    make_order(now=NOW)

    order = make_order(now=NOW, quantity=4)

    assert bookings_of(order) == {WEDNESDAY: 1, THURSDAY: 2, FRIDAY: 1}
    assert order.made_on == FRIDAY
    assert booked() == {WEDNESDAY: 2, THURSDAY: 2, FRIDAY: 1}


def test_the_next_order_goes_to_the_next_day_with_room() -> None:
    set_capacity(1)

    made_on = [make_order(now=NOW).made_on for _ in range(3)]

    assert made_on == [WEDNESDAY, THURSDAY, FRIDAY]


def test_a_closed_day_is_not_booked() -> None:
    BenchDay.objects.create(day=WEDNESDAY, is_closed=True)

    order = make_order(now=NOW)

    assert bookings_of(order) == {THURSDAY: 1}
    assert booked() == {WEDNESDAY: 0, THURSDAY: 1}


@pytest.mark.parametrize(
    ("day", "usual"),
    [
        ({"booked": 4}, 5),
        ({"booked": 0, "capacity": 1}, 5),
        ({"booked": 2, "capacity": 3}, None),
        ({"is_closed": True}, None),
        ({"is_closed": True, "capacity": 9}, 9),
    ],
)
def test_a_day_that_has_filled_up_or_closed_since_the_promise_is_refused_and_nothing_is_booked(
    day: dict[str, int], usual: int | None
) -> None:
    order = make_bare_order()
    set_capacity(usual)
    BenchDay.objects.create(day=THURSDAY, **day)
    before, rows = booked(), stored_rows()

    with pytest.raises(BenchFullError, match=r"2026-03-05"):
        book(order, (WEDNESDAY, 1), (THURSDAY, 2))

    assert booked() == before
    assert not order.bookings.exists()
    assert stored_rows() == rows


@pytest.mark.parametrize(
    ("day", "usual"),
    [({"booked": 3}, 5), ({"booked": 1, "capacity": 3}, 1), ({"booked": 90}, None), ({"capacity": 2}, 0)],
)
def test_a_day_is_booked_to_the_last_bottle_of_its_room(day: dict[str, int], usual: int | None) -> None:
    order = make_bare_order()
    set_capacity(usual)
    BenchDay.objects.create(day=THURSDAY, **day)

    book(order, (THURSDAY, 2))

    assert booked() == {THURSDAY: day.get("booked", 0) + 2}


def test_the_usual_booking_costs_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    order = make_bare_order()
    BenchDay.objects.create(day=WEDNESDAY)
    bench = read_bench(today=NOW.date())

    with django_assert_num_queries(2), transaction.atomic(savepoint=False):
        book_bench(order, Promise(WEDNESDAY, FRIDAY, ((WEDNESDAY, 1),)), bench=bench)


def test_beyond_the_calendar_an_order_is_never_refused() -> None:
    set_capacity(0)
    end = add_working_days(NOW.date() + AHEAD + timedelta(days=1), 0)
    BenchDay.objects.create(day=end, is_closed=True)

    orders = [make_order(now=NOW, quantity=2) for _ in range(2)]

    assert [order.made_on for order in orders] == [end, end]
    assert booked() == {end: 4}


def test_letting_an_order_go_gives_back_its_days_once() -> None:
    set_capacity(2)
    kept = make_order(now=NOW)
    order = make_order(now=NOW, quantity=3)
    assert booked() == {WEDNESDAY: 2, THURSDAY: 2}

    assert let_go(order, now=NOW)
    assert not let_go(order, now=NOW)

    assert booked() == {WEDNESDAY: 1, THURSDAY: 0}
    assert (bookings_of(order), bookings_of(kept)) == ({}, {WEDNESDAY: 1})


def test_freeing_never_goes_below_zero_and_twice_frees_once() -> None:
    order, other = make_order(now=NOW, quantity=2), make_order(now=NOW)
    free_bench(order)
    free_bench(order)
    assert booked() == {WEDNESDAY: 1}

    BenchDay.objects.update(booked=0)
    free_bench(other)

    assert booked() == {WEDNESDAY: 0}


def test_an_order_whose_day_fills_up_while_it_is_placed_gets_the_next_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_capacity(1)
    real = read_bench

    def read_just_before_another_books(*, today: date) -> Bench:
        monkeypatch.undo()
        bench = real(today=today)
        BenchDay.objects.create(day=WEDNESDAY, booked=1)
        return bench

    monkeypatch.setattr(placing, "read_bench", read_just_before_another_books)

    order = make_order(now=NOW)

    assert (order.made_on, order.promised_on) == (THURSDAY, date(2026, 3, 9))
    assert bookings_of(order) == {THURSDAY: 1}
    assert Order.objects.count() == 1


BUYERS, CAPACITY = 50, 10


def buy(quantity: int = 1) -> Callable[[], Order]:
    wish = Wish(recipe="shampoo", mix=MIX, size="250ml", quantity=quantity)
    total = 1400 * quantity + (325 if quantity < 2 else 0)
    return lambda: place_order([wish], ADA, checkout_key=uuid.uuid4(), shown_total=total, now=NOW)


def check_that_promises_hold() -> dict[date, int]:
    """The day's bottles, after a look at every order: what it promises is what it has booked."""
    for order in Order.objects.all():
        days = bookings_of(order)
        assert order.made_on == max(days)
        assert order.promised_on == add_working_days(order.made_on, 2)
        assert sum(days.values()) == order.lines.get().quantity
    sums = Booking.objects.values("day").annotate(bottles=Sum("bottles"))
    assert {row["day"]: row["bottles"] for row in sums} == booked()
    return booked()


def test_50_buyers_at_once_never_book_a_day_beyond_its_room(tmp_path: Path) -> None:
    set_capacity(CAPACITY)
    mixer_for(newest_version("shampoo"))

    with shop_on_file(tmp_path):
        placed = do_at_once([buy() for _ in range(BUYERS)])
        days = do_alone(check_that_promises_hold)

    assert [outcome for outcome in placed if not isinstance(outcome, Order)] == []
    assert days == {add_working_days(WEDNESDAY, number): CAPACITY for number in range(5)}


def test_buyers_of_several_bottles_at_once_fill_the_days_without_a_gap(tmp_path: Path) -> None:
    set_capacity(CAPACITY)
    mixer_for(newest_version("shampoo"))

    with shop_on_file(tmp_path):
        placed = do_at_once([buy(3) for _ in range(12)])
        days = do_alone(check_that_promises_hold)

    assert [outcome for outcome in placed if not isinstance(outcome, Order)] == []
    assert days == {
        WEDNESDAY: 10, THURSDAY: 10, FRIDAY: 10, date(2026, 3, 9): 6,
    }  # fmt: skip


def test_buyers_and_cancellations_at_once_leave_the_calendar_true(tmp_path: Path) -> None:
    set_capacity(CAPACITY)
    orders = [make_order(now=NOW) for _ in range(CAPACITY)]

    with shop_on_file(tmp_path):
        gone: list[Callable[[], object]] = [lambda o=order: let_go(o, now=NOW) for order in orders]  # type: ignore[misc]
        outcomes = do_at_once([*gone, *(buy() for _ in range(CAPACITY))])
        days = do_alone(booked)
        sums = do_alone(lambda: list(Booking.objects.values_list("day").annotate(Sum("bottles"))))

    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert {day: bottles for day, bottles in days.items() if bottles} == dict(sums)
    assert sum(days.values()) == CAPACITY
    assert max(days.values()) <= CAPACITY
