"""What is open today: what is to be blended, which orders are late or will be, who waits for a word or for money."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.models import CharField, Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from django.utils import timezone

from configurator.bench import read_bench
from orders.estimating import Estimate, JobFacts, estimate
from orders.figures import OPEN, REAL
from orders.lateness import LOOK_BACK
from orders.models import Job, Order, OrderEvent, Slip


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrder:
    """An order of which something is not sent yet: when it arrives as things are, and what holds it up most."""

    pk: int
    number: str
    promised_on: date
    arrives_on: date
    reason: Slip.Reason


@dataclass(frozen=True, slots=True)
class ToBlend:
    """Jobs to be made for one day; `is_late`: it is past."""

    promised_on: date
    jobs: int
    is_late: bool


@dataclass(frozen=True, slots=True)
class OpenWork:
    """`late` and `late_soon` are orders, the earliest promise first: the promised day is past, or cannot be met."""

    to_blend: tuple[ToBlend, ...]
    late: tuple[OpenOrder, ...]
    late_soon: tuple[OpenOrder, ...]


def read_open_work(*, now: datetime) -> OpenWork:
    """What is to be made, and which orders are late or will be; two queries, of which one reads every open job."""
    today = timezone.localdate(now)
    bench = read_bench(today=today)

    @cache
    def expect(made_on: date, facts: JobFacts) -> Estimate | None:
        return estimate(made_on, [facts], bench=bench, today=today)

    days: Counter[date] = Counter()
    orders: dict[int, OpenOrder] = {}
    for sandbox, pk, number, made_on, promised_on, state, on_hold, remake_of, created_at in _open_jobs():
        if sandbox is not None:
            continue
        if state in Job.HOLDS_STOCK:
            days[promised_on] += 1
        since = timezone.localdate(created_at) if remake_of else None
        found = expect(made_on, JobFacts(state=state, on_hold=on_hold, remade_since=since))
        if found is not None:
            this = OpenOrder(
                pk=pk,
                number=number,
                promised_on=promised_on,
                arrives_on=found.arrives_on,
                reason=found.reason,
            )
            orders[pk] = _later(orders[pk], this) if pk in orders else this
    by_promise = sorted(orders.values(), key=lambda order: (order.promised_on, order.pk))
    return OpenWork(
        to_blend=tuple(ToBlend(day, jobs, day < today) for day, jobs in sorted(days.items())),
        late=tuple(order for order in by_promise if order.promised_on < today),
        late_soon=tuple(order for order in by_promise if today <= order.promised_on < order.arrives_on),
    )


def count_unpaid() -> int:
    """Orders that wait for their payment; one query."""
    return int(Order.objects.filter(state=Order.State.PLACED).aggregate(n=Count("pk", filter=REAL))["n"])


def waiting_for_a_word(*, now: datetime, most: int) -> list[Order]:
    """Orders of which the shopper was told that they come later, and has not said yet whether she waits; one query."""
    last = Slip.objects.filter(order=OuterRef("pk")).order_by("-number").values("number")[:1]
    answered = OrderEvent.objects.filter(
        order=OuterRef("pk"), kind=OrderEvent.Kind.WAITS, note=OuterRef("told")
    )
    late = Order.objects.filter(
        Exists(_open().filter(order=OuterRef("pk"))),
        state=Order.State.PAID,
        expected_on__gte=timezone.localdate(now) - LOOK_BACK,
        expected_on__gt=F("promised_on"),
        sandbox=None,
    ).annotate(told=Cast(Subquery(last), CharField()))
    return list(late.filter(~Exists(answered), told__isnull=False).order_by("promised_on", "pk")[:most])


def asked_to_stop(*, most: int) -> list[Order]:
    """Orders that are to be cancelled, of which something was made already, so that staff decide; one query."""
    marked = Job.objects.filter(order=OuterRef("pk")).exclude(cancellation="")
    refused = OrderEvent.objects.filter(order=OuterRef("pk"), kind=OrderEvent.Kind.CANCEL_REFUSED)
    wanted = _open().filter(order__cancel_asked_at__isnull=False, order__state=Order.State.PAID, sandbox=None)
    left = Order.objects.filter(~Exists(marked), ~Exists(refused), pk__in=wanted.values("order"))
    return list(left.order_by("promised_on", "pk")[:most])


def _open() -> QuerySet[Job]:
    """Found among the jobs without a parcel, which are few after years of sales, too."""
    return Job.objects.filter(shipment=None, state__in=OPEN).not_replaced()


def _open_jobs() -> Any:
    return (
        _open()
        .values_list(
            "sandbox_id", "order_id", "order__number", "order__made_on", "promised_on",
            "state", "on_hold", "remake_of_id", "created_at",
        )
        .order_by()
        .iterator()
    )  # fmt: skip


def _later(one: OpenOrder, other: OpenOrder) -> OpenOrder:
    """Two jobs of one order: the later one decides."""
    last = max(one, other, key=lambda order: order.arrives_on)
    return replace(last, promised_on=min(one.promised_on, other.promised_on))
