"""The sale and the work it causes."""

from orders.models.baskets import Basket, BasketLine
from orders.models.counts import DailyCount
from orders.models.feed import FeedEvent, FeedState, WebhookDelivery, WebhookEndpoint
from orders.models.jobs import FulfilmentKey, Hold, Job, JobQuerySet, JobTransition, LotUse, Shipment
from orders.models.operations import IdempotentAnswer, Pulse
from orders.models.orders import Booking, Order, OrderEvent, OrderLine, Slip
from orders.models.outbox import OutboxEntry
from orders.models.payments import Payment

__all__ = [
    "Basket",
    "BasketLine",
    "Booking",
    "DailyCount",
    "FeedEvent",
    "FeedState",
    "FulfilmentKey",
    "Hold",
    "IdempotentAnswer",
    "Job",
    "JobQuerySet",
    "JobTransition",
    "LotUse",
    "Order",
    "OrderEvent",
    "OrderLine",
    "OutboxEntry",
    "Payment",
    "Pulse",
    "Shipment",
    "Slip",
    "WebhookDelivery",
    "WebhookEndpoint",
]
