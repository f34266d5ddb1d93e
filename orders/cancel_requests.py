"""What becomes of an order that was asked to be cancelled while its jobs were on the bench."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from orders.cancelling import MADE, close_order
from orders.feed import note_event
from orders.holds import place_hold
from orders.jobs import Actor, make_job, move_job, move_jobs
from orders.models import FeedEvent, Hold, Job, Order, OrderEvent
from orders.stock import OutOfStockError, free_stock, reserve_stock

C = Job.Cancellation
SHOP = Actor("shop")


def settle_cancellation(order: Order, *, by: Actor, now: datetime) -> bool:
    """Settle the wish to cancel an order if that can be done by now; call it whenever a job of it leaves the bench.

    As soon as one job is made, or its maker refuses, the wish has failed: it is taken back for all others, those that
    were cancelled for it are made again, and the shopper reads that the order goes on. Else it waits while a maker has
    yet to answer. When none has, what is left is cancelled and the order is closed, with refund and mail. True if it
    was settled by this call. Call it inside the transaction that locked the order; locks its jobs.
    """
    if order.cancel_asked_at is None or order.state != Order.State.PAID:
        return False
    rows = Job.objects.filter(order=order).select_related("line__version").order_by("id")
    rows = rows.defer("line__version__spec", "line__version__space")
    jobs = list(rows.select_for_update(of=("self",)))
    for job in jobs:
        job.line.order = order
    was_asked = any(job.cancellation for job in jobs)
    if not was_asked or order.events.filter(kind=OrderEvent.Kind.CANCEL_REFUSED).exists():
        return False
    asked = [job for job in jobs if job.cancellation == C.REQUESTED]
    if any(job.cancellation == C.REJECTED or job.state in MADE for job in jobs):
        accepted = [job for job in jobs if job.cancellation == C.ACCEPTED]
        _go_on(order, asked=asked, accepted=accepted, by=by, now=now)
    elif any(job.state in Job.LEASED for job in asked):
        return False
    else:
        _cancel_the_rest(order, jobs, by=by, now=now)
    return True


def _cancel_the_rest(order: Order, jobs: Sequence[Job], *, by: Actor, now: datetime) -> None:
    rest = [job for job in jobs if job.state in Job.UNMADE]
    move_jobs(rest, Job.State.CANCELLED, by=by, now=now, changes=lambda job: {"cancellation": C.ACCEPTED})
    free_stock([job.line for job in rest])
    close_order(order, by=by, now=now)


def _go_on(order: Order, *, asked: Sequence[Job], accepted: Sequence[Job], by: Actor, now: datetime) -> None:
    Job.objects.filter(pk__in=[job.pk for job in asked]).update(cancellation="")
    for job in asked:
        note_event(FeedEvent.Kind.CANCELLATION_DECIDED, order=order, job=job, now=now, decision="withdrawn")
    for job in accepted:
        _make_again(job, order=order, now=now)
    OrderEvent.objects.create(order=order, kind=OrderEvent.Kind.CANCEL_REFUSED, by=str(by), at=now)


def _make_again(job: Job, *, order: Order, now: datetime) -> None:
    """A remake of a job that was cancelled for nothing, with its frozen recipe; held if there is no stock for it."""
    remake = make_job(job.line, order=order, remake_of=job, by=SHOP, now=now)
    frozen = {"snapshot": job.snapshot, "snapshot_sha256": job.snapshot_sha256}
    move_job(remake, Job.State.READY, by=SHOP, now=now, **frozen)
    try:
        with transaction.atomic():
            reserve_stock([job.line])
    except OutOfStockError as error:
        place_hold(remake.public_id, reason=Hold.Reason.STOCK, note=str(error), by=SHOP, now=now)
