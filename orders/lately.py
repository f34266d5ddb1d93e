"""How it went lately: what was sent and whether in time, how long it took, and how long stocks last at that pace.

Filters on FeedEvent.at, which is indexed and kept longer than LATELY. Sandbox rows are skipped in Python or by an
aggregate's own filter: in a WHERE, SQLite would use the sandbox index.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from statistics import median
from typing import Any

from django.db.models import F, Min, QuerySet, Sum
from django.utils import timezone

from configurator.bench import read_bench
from configurator.delivery import add_working_days
from configurator.models import Component
from orders.figures import OPEN, REAL
from orders.models import FeedEvent, Job

S = Job.State
LATELY = timedelta(days=28)
DAY = timedelta(days=1)
ALARM_PERCENT = 4  # of orders late, from which on it is an alarm
COVER_DAYS = 10  # stock for fewer days is named


@dataclass(frozen=True, slots=True, kw_only=True)
class SentOrder:
    """An order that was sent wholly: when it was paid and sent, and when it arrives by that."""

    pk: int
    number: str
    promised_on: date
    paid_at: datetime
    sent_at: datetime
    arrives_on: date

    @property
    def is_late(self) -> bool:
        return self.arrives_on > self.promised_on


@dataclass(frozen=True, slots=True)
class Punctuality:
    """Of the orders sent lately, and those that are late now: how many, and how many of them late."""

    orders: int
    late: int

    @property
    def percent_on_time(self) -> float | None:
        """None while there is nothing to tell."""
        return 100 * (self.orders - self.late) / self.orders if self.orders else None

    @property
    def is_alarming(self) -> bool:
        return self.orders > 0 and self.late * 100 >= ALARM_PERCENT * self.orders


@dataclass(frozen=True, slots=True)
class Cover:
    """For how many days the free stock of a component lasts as it was used lately; 0 for what is all promised."""

    component: Component
    days: int


def read_sent(*, now: datetime) -> list[SentOrder]:
    """The orders whose last parcel was sent within LATELY, the first sent first; three queries."""
    bench = read_bench(today=timezone.localdate(now))
    still_open = Job.objects.filter(shipment=None, state__in=OPEN).not_replaced()
    open_orders = set(still_open.order_by().values_list("order_id", flat=True))
    events = FeedEvent.objects.filter(
        at__gt=now - LATELY, kind=FeedEvent.Kind.MOVED, transition__to_state=S.SHIPPED
    )
    rows: QuerySet[FeedEvent, Any] = events.values_list(
        "sandbox_id", "order_id", "order__number", "job__promised_on", "order__paid_at", "at"
    )

    @cache
    def arrives(day: date) -> date:
        return add_working_days(day, bench.carrier_days)

    sent: dict[int, SentOrder] = {}
    for sandbox, pk, number, promised_on, paid_at, at in rows.iterator():
        if sandbox is not None or pk in open_orders or pk is None or paid_at is None:
            continue
        if pk not in sent or sent[pk].sent_at < at:
            sent[pk] = SentOrder(
                pk=pk,
                number=number,
                promised_on=promised_on,
                paid_at=paid_at,
                sent_at=at,
                arrives_on=arrives(timezone.localdate(at)),
            )
    return sorted(sent.values(), key=lambda order: order.sent_at)


def punctuality(sent: Iterable[SentOrder], *, late_now: int) -> Punctuality:
    """How punctual these were; `late_now` orders that are not sent and late count with them."""
    late = [order.is_late for order in sent]
    return Punctuality(orders=len(late) + late_now, late=sum(late) + late_now)


def weeks_of(now: datetime) -> tuple[datetime, datetime]:
    """When last week and this week began: on Monday, in the shop's time."""
    today = timezone.localdate(now)
    monday = today - timedelta(days=today.weekday())
    last, this = (
        timezone.make_aware(datetime.combine(day, time.min)) for day in (monday - timedelta(days=7), monday)
    )
    return last, this


def median_to_close(sent: Iterable[SentOrder], *, since: datetime, until: datetime) -> timedelta | None:
    """From paid to sent, of the orders sent in a time; None for none."""
    times = [
        (order.sent_at - order.paid_at).total_seconds() for order in sent if since <= order.sent_at < until
    ]
    return timedelta(seconds=median(times)) if times else None


def short_of(*, now: datetime) -> list[Cover]:
    """Components whose free stock lasts less than COVER_DAYS, the scarcest first; two queries.

    What is promised already is not free. What was not used lately is short only when nothing of it is free; what is
    not counted never is. A shop that has been making for less than LATELY is measured by the days that it has.
    """
    use = _use_a_day(now=now)
    found = []
    for component in Component.objects.filter(is_offered=True).order_by("name"):
        if component.stock_ml is None:
            continue
        free = max(float(component.stock_ml - component.reserved_ml), 0.0)
        used = use.get(component.slug, 0.0)
        days = free / used if used else (COVER_DAYS if free else 0)
        if days < COVER_DAYS:
            found.append(Cover(component, int(days)))
    return sorted(found, key=lambda cover: cover.days)


def _use_a_day(*, now: datetime) -> dict[str, float]:
    """Component (its short name) -> millilitres a day."""
    made = FeedEvent.objects.filter(
        at__gt=now - LATELY, kind=FeedEvent.Kind.MOVED, transition__to_state=S.PRODUCED
    )
    rows = list(
        made.order_by()
        .values("job__lots__component")
        .annotate(
            microlitres=Sum(F("job__lots__microlitres") * F("job__line__quantity"), filter=REAL),
            first=Min("at", filter=REAL),
        )
    )
    first = min((row["first"] for row in rows if row["first"]), default=now)
    days = max((now - first) / DAY, 1.0)
    return {
        row["job__lots__component"]: row["microlitres"] / 1000 / days for row in rows if row["microlitres"]
    }
