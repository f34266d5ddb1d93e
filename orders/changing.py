"""Changing an order that nobody has begun: it is cancelled, and its mixes are in the basket again."""

from datetime import datetime

from django.db import transaction

from orders.baskets import count_bottles, refill
from orders.cancelling import SHOPPER, cancel_order
from orders.models import Basket, Order


class NoRoomError(Exception):
    """The basket has no room for all that was ordered."""


def change_order(order: Order, *, basket: Basket | None, now: datetime) -> Basket | None:
    """Cancel an order, give its money back and put its mixes into `basket` (None: a new one); gives the basket.

    An order that was cancelled before is left, and so is the basket. Locks what `cancel_order` locks, then the basket.
    Raises cancelling.TooLateError and NoRoomError, and then nothing has changed.
    """
    with transaction.atomic():
        before = count_bottles(basket) if basket else 0
        if not cancel_order(order, by=SHOPPER, now=now):
            return basket
        bottles = sum(order.lines.values_list("quantity", flat=True))
        filled = refill(basket, order, now=now)
        if filled is None or count_bottles(filled) != before + bottles:
            raise NoRoomError
        return filled
