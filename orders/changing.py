"""Changing an order that nobody has begun: it is cancelled, and its mixes are in the basket again."""

from datetime import datetime

from django.db import transaction

from orders.baskets import BasketFullError, TooManyOfOneError, refill
from orders.cancelling import SHOPPER, cancel_order
from orders.models import Basket, Order


class NoRoomError(Exception):
    """The basket has no room for all that was ordered."""


def change_order(order: Order, *, basket: Basket | None, now: datetime) -> Basket | None:
    """Cancel an order, give its money back and put its mixes into `basket` (None: a new one); gives the basket.

    An order that was cancelled before is left, and so is the basket. Locks what `cancel_order` locks, then the basket.
    Raises cancelling.TooLateError and NoRoomError, and then nothing has changed.
    """
    try:
        with transaction.atomic():
            if not cancel_order(order, by=SHOPPER, now=now):
                return basket
            return refill(basket, order, now=now)
    except (BasketFullError, TooManyOfOneError) as error:
        raise NoRoomError from error
