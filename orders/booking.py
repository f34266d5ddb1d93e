"""Time at the bench: booked when an order is placed, given back when it is cancelled."""

from datetime import date

from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from configurator.bench import AHEAD, Bench
from configurator.delivery import Promise
from configurator.models import BenchDay
from orders.models import Booking, Order


class BenchFullError(Exception):
    """A day that had room for an order when it was promised has none any more."""


def book_bench(order: Order, promised: Promise, *, bench: Bench) -> None:
    """Book the days of a promise for an order, in rising order so that two orders cannot deadlock.

    One query a day and one in all, and two more for a day that nobody has booked before. A day without a limit is
    booked too: a limit may be set later. Beyond what the calendar covered when the order was placed nothing is refused,
    as nothing is known there. Raises BenchFullError; call it inside a transaction, which takes back what was booked
    before.
    """
    covered = timezone.localdate(order.placed_at) + AHEAD
    for day, bottles in promised.bookings:
        has_room = _has_room(bottles, usual=bench.daily_capacity) if day <= covered else Q()
        if _book(day, bottles, has_room):
            continue
        # This may be the first booking of the day.
        BenchDay.objects.bulk_create([BenchDay(day=day)], ignore_conflicts=True)
        if not _book(day, bottles, has_room):
            raise BenchFullError(day)
    Booking.objects.bulk_create(
        Booking(order=order, day=day, bottles=bottles) for day, bottles in promised.bookings
    )


def free_bench(order: Order) -> None:
    """Give back the days booked for an order that will not be made. Call it inside a transaction."""
    for booking in order.bookings.order_by("day"):
        left = F("booked") - booking.bottles
        BenchDay.objects.filter(day=booking.day).update(
            booked=Case(When(booked__gte=booking.bottles, then=left), default=Value(0))
        )
    order.bookings.all().delete()


def _has_room(bottles: int, *, usual: int | None) -> Q:
    """`usual` is the capacity of a day that has none of its own; None: without a limit."""
    as_usual = Q(capacity=None) if usual is None else Q(capacity=None, booked__lte=usual - bottles)
    return Q(is_closed=False) & (as_usual | Q(capacity__gte=F("booked") + bottles))


def _book(day: date, bottles: int, has_room: Q) -> bool:
    return bool(BenchDay.objects.filter(has_room, day=day).update(booked=F("booked") + bottles))
