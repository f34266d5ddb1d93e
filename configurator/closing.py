"""Days on which nothing is made: closing them, with what is booked on them, and opening them again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from configurator.delivery import is_working_day
from configurator.models import BenchDay

LONGEST_DAYS = 366  # that are closed in one go


@dataclass(frozen=True, slots=True)
class BookedDay:
    """A day that is open so far, and the bottles that have been promised to be made on it."""

    day: date
    bottles: int


class BookedMeanwhileError(Exception):
    """Other bottles are booked on the days to be closed than were agreed to; nothing was changed."""


def days_between(first: date, last: date) -> list[date]:
    """The working days from `first` to `last`, both included: on others nothing is made anyway."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if is_working_day(day)]


def booked_on(days: Iterable[date]) -> tuple[BookedDay, ...]:
    """Which of these days have bottles booked and are open; one query."""
    booked = BenchDay.objects.filter(day__in=list(days), is_closed=False, booked__gt=0).order_by("day")
    return tuple(BookedDay(day, bottles) for day, bottles in booked.values_list("day", "booked"))


def close_days(days: Iterable[date], *, note: str, agreed: Iterable[BookedDay] = ()) -> int:
    """Close days, although what is `agreed` is booked on them: those orders will be late. How many were open.

    A day that was closed before keeps its note. Locks the days. Raises BookedMeanwhileError.
    """
    days = sorted(days)
    with transaction.atomic():
        BenchDay.objects.bulk_create([BenchDay(day=day) for day in days], ignore_conflicts=True)
        rows = BenchDay.objects.filter(day__in=days, is_closed=False)
        found = rows.order_by("day").select_for_update()
        booked = [BookedDay(row.day, row.booked) for row in found if row.booked]
        if booked != list(agreed):
            raise BookedMeanwhileError
        return rows.update(is_closed=True, note=note)


def open_days(days: Iterable[date]) -> int:
    """Make things on these days again; how many were closed."""
    return BenchDay.objects.filter(day__in=list(days), is_closed=True).update(is_closed=False)
