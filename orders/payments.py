"""Payments: the one function that makes an order paid, whoever brings the news."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from payments import PaymentStatus
from payments.signals import status_changed

from configurator.money import major_units
from orders.baskets import empty_basket
from orders.jobs import Actor, make_jobs
from orders.models import Order, OutboxEntry, Payment
from orders.outbox import add_entry, add_first_entries
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

    Locks the payment, then the order; True if this call made the order paid. What was captured is written down with
    it, so a second notice changes nothing. Money for an order that no longer waits, or beside another payment, is
    given back. A payment over another amount or in another currency is logged for staff and changes nothing.
    """
    with transaction.atomic():
        locked = Payment.objects.select_for_update(of=("self", "order"), no_key=True)
        known = locked.select_related("order").only("order", "status", "total", "currency", "captured_amount")
        stored = known.get(pk=payment.pk)
        order = stored.order
        if stored.status != PaymentStatus.CONFIRMED or stored.captured_amount:
            return False
        if not _is_over_total(stored, order):
            logger.error("payment %s is not over the total of order %s", stored.pk, order.number)
            return False
        Payment.objects.filter(pk=stored.pk).update(captured_amount=stored.total)
        payment.captured_amount = stored.total  # django-payments may save the whole row after us
        if order.state == Order.State.PLACED:
            _make_paid(order, now=now)
            return True
        if order.state == Order.State.CANCELLED or _was_paid_by_another(order, stored):
            logger.warning("payment %s for order %s is given back", stored.pk, order.number)
            give_back(stored, now=now)
        return False


def _make_paid(order: Order, *, now: datetime) -> None:
    order.state, order.paid_at = Order.State.PAID, now
    order.save(update_fields=["state", "paid_at"])
    make_jobs(order.lines.order_by("position"), order=order, by=PAYMENT, now=now)
    empty_basket(order, now=now)
    topics = (OutboxEntry.Topic.HANDOFF, OutboxEntry.Topic.MAIL_CONFIRMED)
    send_after_commit(*add_first_entries(*topics, order=order, now=now))


def _was_paid_by_another(order: Order, payment: Payment) -> bool:
    """One that was given back has paid it, too: what staff give back of their own accord leaves the order paid."""
    taken = Q(status=PaymentStatus.CONFIRMED, captured_amount__gt=0) | Q(status=PaymentStatus.REFUNDED)
    return order.payments.filter(taken).exclude(pk=payment.pk).exists()


def give_back(payment: Payment, *, now: datetime) -> None:
    """Write down, once, that a confirmed payment is to be refunded. Call it inside the transaction that causes it."""
    send_after_commit(add_entry(OutboxEntry.Topic.REFUND, order=payment.order, key=str(payment.pk), now=now))


def settle_confirmed_payments(*, now: datetime) -> int:
    """Apply all payments that were confirmed and then forgotten, as after a crash between the two.

    Safe to run twice. Returns how many orders became paid. Those over another total were logged when they came, and
    are left to staff.
    """
    unsettled = Payment.objects.filter(status=PaymentStatus.CONFIRMED, captured_amount=0)
    return settle_payments(unsettled.select_related("order").order_by("id"), now=now)


def settle_payments(payments: Iterable[Payment], *, now: datetime) -> int:
    """The same for payments just read, with their orders; no query for those that are settled or not confirmed."""
    return sum(
        apply_payment(payment, now=now)
        for payment in payments
        if payment.status == PaymentStatus.CONFIRMED
        and not payment.captured_amount
        and _is_over_total(payment, payment.order)
    )


def order_and_payments(token: str) -> tuple[Order, list[Payment]]:
    """The order of a token and its payments, the first one first, in one query (two where it has none).

    Raises Order.DoesNotExist.
    """
    payments = list(Payment.objects.filter(order__token=token).select_related("order").order_by("id"))
    return payments[-1].order if payments else Order.objects.get(token=token), payments


def _is_over_total(payment: Payment, order: Order) -> bool:
    return payment.total == major_units(order.total) and payment.currency == order.currency


def open_payment(order: Order, payments: Sequence[Payment]) -> Payment:
    """The payment to go on with for an unpaid order: the last one if it can still succeed, else a new one like it.

    `payments` are those of the order just read, the first one first.
    """
    if payments and payments[-1].status in OPEN_STATUSES:
        return payments[-1]
    return add_payment(order)


def add_payment(order: Order) -> Payment:
    """A new payment over the total of an order, in one query."""
    return Payment.objects.create(
        order=order,
        variant="default",
        token=str(uuid4()),  # else django-payments asks whether somebody has the one that it makes
        description=order.number,
        total=major_units(order.total),
        delivery=major_units(order.delivery_price),
        currency=order.currency,
        billing_email=order.email,
    )
