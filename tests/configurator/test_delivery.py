"""Delivery: what it costs and which days are promised."""

import random
from datetime import date, timedelta

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from configurator.bench import AHEAD, Bench, Day
from configurator.delivery import Promise, add_working_days, bench_day, is_working_day, promise
from configurator.models import DeliveryTerms

BENCH = Bench(price=325, free_from=2800, making_days=2, carrier_days=2)


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2026, 7, 10), True),
        (date(2026, 7, 11), False),  # Saturday
        (date(2026, 7, 12), False),  # Sunday
        (date(2026, 4, 3), False),  # Good Friday
        (date(2026, 4, 6), False),  # Easter Monday
        (date(2026, 5, 4), False),  # early May bank holiday
        (date(2026, 8, 31), False),  # summer bank holiday of England
        (date(2026, 8, 3), True),  # that of Scotland
        (date(2026, 11, 30), True),  # Saint Andrew's Day, Scotland
        (date(2026, 12, 25), False),
        (date(2026, 12, 28), False),  # Boxing Day falls on a Saturday
        (date(2027, 1, 1), False),
        (date(2027, 1, 4), True),  # 2 January is a holiday in Scotland
    ],
)
def test_working_days_are_those_of_the_shops_country(day: date, is_working: bool) -> None:  # noqa: FBT001
    assert is_working_day(day) is is_working


def test_another_country_has_other_holidays(settings: LazySettings) -> None:
    settings.SHOP_COUNTRY = "DE"

    assert not is_working_day(date(2026, 10, 3) - timedelta(days=155))  # 1 May
    assert is_working_day(date(2026, 8, 31))


def test_the_weekend_is_that_of_the_shops_country(settings: LazySettings) -> None:
    settings.SHOP_COUNTRY = "IL"

    assert not is_working_day(date(2026, 7, 10))  # Friday
    assert not is_working_day(date(2026, 7, 11))
    assert is_working_day(date(2026, 7, 12))


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 7, 13), 0, date(2026, 7, 13)),
        (date(2026, 7, 11), 0, date(2026, 7, 13)),
        (date(2026, 7, 13), 1, date(2026, 7, 14)),
        (date(2026, 7, 10), 1, date(2026, 7, 13)),
        (date(2026, 7, 11), 1, date(2026, 7, 14)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),
        (date(2026, 12, 24), 1, date(2026, 12, 29)),
        (date(2026, 12, 25), 1, date(2026, 12, 30)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
        (date(2026, 7, 13), 10, date(2026, 7, 27)),
    ],
)
def test_working_days_are_counted_past_weekends_and_holidays(start: date, days: int, end: date) -> None:
    assert add_working_days(start, days) == end


@pytest.mark.parametrize(
    ("today", "made_on", "arrives_on"),
    [
        (date(2026, 7, 13), date(2026, 7, 15), date(2026, 7, 17)),
        (date(2026, 7, 10), date(2026, 7, 14), date(2026, 7, 16)),
        (date(2026, 12, 23), date(2026, 12, 29), date(2026, 12, 31)),
        (date(2026, 12, 24), date(2026, 12, 30), date(2027, 1, 4)),
    ],
)
def test_an_order_is_made_and_arrives_on_working_days(today: date, made_on: date, arrives_on: date) -> None:
    assert promise(BENCH, today=today) == Promise(made_on, arrives_on, ((made_on, 1),))


def test_every_promise_of_two_years_is_a_working_day_and_none_comes_before_an_earlier_one() -> None:
    days = [date(2026, 1, 1) + timedelta(days=i) for i in range(730)]
    promises = [promise(BENCH, today=day) for day in days]

    assert all(is_working_day(each.made_on) and is_working_day(each.arrives_on) for each in promises)
    assert all(day < each.made_on < each.arrives_on for day, each in zip(days, promises, strict=True))
    arrivals = [each.arrives_on for each in promises]
    assert arrivals == sorted(arrivals)
    assert max(arrives - day for day, arrives in zip(days, arrivals, strict=True)).days <= 12


MONDAY = date(2026, 7, 13)
WEDNESDAY, THURSDAY, FRIDAY = (MONDAY + timedelta(days=days) for days in (2, 3, 4))


def made(bottles: int = 1, *, capacity: int | None = None, today: date = MONDAY, **days: Day) -> Promise:
    """The promise for bottles ordered on a Monday; `days` are named by weekday."""
    names = {"tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4}
    special = {MONDAY + timedelta(days=names[name]): day for name, day in days.items()}
    return promise(Bench(daily_capacity=capacity, days=special), today=today, bottles=bottles)


def test_bottles_that_fit_on_a_day_are_made_together() -> None:
    assert made(3, capacity=3) == Promise(WEDNESDAY, FRIDAY, ((WEDNESDAY, 3),))


def test_bottles_that_do_not_fit_on_a_day_are_spread_and_come_with_the_last() -> None:
    booked = Day(booked=2)

    assert made(3, capacity=3, wednesday=booked) == Promise(
        THURSDAY, date(2026, 7, 20), ((WEDNESDAY, 1), (THURSDAY, 2))
    )


def test_a_closed_day_neither_makes_nor_counts() -> None:
    assert made(wednesday=Day(is_closed=True)).made_on == THURSDAY
    assert made(tuesday=Day(is_closed=True)).made_on == THURSDAY
    assert made(tuesday=Day(is_closed=True, capacity=9)).made_on == THURSDAY


def test_a_day_without_room_counts_as_one_of_the_days_that_making_takes() -> None:
    assert made(tuesday=Day(capacity=0)).made_on == WEDNESDAY
    assert made(wednesday=Day(capacity=0)).made_on == THURSDAY


def test_a_day_may_have_more_or_less_room_than_usual() -> None:
    assert made(4, capacity=2, wednesday=Day(capacity=4)).bookings == ((WEDNESDAY, 4),)
    assert made(2, capacity=2, wednesday=Day(capacity=1)).bookings == ((WEDNESDAY, 1), (THURSDAY, 1))
    assert made(4, wednesday=Day(capacity=1)).bookings == ((WEDNESDAY, 1), (THURSDAY, 3))


def test_a_day_booked_beyond_its_room_has_none() -> None:
    assert made(1, wednesday=Day(capacity=1, booked=3)).made_on == THURSDAY


def test_nothing_to_make_is_promised_as_if_there_were_room_and_books_nothing() -> None:
    assert made(0, wednesday=Day(capacity=0)) == Promise(WEDNESDAY, FRIDAY, ())


def test_without_any_room_in_the_calendar_it_is_made_when_the_calendar_ends() -> None:
    promised = promise(Bench(daily_capacity=0), today=MONDAY, bottles=7)

    end = add_working_days(MONDAY + AHEAD + timedelta(days=1), 0)
    assert promised.bookings == ((end, 7),)


def test_days_at_the_bench_are_counted_past_closed_ones() -> None:
    bench = Bench(days={WEDNESDAY: Day(is_closed=True), THURSDAY: Day(capacity=0)})

    assert [bench_day(bench, MONDAY, days=days) for days in range(4)] == [
        MONDAY, MONDAY + timedelta(days=1), THURSDAY, FRIDAY,
    ]  # fmt: skip
    assert bench_day(bench, WEDNESDAY) == THURSDAY


def judge(bench: Bench, *, today: date, bottles: int) -> Promise:
    """The same, bottle by bottle and day by day."""
    booked: dict[date, int] = {}
    day, passed = today, 0
    while sum(booked.values()) < bottles:
        special = bench.days.get(day, Day())
        if is_working_day(day) and not special.is_closed:
            capacity = special.capacity if special.capacity is not None else bench.daily_capacity
            taken = special.booked + booked.get(day, 0)
            if passed >= bench.making_days and (capacity is None or taken < capacity or day > today + AHEAD):
                booked[day] = booked.get(day, 0) + 1
                continue
            passed += 1
        day += timedelta(days=1)
    return Promise(day, add_working_days(day, bench.carrier_days), tuple(booked.items()))


special_days = st.builds(
    Day,
    is_closed=st.booleans(),
    capacity=st.none() | st.integers(0, 6),
    booked=st.integers(0, 8),
)


@given(
    today=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    making_days=st.integers(0, 5),
    daily_capacity=st.none() | st.integers(0, 6),
    days=st.dictionaries(st.integers(0, 25), special_days, max_size=20),
    bottles=st.integers(1, 60),
)
def test_every_bottle_is_made_on_the_first_day_with_room(
    today: date, making_days: int, daily_capacity: int | None, days: dict[int, Day], bottles: int
) -> None:
    bench = Bench(
        making_days=making_days,
        daily_capacity=daily_capacity,
        days={today + timedelta(days=number): day for number, day in days.items()},
    )

    assert promise(bench, today=today, bottles=bottles) == judge(bench, today=today, bottles=bottles)


def test_of_a_full_half_year_only_the_one_bottle_of_room_is_found() -> None:
    rng = random.Random(7)
    for _ in range(20):
        free = add_working_days(MONDAY, rng.randrange(2, 120))
        days = {MONDAY + timedelta(days=number): Day(booked=3) for number in range(AHEAD.days + 1)}
        days[free] = Day(booked=2)

        assert promise(Bench(daily_capacity=3, days=days), today=MONDAY).made_on == free


@pytest.mark.django_db
def test_there_is_one_row_of_terms() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        DeliveryTerms.objects.create(id=2, price=1)

    assert DeliveryTerms.objects.count() == 1
