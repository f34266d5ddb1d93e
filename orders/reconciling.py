"""Asking the provider what became of payments that it never told us about."""

import logging
from datetime import datetime, timedelta

from django.db.models import DateTimeField, ExpressionWrapper, F, Q
from payments import PaymentError, PaymentStatus
from payments.core import provider_factory

from orders.models import Payment
from orders.payments import OPEN_STATUSES
from orders.providers import ProviderDownError

logger = logging.getLogger(__name__)

FIRST_AFTER = timedelta(minutes=10)
AT_LEAST_EVERY = timedelta(hours=2)
UNTIL = timedelta(hours=48)
ASKED_AT_ONCE = 5


def ask_about_open_payments(*, now: datetime) -> int:
    """Ask providers about payments that are still open, a few at a time; returns how many turned out to be paid.

    A payment is asked about 10 minutes after it was made, then at a distance that doubles up to two hours, for two
    days; when it was last asked about is its `modified`. A provider's word is taken as that of a notice. One that is
    down is asked no more in this round and logged once. Safe to run twice at once: each payment is asked about by one.
    """
    paid = 0
    for payment in _find_due(now):
        if not Payment.objects.filter(pk=payment.pk, modified=payment.modified).update(modified=now):
            continue
        try:
            provider_factory(payment.variant, payment).status(payment)
        except (ProviderDownError, OSError) as error:
            logger.error("the payment provider is down, so open payments are asked about later: %s", error)
            break
        except PaymentError as error:
            logger.error("the payment provider does not say what became of payment %s: %s", payment.pk, error)
        else:
            paid += Payment.objects.filter(pk=payment.pk, status=PaymentStatus.CONFIRMED).exists()
    return paid


def _find_due(now: datetime) -> list[Payment]:
    unheard = Payment.objects.filter(status__in=OPEN_STATUSES, created__gt=now - UNTIL).exclude(
        transaction_id=""
    )
    as_long_again = F("modified") + (F("modified") - F("created"))
    due = unheard.annotate(next_at=ExpressionWrapper(as_long_again, output_field=DateTimeField())).filter(
        Q(next_at__lte=now) | Q(modified__lte=now - AT_LEAST_EVERY), modified__lte=now - FIRST_AFTER
    )
    return list(due.order_by("modified", "id")[:ASKED_AT_ONCE])
