"""The sale and the work it causes."""

from orders.models.baskets import Basket, BasketLine
from orders.models.jobs import FulfilmentKey, Job, JobTransition, Shipment
from orders.models.orders import Booking, Order, OrderEvent, OrderLine, Slip
from orders.models.outbox import OutboxEntry
from orders.models.payments import Payment

__all__ = [
    "Basket",
    "BasketLine",
    "Booking",
    "FulfilmentKey",
    "Job",
    "JobTransition",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OutboxEntry",
    "Payment",
    "Shipment",
    "Slip",
]
