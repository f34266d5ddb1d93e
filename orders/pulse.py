"""Which parts of the shop are alive, and whose turn it is for what is done seldom: rows that all processes share."""

from datetime import datetime, timedelta

from django.db.models import Q

from orders.models import Pulse


def show_life(name: str, *, now: datetime) -> None:
    """Write down that a part is alive; one query, two the first time."""
    if not Pulse.objects.filter(name=name).update(seen_at=now):
        Pulse.objects.bulk_create([Pulse(name=name, seen_at=now)], ignore_conflicts=True)


def take_turn(name: str, *, every: timedelta, now: datetime) -> bool:
    """Whether something that is done once in so long is to be done now, by who asks: true for one of all that ask."""
    due = Q(asked_at=None) | Q(asked_at__lte=now - every)
    if Pulse.objects.filter(due, name=name).update(asked_at=now):
        return True
    if Pulse.objects.filter(name=name).exists():
        return False
    Pulse.objects.bulk_create([Pulse(name=name)], ignore_conflicts=True)
    return bool(Pulse.objects.filter(due, name=name).update(asked_at=now))
