"""What there is to do at the bench, for people who work there in a browser: jobs by promise, doses, pick lists."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from orders.claiming import CLAIMABLE
from orders.figures import REAL
from orders.models import FulfilmentKey, Job, JobQuerySet, LotUse, Order
from orders.snapshot import read_snapshot, slot_name_of

S = Job.State
MOST_SHOWN = 100
LOTS_READ = 500  # of the newest, for suggestions
# Said everywhere, for by this the databases find what is open among years of sales.
UNSENT = {"shipment": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What goes into one slot; millilitres of one piece and of all of the job, None for parts without a dose."""

    slot: str
    slot_name: str
    component: str
    name: str
    ml: Decimal | None
    total_ml: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A job as the bench sees it: of who gets it no word but the name on the label.

    `is_late`: promised before today.
    """

    job: Job
    recipe: str
    size: str
    label_name: str
    pieces: int
    parts: tuple[Part, ...]
    contains: tuple[str, ...]
    is_late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSend:
    """An order of which something is made and not sent; `unmade` are its jobs that are still to be made."""

    order: Order
    made: tuple[Work, ...]
    unmade: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchWork:
    """`mine` is under leases of the client that asks; `ready` is shown up to MOST_SHOWN of `ready_count`.

    `lapsed`: in production, and the lease of whoever began it ran out. `others`: under leases of somebody else.
    """

    mine: tuple[Work, ...]
    ready: tuple[Work, ...]
    ready_count: int
    lapsed: tuple[Work, ...]
    others: tuple[Work, ...]
    to_send: tuple[ToSend, ...]
    held: int
    failed: int


@dataclass(frozen=True, slots=True)
class Pick:
    """How much of a component one job takes, for all its pieces; `pieces` counts parts that have no dose."""

    work: Work
    slot_name: str
    ml: Decimal | None
    pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PickRow:
    """A component with all that a batch takes of it."""

    name: str
    picks: tuple[Pick, ...]
    total_ml: Decimal | None
    pieces: int


def read_bench_work(client: FulfilmentKey | None, *, now: datetime) -> BenchWork:
    """What there is to do, the earliest promise first, in eight queries however much it is."""
    leased = _jobs().filter(**UNSENT, state__in=Job.LEASED)
    own = Q(client=client) if client is not None else Q(pk=None)
    ready = _jobs().filter(**CLAIMABLE)
    counts = Job.objects.filter(REAL, **UNSENT, state__in=[S.READY, S.FAILED]).aggregate(
        ready=Count("pk", filter=Q(**CLAIMABLE)),
        held=Count("pk", filter=Q(state=S.READY, on_hold=True)),
        failed=Count("pk", filter=Q(state=S.FAILED)),
    )
    return BenchWork(
        mine=_work(leased.filter(own, lapsed=False), now=now),
        ready=_work(ready, now=now),
        ready_count=counts["ready"],
        lapsed=_work(leased.filter(lapsed=True), now=now),
        others=_work(leased.filter(~own, lapsed=False), now=now),
        to_send=_to_send(now=now),
        held=counts["held"],
        failed=counts["failed"],
    )


def read_work(job: Job, *, now: datetime) -> Work:
    """A job that comes with its line and order, as the bench sees it. No query."""
    frozen = read_snapshot(job)
    pieces = job.line.quantity
    parts = [
        Part(
            slot=part["slot"],
            slot_name=slot_name_of(part),
            component=part["component"],
            name=part["name"],
            ml=millilitres(part["microlitres"]),
            total_ml=millilitres(part["microlitres"], times=pieces),
        )
        for part in frozen.get("parts", ())
    ]
    microlitres = frozen["size"]["volume_microlitres"] if frozen else None
    return Work(
        job=job,
        recipe=frozen["recipe"]["name"] if frozen else "",
        size=f"{millilitres(microlitres):f} ml" if microlitres else "",
        label_name=frozen.get("label_name", ""),
        pieces=pieces,
        parts=tuple(parts),
        contains=tuple(frozen.get("allergens", ())),
        is_late=job.promised_on < _today(now),
    )


def read_pick_list(jobs: Iterable[Job], *, now: datetime) -> list[PickRow]:
    """What a batch of jobs takes, by component in the order of their names, with totals."""
    picks: defaultdict[tuple[str, str], list[Pick]] = defaultdict(list)
    for job in jobs:
        work = read_work(job, now=now)
        for part in work.parts:
            picks[part.name, part.component].append(Pick(work, part.slot_name, part.total_ml, work.pieces))
    return [
        PickRow(name=name, picks=tuple(rows), total_ml=_sum(rows), pieces=sum(row.pieces for row in rows))
        for (name, _component), rows in sorted(picks.items())
    ]


def recent_lots(components: Iterable[str], *, most: int = 5) -> dict[str, list[str]]:
    """Component -> its lots that were reported last, the newest first; to suggest, not to take for granted."""
    wanted = LotUse.objects.filter(component__in=set(components), job__sandbox=None).order_by("-id")
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for component, lot in wanted.values_list("component", "lot")[:LOTS_READ]:
        if len(found[component]) < most:
            found[component].setdefault(lot)
    return {component: list(lots) for component, lots in found.items()}


def jobs_of_bench() -> JobQuerySet:
    """Real jobs with what `read_work` takes."""
    return Job.objects.filter(REAL).select_related("order", "line", "client")


def _jobs() -> JobQuerySet:
    return jobs_of_bench().order_by("promised_on", "id")


def _work(jobs: QuerySet[Job], *, now: datetime) -> tuple[Work, ...]:
    return tuple(read_work(job, now=now) for job in jobs[:MOST_SHOWN])


def _to_send(*, now: datetime) -> tuple[ToSend, ...]:
    """Those of which all is made come first among those promised for one day."""
    made = _jobs().filter(**UNSENT, state=S.PRODUCED).not_replaced()
    jobs = sorted(
        made.order_by("order__promised_on", "order_id", "id")[:MOST_SHOWN], key=attrgetter("order_id")
    )
    unmade = _count_unmade([job.order_id for job in jobs])
    found = [
        ToSend(
            order=group[0].order,
            made=tuple(read_work(job, now=now) for job in group),
            unmade=unmade.get(order_id, 0),
        )
        for order_id, group in ((key, list(rows)) for key, rows in groupby(jobs, key=attrgetter("order_id")))
    ]
    return tuple(sorted(found, key=lambda each: (each.order.promised_on, each.unmade > 0, each.order.pk)))


def _count_unmade(order_ids: Sequence[int]) -> dict[int, int]:
    unmade = Job.objects.filter(order__in=order_ids, state__in=Job.HOLDS_STOCK)
    return dict(unmade.order_by().values_list("order").annotate(jobs=Count("pk")))


def millilitres(microlitres: int | None, *, times: int = 1) -> Decimal | None:
    """So many times so many microlitres; None for None."""
    return None if microlitres is None else _plain(Decimal(microlitres * times) / 1000)


def _sum(picks: Iterable[Pick]) -> Decimal | None:
    amounts = [pick.ml for pick in picks if pick.ml is not None]
    return _plain(sum(amounts, Decimal(0))) if amounts else None


def _plain(amount: Decimal) -> Decimal:
    """Without zeros at the end, and 10 as 10, not as 1E+1, which a form would show."""
    return Decimal(f"{amount.normalize():f}")


def _today(now: datetime) -> date:
    return timezone.localdate(now)
