"""Correcting where a parcel goes, until the bench begins."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from orders.cancelling import TooLateError, lock_unbegun
from orders.feed import note_event
from orders.jobs import Actor
from orders.models import FeedEvent, Order, OrderEvent


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
    jobs. Raises TooLateError for an order that is cancelled or that the bench has begun.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
        if order.state == Order.State.CANCELLED:
            raise TooLateError(order)
        lock_unbegun(order)
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
