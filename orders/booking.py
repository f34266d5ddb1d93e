"""Time at the bench: booked when an order is placed, given back when it is cancelled."""

from django.db.models import Case, F, Value, When

from configurator.bench import Bench
from configurator.delivery import Promise
from configurator.models import BenchDay
from orders.models import Booking, Order


class BenchFullError(Exception):
    """A day that had room for an order when it was promised has none any more."""


def book_bench(order: Order, promised: Promise, *, bench: Bench) -> None:
    """Book the days of a promise for an order, in rising order so that two orders cannot deadlock.

    A day without a limit is booked too: a limit may be set later. Raises BenchFullError; call it inside a transaction,
    which takes back what was booked before.
    """
    for day, bottles in promised.bookings:
        row, _made = BenchDay.objects.get_or_create(day=day)
        usual = bench.daily_capacity if row.capacity is None else row.capacity
        has_room = BenchDay.objects.filter(pk=row.pk, is_closed=False)
        if usual is not None:
            has_room = has_room.filter(booked__lte=usual - bottles)
        if not has_room.update(booked=F("booked") + bottles):
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
