"""Cancelling orders that were never paid: what was set aside for them is given back."""

from datetime import datetime

from django.db import transaction

from orders.booking import free_bench
from orders.models import Order
from orders.stock import free_stock


def let_go(order: Order, *, now: datetime) -> bool:
    """Cancel an order that waits for payment and free its stock and its days; False if it no longer waits.

    Locks the order. A payment that comes after all is given back.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        if order.state != Order.State.PLACED:
            return False
        order.state, order.cancelled_at = Order.State.CANCELLED, now
        order.save(update_fields=["state", "cancelled_at"])
        free_stock(order.lines.select_related("version").defer("version__spec", "version__space"))
        free_bench(order)
        return True
