"""Whether a shop that anyone can reach takes real money."""

from typing import Any

from django.conf import settings
from django.core import checks


def check_payment(**_kwargs: Any) -> list[checks.CheckMessage]:
    """A system check of a deployment: where payment is a pretence, anyone may say that she has paid."""
    if settings.STRIPE_API_KEY or not settings.HTTPS:
        return []
    return [
        checks.Warning(
            "Nobody pays: the shop is reached over https, and payment is a pretence that any shopper can answer.",
            hint="Set STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET, or let nobody but yourself reach the shop.",
            id="concoct.W001",
        )
    ]
