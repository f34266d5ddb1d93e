"""Writing down what was counted without persons, and reading it."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Sum

from configurator import tallying
from orders.models import DailyCount


def write_counts(*, now: datetime) -> int:
    """Add what was counted since the last time to the rows of its days; how many rows that were.

    Taken first and written then: what dies in between is not counted, and nothing is counted twice.
    """
    counts = tallying.tally.take()
    if not counts:
        return 0
    with transaction.atomic():
        days = [DailyCount(day=day, name=name) for day, name in sorted(counts)]
        DailyCount.objects.bulk_create(days, ignore_conflicts=True)
        for (day, name), times in sorted(counts.items()):
            DailyCount.objects.filter(day=day, name=name).update(times=F("times") + times)
    return len(counts)


def read_counts(prefix: str, *, since: date) -> dict[str, int]:
    """What was counted from a day on, by the name without its prefix (such as `page:`); one query."""
    rows = DailyCount.objects.filter(day__gte=since, name__startswith=prefix).order_by()
    found = rows.values_list("name").annotate(times=Sum("times"))
    return {name.removeprefix(prefix): times for name, times in found}


def first_counted_day() -> date | None:
    """Since when something is counted; None while nothing was."""
    return DailyCount.objects.order_by("day").values_list("day", flat=True).first()
