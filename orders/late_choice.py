"""What a shopper answers when she was told that her order is late."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from orders.cancelling import SHOPPER
from orders.models import Job, Order, OrderEvent, Slip


class MovedOnError(Exception):
    """The answer is to something that is no longer so: a later slip, an order that is cancelled or on its way."""


def choose_to_wait(order: Order, *, slip: int, now: datetime) -> bool:
    """Write down that she waits, for the slip of this number; False if she has said so before.

    Locks the order. Raises MovedOnError, and then nothing has changed.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
        last = order.slips.order_by("-number").first()
        is_open = order.jobs.exclude(state__in=Job.OVER).not_replaced().exists()
        if order.state != Order.State.PAID or last is None or last.number != slip or not is_open:
            raise MovedOnError
        if is_answered(last, order.events.all()):
            return False
        OrderEvent.objects.create(
            order=order, kind=OrderEvent.Kind.WAITS, by=str(SHOPPER), note=f"{slip}", at=now
        )
        return True


def is_answered(slip: Slip, events: Iterable[OrderEvent]) -> bool:
    """Whether she has said that she waits in spite of this slip."""
    return any(event.kind == OrderEvent.Kind.WAITS and event.note == f"{slip.number}" for event in events)
