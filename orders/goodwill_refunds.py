"""Giving the money back for an order that stays what it is: all of it is sent, and she is not to pay for it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from payments import PaymentStatus

from orders.models import Job, Order, OutboxEntry
from orders.payments import give_back


class NothingToGiveBackError(Exception):
    """The order is not paid, or it is cancelled and its money given back with that, or it was given back before."""

    def __init__(self, order: Order) -> None:
        self.order = order
        super().__init__(f"order {order.number} is {order.state} and has no payment to give back")


class StillOpenError(Exception):
    """Something of the order is still to be made or sent, so it is cancelled instead; `jobs` are as found."""

    def __init__(self, order: Order, jobs: Sequence[Job]) -> None:
        self.order, self.jobs = order, tuple(jobs)
        super().__init__(f"order {order.number}: {', '.join(job.state for job in jobs)}")


def give_money_back(order: Order, *, now: datetime) -> int:
    """Give back what was paid for an order of which nothing is left to stop; returns the amount, in minor units.

    The amount is 0 where that was asked for before. The order stays paid and its jobs shipped: nothing is made for
    nothing, because an order that is under way is cancelled instead. The provider is asked by the outbox, once.
    Locks the order, then its jobs. Raises NothingToGiveBackError and StillOpenError, and then nothing has changed.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
        jobs = order.jobs.order_by("id").select_for_update(of=("self",))
        if is_open := [job for job in jobs if job.state not in Job.OVER]:
            raise StillOpenError(order, is_open)
        payments = list(order.payments.filter(status=PaymentStatus.CONFIRMED).order_by("id"))
        if order.state != Order.State.PAID or not payments:
            raise NothingToGiveBackError(order)
        asked = asked_refunds(order)
        fresh = [payment for payment in payments if str(payment.pk) not in asked]
        for payment in fresh:
            give_back(payment, now=now)
        return len(fresh) * order.total


def asked_refunds(order: Order) -> set[str]:
    """The keys of the payments whose refund is written down, done or not."""
    entries = order.outbox_entries.filter(topic=OutboxEntry.Topic.REFUND)
    return set(entries.values_list("key", flat=True))
