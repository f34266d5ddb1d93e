"""What staff decide about jobs that went wrong, and about an order whose address got into wrong hands."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from orders.cancel_requests import settle_cancellation
from orders.cancelling import close_order
from orders.holds import place_hold, release_hold
from orders.jobs import Actor, WrongStateError, move_job, without_lease
from orders.models import Hold, Job, Order, OutboxEntry
from orders.outbox import add_entry
from orders.sending import send_after_commit
from orders.stock import OutOfStockError, find_short, free_stock, spoil_stock
from orders.tokens import new_token


def make_again(job: Job, *, by: str, now: datetime) -> Job:
    """A failed job goes back to the makers; raises jobs.WrongStateError for any other.

    What it had used up is needed a second time: where there is not enough for that, it is put on hold.
    """
    if job.state != Job.State.FAILED:
        raise WrongStateError(job, Job.State.READY)
    staff = Actor("staff", by)
    with transaction.atomic():
        changes: dict[str, Any] = {"failure_code": "", "failure_note": "", **without_lease(job)}
        moved = move_job(job, Job.State.READY, by=staff, now=now, **changes)
        if short := find_short([job.line]):
            note = str(OutOfStockError(short))
            place_hold(job.public_id, reason=Hold.Reason.STOCK, note=note, by=staff, now=now)
        return moved


def call_off(job: Job, *, by: str, now: datetime) -> Job:
    """A job whose maker went silent in production has failed, so that it can be made again or cancelled.

    If the shopper had asked to cancel it, the silence was the answer. What had gone into it leaves the stock. Locks the
    order, then the job. Raises jobs.WrongStateError for a job whose lease has not run out in production, or that was
    reclaimed since.
    """
    staff = Actor("staff", by)
    note = "The maker went silent in production."
    failure: dict[str, Any] = {"lapsed": False, "failure_code": "other", "failure_note": note}
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=job.order_id)
        related = Job.objects.select_related("line__version").defer(
            "line__version__spec", "line__version__space"
        )
        job = related.select_for_update(of=("self",)).get(pk=job.pk)
        job.line.order = order
        if not job.lapsed:
            raise WrongStateError(job, Job.State.FAILED)
        moved = move_job(job, Job.State.FAILED, by=staff, now=now, **failure)
        spoil_stock([job.line])
        settle_cancellation(order, by=staff, now=now)
        return moved


def give_up(job: Job, *, by: str, now: datetime) -> Job:
    """A job that failed, or that nobody has taken, is cancelled and its stock freed; raises jobs.WrongStateError.

    With the last job of an order the order is cancelled and its money given back. Locks the order.
    """
    staff = Actor("staff", by)
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=job.order_id)
        # What a maker has in hand is not cancelled over its head: fulfilment accepts a cancellation, or refuses it.
        if job.state not in Job.UNMADE:
            raise WrongStateError(job, Job.State.CANCELLED)
        moved = move_job(job, Job.State.CANCELLED, by=staff, now=now)
        free_stock([job.line])
        is_left = order.jobs.exclude(state=Job.State.CANCELLED).exists()
        if order.state == Order.State.PAID and not is_left:
            close_order(order, by=staff, now=now)
        return moved


def hold_once(job: Job, *, reason: str, note: str, by: str, now: datetime) -> bool:
    """Put a job on hold; False if the same person holds it already, for this reason and with this note.

    So a second click places no second hold. Locks the job. Raises holds.NothingToHoldError.
    """
    staff = Actor("staff", by)
    with transaction.atomic():
        Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
        same = Hold.objects.filter(job=job, reason=reason, note=note, placed_by=str(staff), released_at=None)
        if same.exists():
            return False
        place_hold(job.public_id, reason=reason, note=note, by=staff, now=now)
        return True


def hold_order(order: Order, *, reason: str, note: str, by: str, now: datetime) -> int:
    """Put every job of an order on hold that is not shipped or cancelled, all or none; returns how many were not.

    Locks those jobs, so none of them is shipped or cancelled meanwhile.
    """
    with transaction.atomic():
        jobs = list(order.jobs.exclude(state__in=Job.OVER).order_by("id").select_for_update(of=("self",)))
        return sum(hold_once(job, reason=reason, note=note, by=by, now=now) for job in jobs)


def release_holds(holds: Collection[Hold], *, by: str, now: datetime) -> int:
    """Release these holds, with their jobs read, and no others; returns how many were not released before."""
    staff = Actor("staff", by)
    released = 0
    with transaction.atomic():
        for hold in sorted(holds, key=lambda each: each.job_id):
            after = release_hold(hold.public_id, job_id=hold.job.public_id, by=staff, now=now)
            released += after.released_at == now
    return released


def renew_token(order: Order, *, now: datetime) -> str:
    """Give an order's pages a new address, from which moment the old one leads nowhere; returns the new token.

    The confirmation of a paid order is mailed anew, with the new address. Locks the order.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
        order.token = new_token()
        order.save(update_fields=["token"])
        if order.state == Order.State.PAID:
            key = str(uuid4())  # unlike any other from its first letters on, which the Message-ID has
            send_after_commit(add_entry(OutboxEntry.Topic.MAIL_CONFIRMED, order=order, key=key, now=now))
        return order.token
