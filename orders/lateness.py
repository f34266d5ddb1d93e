"""The lateness watch: when an estimate passes what a shopper was told, she is told anew, once for each slip."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from configurator.bench import Bench, read_bench
from orders.estimating import Estimate, JobFacts, arrival_as_planned, estimate
from orders.jobs import Actor
from orders.models import Job, Order, OrderEvent, OutboxEntry, Slip
from orders.outbox import add_entries

S = Job.State
WATCH = Actor("relay", "lateness watch")
BATCH = 200
# What was expected longer ago is past telling; without a limit every look would go through all old sales.
LOOK_BACK = timedelta(days=90)
SLIP_KEY = "slip-"  # and the number: the key of the outbox entry that tells of a slip


def tell_of_slips(*, now: datetime) -> int:
    """Write down each order's slip that has not been told, with its mail; returns how many.

    An order slips when its estimate passes `expected_on`, the day that was last told; then that day is moved. Two
    queries when nothing has slipped, eight more for each BATCH that might have. Safe to run twice at once: locks the
    orders of a batch and leaves those that others hold.
    """
    today = timezone.localdate(now)
    bench = read_bench(today=today)
    ids = _find_perhaps_late(bench, today=today)
    batches = (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
    return sum(_tell(batch, bench=bench, today=today, now=now) for batch in batches)


def _find_perhaps_late(bench: Bench, *, today: date) -> list[int]:
    """The orders of which a job waits that is late by the calendar, or whose trouble the calendar does not show."""
    unsent = Job.objects.filter(order=OuterRef("pk")).exclude(state__in=Job.OVER)
    waiting = unsent.not_replaced()
    trouble = Q(state=S.FAILED) | Q(on_hold=True) | Q(remake_of__isnull=False)
    orders = (
        Order.objects.filter(
            Exists(waiting), sandbox=None, state=Order.State.PAID, expected_on__gte=today - LOOK_BACK
        )
        .annotate(in_trouble=Exists(waiting.filter(trouble)))
        .order_by("expected_on", "id")
        .values_list("pk", "made_on", "expected_on", "in_trouble")
    )
    arrivals: dict[date, date] = {}
    found = []
    for pk, made_on, expected_on, in_trouble in orders:
        if made_on not in arrivals:
            arrivals[made_on] = arrival_as_planned(made_on, bench=bench, today=today)
        if in_trouble or arrivals[made_on] > expected_on:
            found.append(pk)
    return found


@transaction.atomic
def _tell(ids: Sequence[int], *, bench: Bench, today: date, now: datetime) -> int:
    slips: list[Slip] = []
    for order, found in _lock_with_estimates(ids, bench=bench, today=today):
        if found is not None and found.arrives_on > order.expected_on:
            slip = Slip(
                order=order,
                number=order.last_slip + 1,  # type: ignore[attr-defined]  # annotated
                told_before=order.expected_on,
                expected_on=found.arrives_on,
                reason=found.reason,
                at=now,
            )
            order.expected_on = found.arrives_on
            slips.append(slip)
    if slips:
        _write(slips, now=now)
    return len(slips)


def _write(slips: Sequence[Slip], *, now: datetime) -> None:
    """The mails wait for the relay, which calls this: for many at once it is better paced than the worker."""
    Slip.objects.bulk_create(slips)
    Order.objects.bulk_update([slip.order for slip in slips], ["expected_on"])
    OrderEvent.objects.bulk_create(
        OrderEvent(order=slip.order, kind=OrderEvent.Kind.LATE, by=str(WATCH), note=f"{slip.number}", at=now)
        for slip in slips
    )
    keys = [(slip.order, f"{SLIP_KEY}{slip.number}") for slip in slips]
    add_entries(OutboxEntry.Topic.MAIL_LATE, keys=keys, now=now)


def _lock_with_estimates(
    ids: Sequence[int], *, bench: Bench, today: date
) -> list[tuple[Order, Estimate | None]]:
    """Paid orders, locked, with the estimate of each as things are now; None where nothing is left to leave."""
    last = Slip.objects.filter(order=OuterRef("pk")).order_by("-number").values("number")[:1]
    orders = list(
        Order.objects.filter(pk__in=ids, state=Order.State.PAID)
        .annotate(last_slip=Coalesce(Subquery(last), 0))
        .order_by("pk")
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
    )
    jobs = _read_jobs([order.pk for order in orders])
    found: list[tuple[Order, Estimate | None]] = []
    for order in orders:
        is_over = all(job.state in Job.OVER for job in jobs[order.pk])
        arrives = None if is_over else estimate(order.made_on, jobs[order.pk], bench=bench, today=today)
        found.append((order, arrives))
    return found


def _read_jobs(order_ids: Sequence[int]) -> defaultdict[int, list[JobFacts]]:
    """The jobs of each order that no remake has replaced."""
    rows = (
        Job.objects.filter(order__in=order_ids)
        .not_replaced()
        .values_list("order_id", "state", "on_hold", "remake_of_id", "created_at", "shipment__shipped_at")
    )
    jobs: defaultdict[int, list[JobFacts]] = defaultdict(list)
    for order_id, state, on_hold, remake_of, created_at, shipped_at in rows:
        job = JobFacts(
            state=state,
            on_hold=on_hold,
            shipped_on=_day(shipped_at),
            remade_since=timezone.localdate(created_at) if remake_of else None,
        )
        jobs[order_id].append(job)
    return jobs


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else timezone.localdate(moment)
