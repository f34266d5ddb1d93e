"""How things stand, in figures, read from the rows at the moment of asking: every process tells the same.

Ten queries. Each reads what is open or what is new, by an index, and so costs the same after years of sales: open jobs
are found among those without a parcel, moves and sales of the last minutes by the feed's times. What is only tried out
(sandboxes) is left out by counting, not by choosing: SQLite would take the index that says "in no sandbox", which is
nearly every row.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from orders.models import DailyCount, FeedEvent, FeedState, Job, Order, OutboxEntry, Pulse, WebhookEndpoint

S = Job.State
OPEN = (S.PENDING, S.READY, S.CLAIMED, S.IN_PRODUCTION, S.PRODUCED, S.FAILED)
RECENT = timedelta(minutes=15)
HOUR = timedelta(hours=1)
WAITS_SECONDS = (0.5, 1, 2, 5, 10, 30, 60, 300)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
REAL = Q(sandbox=None)


@dataclass(frozen=True, slots=True)
class JobFigures:
    """Jobs that are neither shipped nor cancelled nor made again: how many, of these on hold, of these late.

    `lapsed`: of these in production under a lease that ran out.
    """

    jobs: int = 0
    held: int = 0
    late: int = 0
    lapsed: int = 0


@dataclass(frozen=True, slots=True)
class Moves:
    """What moved within RECENT: claims; hand-offs with the seconds that they took since payment.

    `within` counts those that took at most so many seconds, for each of WAITS_SECONDS.
    """

    claims: int
    hand_offs: int
    seconds: float
    within: dict[float, int]


@dataclass(frozen=True, slots=True)
class Pending:
    """Outbox entries still to be done: how many of each topic; when the oldest, and the oldest hand-off, was made."""

    by_topic: dict[str, int]
    oldest_at: datetime | None
    oldest_hand_off_at: datetime | None


@dataclass(frozen=True, slots=True)
class Figures:
    """`jobs`: by state, each of OPEN; `pulses`: by name of the part; `unsent`: messages Redis did not take today."""

    at: datetime
    pending: Pending
    unsent: int
    dead: int
    jobs: dict[str, JobFigures]
    moves: Moves
    feed_seq: int
    webhooks_failing: int
    webhooks_off: int
    pulses: dict[str, Pulse]
    placed: int
    paid: int

    @property
    def late(self) -> int:
        return sum(each.late for each in self.jobs.values())

    @property
    def held(self) -> int:
        return sum(each.held for each in self.jobs.values())

    @property
    def lapsed(self) -> int:
        return sum(each.lapsed for each in self.jobs.values())

    @property
    def oldest_pending_seconds(self) -> float:
        return self._seconds_since(self.pending.oldest_at)

    @property
    def oldest_hand_off_seconds(self) -> float:
        return self._seconds_since(self.pending.oldest_hand_off_at)

    def _seconds_since(self, then: datetime | None) -> float:
        return seconds_since(then, now=self.at) if then else 0.0


def seconds_since(then: datetime, *, now: datetime) -> float:
    """Never below 0, whatever the clocks of two machines say."""
    return max((now - then).total_seconds(), 0.0)


def read_figures(*, now: datetime) -> Figures:
    """All of them, in ten queries."""
    paid, placed_and_paid = _count_paid(now=now)
    webhooks = WebhookEndpoint.objects.aggregate(
        failing=Count("pk", filter=Q(failing_since__isnull=False, disabled_at=None)),
        off=Count("pk", filter=Q(disabled_at__isnull=False)),
    )
    return Figures(
        at=now,
        pending=read_pending(),
        unsent=_count_unsent(now=now),
        dead=count_dead(),
        jobs=_count_jobs(now=now),
        moves=_count_moves(now=now),
        feed_seq=FeedState.objects.values_list("last_seq", flat=True).first() or 0,
        webhooks_failing=webhooks["failing"],
        webhooks_off=webhooks["off"],
        pulses=read_pulses(),
        placed=_count_unpaid(now=now) + placed_and_paid,
        paid=paid,
    )


def read_pending() -> Pending:
    """Every topic is named.

    Counted without GROUP BY and with a bound on the time of the next attempt, which leads SQLite to the index of
    pending entries: else it goes through all entries in the order of their topics.
    """
    topics = OutboxEntry.Topic.values
    row = OutboxEntry.objects.filter(state=OutboxEntry.State.PENDING, next_attempt_at__gt=LONG_AGO).aggregate(
        oldest=Min("created_at"),
        oldest_hand_off=Min("created_at", filter=Q(topic=OutboxEntry.Topic.HANDOFF)),
        **{topic: Count("pk", filter=Q(topic=topic)) for topic in topics},
    )
    by_topic = {topic: row[topic] for topic in topics}
    return Pending(by_topic, oldest_at=row["oldest"], oldest_hand_off_at=row["oldest_hand_off"])


def _count_unsent(*, now: datetime) -> int:
    """As far as it is written down by now, which the relay does every few seconds."""
    today = DailyCount.objects.filter(day=timezone.localdate(now), name=DailyCount.UNSENT)
    return today.values_list("times", flat=True).first() or 0


def count_dead() -> int:
    return OutboxEntry.objects.filter(state=OutboxEntry.State.DEAD).count()


def read_pulses() -> dict[str, Pulse]:
    return {pulse.name: pulse for pulse in Pulse.objects.all()}


def _count_jobs(*, now: datetime) -> dict[str, JobFigures]:
    today = timezone.localdate(now)
    rows = (
        Job.objects.filter(shipment=None, state__in=OPEN)
        .not_replaced()
        .order_by()
        .values("state")
        .annotate(
            jobs=Count("pk", filter=REAL),
            held=Count("pk", filter=REAL & Q(on_hold=True)),
            late=Count("pk", filter=REAL & Q(promised_on__lt=today)),
            lapsed=Count("pk", filter=REAL & Q(lapsed=True)),
        )
    )
    found = {row["state"]: JobFigures(row["jobs"], row["held"], row["late"], row["lapsed"]) for row in rows}
    return {str(state): found.get(state, JobFigures()) for state in OPEN}


def _count_moves(*, now: datetime) -> Moves:
    """Measured here, row by row: SQLite would call Python for each of a dozen comparisons of each row."""
    recent = FeedEvent.objects.filter(
        at__gt=now - RECENT, kind=FeedEvent.Kind.MOVED, transition__to_state__in=[S.READY, S.CLAIMED]
    )
    rows: QuerySet[FeedEvent, Any] = recent.values_list(
        "sandbox_id", "transition__from_state", "transition__to_state", "at", "job__created_at"
    )
    claims, waits = 0, list[float]()
    for sandbox, before, after, at, paid_at in rows.iterator():
        if sandbox is not None:
            continue
        if after == S.CLAIMED:
            claims += 1
        elif before == S.PENDING:
            waits.append((at - paid_at).total_seconds())
    within = {seconds: sum(wait <= seconds for wait in waits) for seconds in WAITS_SECONDS}
    return Moves(claims=claims, hand_offs=len(waits), seconds=sum(waits), within=within)


def _count_paid(*, now: datetime) -> tuple[int, int]:
    """(orders paid within the last hour, those of them that were placed within it, too): a paid order has jobs."""
    first = REAL & Q(transition__from_state="", job__remake_of=None)
    row = FeedEvent.objects.filter(at__gt=now - HOUR, kind=FeedEvent.Kind.MOVED).aggregate(
        paid=Count("order", filter=first, distinct=True),
        placed=Count("order", filter=first & Q(order__placed_at__gt=now - HOUR), distinct=True),
    )
    return row["paid"], row["placed"]


def _count_unpaid(*, now: datetime) -> int:
    placed = Order.objects.filter(state=Order.State.PLACED, placed_at__gt=now - HOUR)
    return int(placed.aggregate(orders=Count("pk", filter=REAL))["orders"])
