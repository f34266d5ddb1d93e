"""What becomes of an order that was asked to be cancelled while its jobs were on the bench."""

from collections.abc import Sequence
from datetime import datetime

from orders.cancelling import MADE, CancelWish, close_order, wish_of
from orders.feed import note_event
from orders.holds import place_hold
from orders.jobs import Actor, make_job, move_job, move_jobs
from orders.models import FeedEvent, Hold, Job, Order, OrderEvent, OutboxEntry
from orders.outbox import add_entry
from orders.sending import send_after_commit
from orders.stock import OutOfStockError, find_short, free_stock, reserve_stock

C = Job.Cancellation
SHOP = Actor("shop")


def settle_cancellation(order: Order, *, by: Actor, now: datetime) -> bool:
    """Settle the wish to cancel an order if that can be done by now; call it whenever a job of it leaves the bench.

    As soon as one job is made, or its maker refuses, the wish has failed: it is taken back for all others, those that
    were cancelled for it are made again, and the shopper is told that the order goes on. Else it waits while a maker
    has any of its jobs in hand. When none has, what is left is cancelled and the order is closed, with refund and mail.
    True if it was settled by this call. Call it inside the transaction that locked the order; locks its jobs.
    """
    if order.cancel_asked_at is None or order.state != Order.State.PAID:
        return False
    rows = Job.objects.filter(order=order).select_related("line__version").order_by("id")
    rows = rows.defer("line__version__spec", "line__version__space")
    jobs = list(rows.select_for_update(of=("self",)))
    for job in jobs:
        job.line.order = order
    if wish_of(order, jobs=jobs, events=order.events.all()) != CancelWish.AT_BENCH:
        return False
    if any(job.cancellation == C.REJECTED or job.state in MADE for job in jobs):
        _go_on(order, jobs, by=by, now=now)
    elif any(job.state in Job.LEASED for job in jobs):
        return False
    else:
        _cancel_the_rest(order, jobs, by=by, now=now)
    return True


def _cancel_the_rest(order: Order, jobs: Sequence[Job], *, by: Actor, now: datetime) -> None:
    rest = [job for job in jobs if job.state in Job.UNMADE]
    move_jobs(rest, Job.State.CANCELLED, by=by, now=now, changes=lambda job: {"cancellation": C.ACCEPTED})
    free_stock([job.line for job in rest])
    close_order(order, by=by, now=now)


def _go_on(order: Order, jobs: Sequence[Job], *, by: Actor, now: datetime) -> None:
    asked = [job for job in jobs if job.cancellation == C.REQUESTED]
    Job.objects.filter(pk__in=[job.pk for job in asked]).update(cancellation="")
    for job in asked:
        note_event(FeedEvent.Kind.CANCELLATION_DECIDED, order=order, job=job, now=now, decision="withdrawn")
    for job in jobs:
        if job.cancellation == C.ACCEPTED:
            _make_again(job, order=order, now=now)
    OrderEvent.objects.create(order=order, kind=OrderEvent.Kind.CANCEL_REFUSED, by=str(by), at=now)
    send_after_commit(add_entry(OutboxEntry.Topic.MAIL_CANCEL_REFUSED, order=order, now=now))


def _make_again(job: Job, *, order: Order, now: datetime) -> None:
    """A remake of a job that was cancelled for nothing, with its frozen recipe and stock; held while that is short."""
    remake = make_job(job.line, order=order, remake_of=job, by=SHOP, now=now)
    frozen = {"snapshot": job.snapshot, "snapshot_sha256": job.snapshot_sha256}
    move_job(remake, Job.State.READY, by=SHOP, now=now, **frozen)
    reserve_stock([job.line], even_if_short=True)
    if short := find_short([job.line]):
        note = str(OutOfStockError(short))
        place_hold(remake.public_id, reason=Hold.Reason.STOCK, note=note, by=SHOP, now=now)
