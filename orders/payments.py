"""Payments: the one function that makes an order paid, whoever brings the news."""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from payments import PaymentStatus
from payments.signals import status_changed

from configurator.money import major_units
from orders.baskets import empty_basket
from orders.jobs import Actor, make_job
from orders.models import Order, OutboxEntry, Payment
from orders.outbox import add_entry
from orders.sending import send_after_commit

logger = logging.getLogger(__name__)

PAYMENT = Actor("payment")
OPEN_STATUSES = (PaymentStatus.WAITING, PaymentStatus.INPUT)  # of a payment that can still succeed


def listen() -> None:
    """Have django-payments tell us of every change of status, from a page, a notice or a command."""
    status_changed.connect(_on_status_changed, dispatch_uid="orders.payments")


def _on_status_changed(sender: type[Payment], instance: Payment, **kwargs: Any) -> None:
    if instance.status == PaymentStatus.CONFIRMED:
        apply_payment(instance, now=timezone.now())


def apply_payment(payment: Payment, *, now: datetime) -> bool:
    """Make the order of a confirmed payment paid, with one pending job per line and what is to be done next.

    Locks the order row; True if this call did it. A second notice changes nothing. A payment over another amount or
    in another currency, or for an order that is no longer waiting, is refused, logged for staff, and changes nothing;
    so is one that was taken beside another.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=payment.order_id)
        if order.state == Order.State.PAID:
            _tell_of_double_charge(payment, order)
            return False
        if order.state != Order.State.PLACED:
            logger.error("payment %s came for order %s, which is %s", payment.pk, order.number, order.state)
            return False
        if not _is_over_total(payment, order):
            logger.error("payment %s is not over the total of order %s", payment.pk, order.number)
            return False
        order.state, order.paid_at = Order.State.PAID, now
        order.save(update_fields=["state", "paid_at"])
        for line in order.lines.order_by("position"):
            make_job(line, order=order, by=PAYMENT, now=now)
        empty_basket(order, now=now)
        hand_off = add_entry(OutboxEntry.Topic.HANDOFF, order=order, now=now)
        send_after_commit(hand_off, add_entry(OutboxEntry.Topic.MAIL_CONFIRMED, order=order, now=now))
        return True


def settle_confirmed_payments(*, now: datetime, order: Order | None = None) -> int:
    """Apply payments that are confirmed while their order still waits, as after a crash between the two.

    All of them, or those of one order; safe to run twice. Returns how many orders became paid. Those over another
    total were logged when they came, and are left to staff.
    """
    unsettled = Payment.objects.filter(status=PaymentStatus.CONFIRMED, order__state=Order.State.PLACED)
    if order is not None:
        unsettled = unsettled.filter(order=order)
    return sum(
        apply_payment(payment, now=now)
        for payment in unsettled.select_related("order")
        if _is_over_total(payment, payment.order)
    )


def _is_over_total(payment: Payment, order: Order) -> bool:
    return payment.total == major_units(order.total) and payment.currency == order.currency


def _tell_of_double_charge(payment: Payment, order: Order) -> None:
    taken = order.payments.filter(status=PaymentStatus.CONFIRMED)
    other = taken.exclude(pk=payment.pk).order_by("pk").first()
    if other is not None:
        logger.error(
            "payment %s was taken for order %s beside payment %s: one is to be refunded",
            payment.pk, order.number, other.pk,
        )  # fmt: skip


def open_payment(order: Order) -> Payment:
    """The payment to go on with for an unpaid order: the last one if it can still succeed, else a new one like it."""
    last = order.payments.order_by("-id").first()
    if last is not None and last.status in OPEN_STATUSES:
        return last
    return Payment.objects.create(
        order=order,
        variant="default",
        description=order.number,
        total=major_units(order.total),
        delivery=major_units(order.delivery_price),
        currency=order.currency,
        billing_email=order.email,
    )
