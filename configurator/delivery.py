"""Which day is promised: working days of the shop's country, the maker's calendar, and what is booked already."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import chain, islice

import holidays
from django.conf import settings

from configurator.bench import AHEAD, Bench, Day, read_bench
from configurator.shared_reading import shared_for_a_moment


@dataclass(frozen=True, slots=True)
class Promise:
    """When bottles ordered today are made (the last of them) and when they arrive; both are working days.

    `bookings`: how many of them are made on which day.
    """

    made_on: date
    arrives_on: date
    bookings: tuple[tuple[date, int], ...] = ()


def promise(bench: Bench, *, today: date, bottles: int = 1) -> Promise:
    """The dates of `bottles` ordered on `today`: the first days from `making_days` on with room for them.

    Beyond what the calendar covers the bench is taken to have room.
    """
    days = _bench_days(today, bench)
    first = next(islice(days, bench.making_days, None))
    left, bookings = bottles, []
    for day in chain([first], days):
        room = left if day > today + AHEAD else min(left, _room(bench, day, left))
        if room:
            bookings.append((day, room))
            left -= room
        if not left:
            break
    made_on = bookings[-1][0] if bookings else first
    return Promise(made_on, add_working_days(made_on, bench.carrier_days), tuple(bookings))


@shared_for_a_moment
def recent_promise(*, today: date) -> tuple[Bench, Promise]:
    """The bench as it was a moment ago, and what it promised for one bottle; at most one query."""
    bench = read_bench(today=today)
    return bench, promise(bench, today=today)


def bench_day(bench: Bench, start: date, *, days: int = 0) -> date:
    """The day at the bench that is `days` such days after `start` (the next one on or after it for 0)."""
    return next(islice(_bench_days(start, bench), days, None))


def add_working_days(start: date, days: int) -> date:
    """The working day that is `days` working days after `start` (the next one on or after it for 0)."""
    return bench_day(Bench(), start, days=days)


def is_working_day(day: date) -> bool:
    """Whether people work on that day in the shop's country: neither weekend nor holiday there."""
    calendar = _holidays(settings.SHOP_COUNTRY)
    return day.weekday() not in calendar.weekend and day not in calendar


def _bench_days(start: date, bench: Bench) -> Iterator[date]:
    day = start
    while True:
        if is_working_day(day) and not bench.days.get(day, Day()).is_closed:
            yield day
        day += timedelta(days=1)


def _room(bench: Bench, day: date, wanted: int) -> int:
    known = bench.days.get(day, Day())
    capacity = bench.daily_capacity if known.capacity is None else known.capacity
    return wanted if capacity is None else max(capacity - known.booked, 0)


@lru_cache
def _holidays(country: str) -> holidays.HolidayBase:
    return holidays.country_holidays(country, subdiv="ENG" if country == "GB" else None)
