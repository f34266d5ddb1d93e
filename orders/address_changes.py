"""Correcting where a parcel goes, until the bench begins: a maker that has taken a job reads it again to pack it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from orders.cancelling import TooLateError, begun_of
from orders.feed import note_event
from orders.jobs import Actor, jobs_that_count
from orders.models import FeedEvent, Job, Order, OrderEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a parcel goes."""

    full_name: str
    postcode: str
    address_line1: str
    address_line2: str
    town: str


def correct_address(order: Order, *, address: Address, by: Actor, now: datetime) -> bool:
    """Send an order's parcel to another address; False if it goes there already.

    What is written down beside the order names the towns and nothing else of either address. Locks the order, then its
    jobs. Raises TooLateError for an order that is cancelled, and with the jobs that are `in_the_way`.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
        if order.state == Order.State.CANCELLED:
            raise TooLateError(order)
        jobs = list(Job.objects.filter(order=order).order_by("id").select_for_update())
        if begun := in_the_way(jobs):
            raise TooLateError(order, begun)
        new = asdict(address)
        before = {name: getattr(order, name) for name in new}
        if before == new:
            return False
        Order.objects.filter(pk=order.pk).update(**new)
        OrderEvent.objects.create(
            order=order,
            kind=OrderEvent.Kind.ADDRESS_CORRECTED,
            by=str(by),
            note=f"{before['town']} → {address.town}",
            at=now,
        )
        note_event(FeedEvent.Kind.ADDRESS, order=order, now=now)
        return True


def is_too_late(order: Order) -> bool:
    """What a page can promise about correcting; by the time of the click it may be otherwise."""
    return order.state == Order.State.CANCELLED or bool(in_the_way(list(order.jobs.order_by("id"))))


def in_the_way(jobs: Sequence[Job]) -> tuple[Job, ...]:
    """Of all jobs of an order, the first one first: those for which its address stays as it is; empty if it need not.

    They are what is begun or made and not sent; where nothing is left to send, what is sent. A job that is only taken
    is none of them: its maker is told by the feed. A bottle that is sent does not keep what is still to be made, a
    remake of it, too, from going elsewhere.
    """
    counted = jobs_that_count(jobs)
    left = [job for job in counted if job.state not in Job.OVER] or counted
    return tuple(job for job in begun_of(left) if job.state != Job.State.CLAIMED)
