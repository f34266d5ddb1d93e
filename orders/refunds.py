"""Refunds: money is given back once, and written down where the order's page finds it."""

from datetime import datetime

from django.db import transaction
from payments import PaymentStatus
from payments.core import provider_factory

from configurator.money import written
from orders.models import Order, OrderEvent, OutboxEntry, Payment


def refund_payment(entry: OutboxEntry, now: datetime) -> None:
    """Give back the payment whose id is the entry's key, and write down that the order was refunded.

    Asks the provider, so call it in no transaction. Safe to repeat: a payment that was given back is left, and a
    provider of real money is asked under a key of the payment's own. Raises whatever the provider raises, so that the
    outbox tries again; ValueError for a payment that took nothing.
    """
    payment = Payment.objects.select_related("order").get(pk=int(entry.key), order=entry.order_id)
    if payment.status == PaymentStatus.REFUNDED:
        return
    if payment.status != PaymentStatus.CONFIRMED:
        raise ValueError(f"payment {payment.pk} is {payment.status}, so there is nothing to give back")
    provider_factory(payment.variant, payment).refund(payment, payment.total)
    with transaction.atomic():
        given = Payment.objects.filter(pk=payment.pk, status=PaymentStatus.CONFIRMED)
        if given.update(status=PaymentStatus.REFUNDED, captured_amount=0):
            OrderEvent.objects.create(
                order=payment.order,
                kind=OrderEvent.Kind.REFUNDED,
                by="shop",
                note=written(payment.order.total),
                at=now,
            )


def refund_state(order: Order) -> tuple[int, int]:
    """How much of what was paid for an order is to be given back, and how much of that has been; in minor units."""
    keys = order.outbox_entries.filter(topic=OutboxEntry.Topic.REFUND).values_list("key", flat=True)
    statuses = list(order.payments.filter(pk__in=[int(key) for key in keys]).values_list("status", flat=True))
    return len(statuses) * order.total, statuses.count(PaymentStatus.REFUNDED) * order.total
