"""What is always true of orders, jobs, feed, stock and money: found out after the fact, from the rows alone.

Each check yields what breaks it, one sentence a row, and nothing when all is well. None of them locks anything.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from payments import PaymentStatus

from configurator.mixing.canonical import fingerprint
from configurator.mixing.price import unit_price
from configurator.models import Component
from configurator.money import major_units
from configurator.versions import mixer_for
from orders.feed import KEPT_FOR
from orders.jobs import ALLOWED
from orders.models import FeedEvent, FeedState, Job, JobTransition, Order, OrderEvent, OrderLine, OutboxEntry
from orders.outbox import LEASE
from orders.stock import amounts_for, amounts_of_waiting

S = Job.State
FORGOTTEN_AFTER = timedelta(seconds=60)
READ_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Offence:
    """One row, or one sum, that breaks `check`; `what` names it for staff."""

    check: str
    what: str

    def __str__(self) -> str:
        return f"{self.check}: {self.what}"


def find_offences(*, now: datetime, since: datetime | None = None) -> Iterator[Offence]:
    """All that breaks an invariant; with `since` only orders placed since then are gone through, with their jobs.

    Run it while nothing else writes, or look twice: it reads in several queries, and what one transaction changes
    between two of them can look broken.
    """
    orders = Order.objects.all() if since is None else Order.objects.filter(placed_at__gte=since)
    for name, check in PER_ORDER.items():
        yield from (Offence(name, what) for what in check(orders))
    for name, check_all in OVER_ALL.items():
        yield from (Offence(name, what) for what in check_all(now))


def _one_job_per_line(orders: QuerySet[Order]) -> Iterator[str]:
    lines = OrderLine.objects.filter(order__in=orders.filter(paid_at__isnull=False)).select_related("order")
    first = Count("jobs", filter=Q(jobs__remake_of=None))
    for line in lines.annotate(first_jobs=first).exclude(first_jobs=1):
        yield f"line {line} of a paid order has {line.first_jobs} jobs"


def _no_unpaid_job(orders: QuerySet[Order]) -> Iterator[str]:
    for job in Job.objects.filter(order__in=orders.filter(paid_at=None)).select_related("order"):
        yield f"job {job.public_id} belongs to order {job.order.number}, which was never paid"


def _one_lease(orders: QuerySet[Order]) -> Iterator[str]:
    under_lease = Job.objects.filter(order__in=orders, state__in=Job.LEASED)
    unleased = under_lease.filter(Q(lease_token=None) | Q(lease_expires_at=None) | Q(client=None))
    for job in unleased:
        yield f"job {job.public_id} is {job.state} under no lease"
    shared = under_lease.values("lease_token").annotate(jobs=Count("pk")).filter(jobs__gt=1)
    for row in shared:
        yield f"{row['jobs']} jobs are under one lease token"


def _paths(orders: QuerySet[Order]) -> Iterator[str]:
    """Attempts are claims; transitions form a legal path to the job's state, and its version is their count."""
    jobs = Job.objects.filter(order__in=orders)
    read = JobTransition.objects.filter(job__in=jobs).select_related("job").order_by("job_id", "version")
    walked = 0
    for job, path in groupby(read.iterator(READ_AT_ONCE), key=attrgetter("job")):
        steps = list(path)
        walked += 1
        if [step.version for step in steps] != list(range(1, job.version + 1)):
            yield f"job {job.public_id} is at version {job.version} after {len(steps)} steps"
        at = ""
        for step in steps:
            if step.from_state != at or step.to_state not in (ALLOWED[at] if at else (S.PENDING,)):
                yield f"job {job.public_id} went from {at or 'nowhere'} by {step}, step {step.version}"
            at = step.to_state
        if at != job.state:
            yield f"job {job.public_id} is {job.state}, its last step led to {at}"
        if (claims := sum(step.to_state == S.CLAIMED for step in steps)) != job.attempt:
            yield f"job {job.public_id} counts {job.attempt} claims of {claims}"
    if (all_jobs := jobs.count()) > walked:
        yield f"{all_jobs - walked} jobs have no transitions"


def _one_shipment(orders: QuerySet[Order]) -> Iterator[str]:
    shipped = Job.objects.filter(order__in=orders, state=S.SHIPPED)
    for job in shipped.filter(Q(shipment=None) | ~Q(shipment__order=F("order"))):
        yield f"job {job.public_id} is shipped, and no parcel of its order holds it"
    for job in Job.objects.filter(order__in=orders, shipment__isnull=False).exclude(state=S.SHIPPED):
        yield f"job {job.public_id} is in a parcel, and {job.state}"


def _totals(orders: QuerySet[Order]) -> Iterator[str]:
    """Every price anew, from the spec version that it was sold under."""
    lines = OrderLine.objects.filter(order__in=orders).select_related("order", "version")
    read = lines.defer("version__spec", "version__space").order_by("order_id", "position")
    for order, group in groupby(read.iterator(READ_AT_ONCE), key=attrgetter("order")):
        bought = list(group)
        for line in bought:
            spec = mixer_for(line.version).spec
            if (costs := unit_price(spec, line.mix, spec.size(line.size))) != line.unit_price:
                yield f"line {line} was sold for {line.unit_price}, its version says {costs}"
        if order.goods_total != sum(line.total for line in bought):
            yield f"order {order.number} has goods for {order.goods_total}, its lines do not add up to that"
        if order.total != order.goods_total + order.delivery_price:
            yield f"order {order.number} does not add up to {order.total}"


def _snapshots(orders: QuerySet[Order]) -> Iterator[str]:
    jobs = Job.objects.filter(order__in=orders).exclude(snapshot="")
    for pk, text, digest in jobs.values_list("public_id", "snapshot", "snapshot_sha256").iterator():
        if fingerprint(text) != digest:
            yield f"the frozen recipe of job {pk} does not match its hash"


def _captured(orders: QuerySet[Order]) -> Iterator[str]:
    """What was captured for an order is its total once it is paid, and nothing before or when it was given back."""
    refunds_left = OutboxEntry.objects.filter(order=OuterRef("pk"), topic=OutboxEntry.Topic.REFUND).exclude(
        state=OutboxEntry.State.DONE
    )
    captured = Sum("payments__captured_amount", filter=~Q(payments__status=PaymentStatus.REFUNDED))
    given_back = OrderEvent.objects.filter(order=OuterRef("pk"), kind=OrderEvent.Kind.REFUNDED)
    sold = orders.filter(sandbox=None).annotate(
        captured=Coalesce(captured, Decimal(0)),
        is_given_back=Exists(given_back),
        refunds_left=Coalesce(
            Subquery(refunds_left.values("order").annotate(n=Count("pk")).values("n")[:1]), 0
        ),
    )
    for order in sold.iterator(READ_AT_ONCE):
        due = order.total if order.state == Order.State.PAID else 0
        if order.is_given_back and not order.captured:
            due = 0
        if order.captured != major_units(due) and not order.refunds_left:
            yield f"order {order.number} is {order.state} over {major_units(due)}, captured are {order.captured}"


def _stock(now: datetime) -> Iterator[str]:
    """What is reserved is what unmade bottles take, and there is enough for all that do not wait for it."""
    reserved: defaultdict[str, Decimal] = defaultdict(Decimal)
    unpaid = Q(order__state=Order.State.PLACED)
    unmade = Q(jobs__state__in=Job.HOLDS_STOCK)
    lines = OrderLine.objects.filter(unpaid | unmade, order__sandbox=None).select_related("version")
    for line in lines.defer("version__spec", "version__space").iterator(READ_AT_ONCE):
        for slug, amount in amounts_for([line]).items():
            reserved[slug] += amount
    waiting = amounts_of_waiting()
    for component in Component.objects.order_by("slug"):
        there = component.reserved_ml
        if there != reserved[component.slug]:
            yield f"{there} ml of {component.name} are reserved, unmade bottles take {reserved[component.slug]}"
        wanted = there - waiting.get(component.slug, Decimal(0))
        if there < 0 or (component.stock_ml is not None and wanted > component.stock_ml):
            yield f"{wanted} ml of {component.name} are to be used, {component.stock_ml} are there"


def _feed(now: datetime) -> Iterator[str]:
    """Numbers without gap or double (the database itself refuses doubles), one event for each transition."""
    state = FeedState.objects.get()
    numbered = FeedEvent.objects.filter(seq__isnull=False).aggregate(
        count=Count("pk"), first=Min("seq"), last=Max("seq")
    )
    if numbered["count"]:
        if numbered["last"] != state.last_seq or numbered["first"] != state.pruned_to + 1:
            yield f"the feed runs from {numbered['first']} to {numbered['last']}, and should from {state}"
        if numbered["count"] != numbered["last"] - numbered["first"] + 1:
            yield f"the feed has {numbered['count']} events from {numbered['first']} to {numbered['last']}"
    elif state.last_seq != state.pruned_to:
        yield f"the feed is empty, and should run from {state}"
    oldest = FeedEvent.objects.aggregate(oldest=Min("transition"))["oldest"]
    kept = Q(at__gt=now - KEPT_FOR) if oldest is None else Q(pk__gte=oldest)
    for step in JobTransition.objects.filter(kept, feed_event=None).select_related("job"):
        yield f"step {step.version} of job {step.job.public_id} is not in the feed"


def _forgotten(now: datetime) -> Iterator[str]:
    """Entries that nobody takes, and those whose process dies each time: under a lease they are, and never fail."""
    before = now - FORGOTTEN_AFTER
    untaken = Q(created_at__lt=before, next_attempt_at__lt=before)
    taken_in_vain = Q(created_at__lt=before - LEASE, attempts=0)
    forgotten = OutboxEntry.objects.filter(untaken | taken_in_vain, state=OutboxEntry.State.PENDING, error="")
    for entry in forgotten.select_related("order"):
        yield f"outbox entry {entry.pk} ({entry}) has waited since {entry.created_at:%Y-%m-%d %H:%M:%S}"


PER_ORDER: dict[str, Callable[[QuerySet[Order]], Iterator[str]]] = {
    "a paid order has one job per line": _one_job_per_line,
    "no job without a paid order": _no_unpaid_job,
    "a job under way has one lease": _one_lease,
    "jobs go legal ways, claims are counted": _paths,
    "a shipped job is in one parcel": _one_shipment,
    "totals follow from what was frozen": _totals,
    "recipes match their hash": _snapshots,
    "what was captured is what was sold": _captured,
}
OVER_ALL: dict[str, Callable[[datetime], Iterator[str]]] = {
    "stock is reserved for unmade bottles": _stock,
    "the feed is whole": _feed,
    "no outbox entry is forgotten": _forgotten,
}
