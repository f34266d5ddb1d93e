"""Cancelling an order: at once until the bench has begun, by asking the bench after that."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import QuerySet
from payments import PaymentStatus

from orders.booking import free_bench
from orders.feed import note_event
from orders.jobs import Actor, WrongStateError, move_jobs
from orders.models import FeedEvent, Job, Order, OrderEvent, OrderLine, OutboxEntry
from orders.outbox import add_entry
from orders.payments import give_back
from orders.sending import send_after_commit
from orders.stock import free_stock
from orders.unpaid_orders import let_go

SHOPPER = Actor("shopper")
MADE = (Job.State.PRODUCED, Job.State.SHIPPED)


class TooLateError(Exception):
    """The bench has begun on an order, or it is closed; `jobs` are those that are begun, each in the state found."""

    def __init__(self, order: Order, jobs: Sequence[Job] = ()) -> None:
        self.order, self.jobs = order, tuple(jobs)
        states = ", ".join(job.state for job in jobs) or order.state
        super().__init__(f"order {order.number}: {states}")


class CancelWish(StrEnum):
    """How it stands with the wish to cancel an order that could not be cancelled at once.

    AT_BENCH: whoever makes it is asked, and not all have answered. AT_STAFF: a bottle of it was made before, so nobody
    is asked, and staff decide. REFUSED: it was too late. NONE: nobody wishes it, or the order is cancelled.
    """

    NONE = ""
    AT_BENCH = "bench"
    AT_STAFF = "staff"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What cancelling an order would do: `refund` is given back, in minor units; `begun` stand in its way."""

    refund: int
    begun: tuple[Job, ...]
    can_ask: bool

    @property
    def is_only_taken(self) -> bool:
        return is_only_taken(self.begun)

    @property
    def is_partly_made(self) -> bool:
        return is_partly_made(self.begun)


def read_outlook(order: Order) -> Outlook:
    """What a page can promise about cancelling; by the time of the click it may be otherwise."""
    jobs = list(order.jobs.order_by("id"))
    confirmed = order.payments.filter(status=PaymentStatus.CONFIRMED).count()
    return make_outlook(order, jobs=jobs, confirmed=confirmed)


def make_outlook(order: Order, *, jobs: Sequence[Job], confirmed: int) -> Outlook:
    """The same from what was read before: all jobs of the order, and how many of its payments are confirmed."""
    return Outlook(refund=confirmed * order.total, begun=begun_of(jobs), can_ask=_can_ask(order, jobs))


def read_wish(order: Order) -> CancelWish:
    """What a page can say of the wish to cancel an order; at most two queries."""
    return wish_of(order, jobs=order.jobs.order_by("id"), events=order.events.order_by("id"))


def wish_of(order: Order, *, jobs: Iterable[Job], events: Iterable[OrderEvent]) -> CancelWish:
    """The same from what is read: all jobs of the order, and what happened to it."""
    if order.cancel_asked_at is None or order.state != Order.State.PAID:
        return CancelWish.NONE
    if any(event.kind == OrderEvent.Kind.CANCEL_REFUSED for event in events):
        return CancelWish.REFUSED
    return CancelWish.AT_BENCH if any(job.cancellation for job in jobs) else CancelWish.AT_STAFF


def cancel_order(order: Order, *, by: Actor, now: datetime, note: str = "") -> bool:
    """Cancel an order, free its stock and its days, and give its money back; False if it was cancelled before.

    An unpaid order is let go. A paid one can be cancelled while none of its jobs is taken, made or shipped; its jobs
    are cancelled with it. `note` is why, for staff. Locks the order, then its jobs, so of a cancellation and a claim
    at once only one happens. Raises TooLateError, and then nothing has changed.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
        if order.state == Order.State.CANCELLED:
            return False
        if order.state == Order.State.PLACED:
            let_go(order, now=now)
            _note(order, OrderEvent.Kind.CANCELLED, by=by, now=now, note=note)
            return True
        jobs = list(Job.objects.filter(order=order).order_by("id").select_for_update())
        if begun := begun_of(jobs):
            raise TooLateError(order, begun)
        jobs = [job for job in jobs if job.state in Job.UNMADE]
        try:
            move_jobs(jobs, Job.State.CANCELLED, by=by, now=now, changes=lambda job: {})
        except WrongStateError as error:
            raise TooLateError(order, [error.job]) from error
        free_stock(_lines_of(order, jobs))
        close_order(order, by=by, now=now, note=note)
        return True


def close_order(order: Order, *, by: Actor, now: datetime, note: str = "") -> None:
    """Make a paid order whose jobs are all cancelled a cancelled one. Call it inside the transaction that locked it.

    Its days are freed, its payments given back, and a mail says so.
    """
    order.state, order.cancelled_at = Order.State.CANCELLED, now
    order.save(update_fields=["state", "cancelled_at"])
    free_bench(order)
    _note(order, OrderEvent.Kind.CANCELLED, by=by, now=now, note=note)
    for payment in order.payments.filter(status=PaymentStatus.CONFIRMED).order_by("id"):
        give_back(payment, now=now)
    send_after_commit(add_entry(OutboxEntry.Topic.MAIL_CANCELLED, order=order, now=now))


def ask_to_cancel(order: Order, *, by: Actor, now: datetime, note: str = "") -> bool:
    """Write down, once, that an order on the bench is to be stopped if that can be; False if it was before.

    One that is not on the bench (any more) is cancelled at once. Else whoever makes its jobs is asked, by a mark on all
    of them, and none is claimed until that is settled (`orders.cancel_requests`). Where a bottle is made or sent
    already, the order cannot come to nothing any more: the bench is not asked to throw the others away, and staff
    decide. Locks the order, then its jobs. `note` is why, for staff. Raises TooLateError for one of which nothing is
    left to stop.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
        jobs = list(order.jobs.order_by("id").select_for_update())
        if order.state == Order.State.PLACED or (order.state == Order.State.PAID and not begun_of(jobs)):
            return cancel_order(order, by=by, now=now, note=note)
        if order.state == Order.State.CANCELLED or order.cancel_asked_at:
            return False
        if not _can_ask(order, jobs):
            raise TooLateError(order, begun_of(jobs))
        order.cancel_asked_at = now
        order.save(update_fields=["cancel_asked_at"])
        _note(order, OrderEvent.Kind.CANCEL_ASKED, by=by, now=now, note=note)
        _ask_the_bench(order, jobs, now=now)
        return True


def _ask_the_bench(order: Order, jobs: Sequence[Job], *, now: datetime) -> None:
    if is_partly_made(jobs):
        return
    asked = [job for job in jobs if job.state != Job.State.CANCELLED]
    Job.objects.filter(pk__in=[job.pk for job in asked]).update(cancellation=Job.Cancellation.REQUESTED)
    for job in asked:
        note_event(FeedEvent.Kind.CANCELLATION_REQUESTED, order=order, job=job, now=now)


def begun_of(jobs: Sequence[Job]) -> tuple[Job, ...]:
    """Those that are taken, made or sent: beside one of them an order is not simply cancelled."""
    return tuple(job for job in jobs if job.state not in (*Job.UNMADE, Job.State.CANCELLED))


def is_only_taken(begun: Sequence[Job]) -> bool:
    """Whether makers have taken those of an order that are `begun_of` it, and nothing has gone into any of them yet."""
    return bool(begun) and all(job.state == Job.State.CLAIMED for job in begun)


def is_partly_made(begun: Sequence[Job]) -> bool:
    """Whether something of an order is made: then the bench is not asked to throw the rest away, and staff decide."""
    return any(job.state in MADE for job in begun)


def _lines_of(order: Order, jobs: Sequence[Job]) -> QuerySet[OrderLine]:
    lines = order.lines.filter(jobs__in=jobs)
    return lines.select_related("version").defer("version__spec", "version__space")


def _can_ask(order: Order, jobs: Sequence[Job]) -> bool:
    return order.state == Order.State.PAID and any(job.state not in Job.OVER for job in jobs)


def _note(order: Order, kind: str, *, by: Actor, now: datetime, note: str) -> None:
    OrderEvent.objects.create(order=order, kind=kind, by=str(by), note=note, at=now)
