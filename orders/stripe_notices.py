"""Stripe's notices: which of them are genuine and recent, and which concern a payment of ours."""

import json
import re
import time
from dataclasses import dataclass
from typing import Any

import stripe
from django.http import HttpRequest
from payments import PaymentError

TOLERANCE_SECONDS = 300
CONCERN_US = (
    "checkout.session.completed",
    "checkout.session.expired",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A genuine event about a Checkout Session; `reference` is the token of the payment that it is for."""

    kind: str
    reference: str
    session: dict[str, Any]

    @property
    def has_failed(self) -> bool:
        return self.kind == "checkout.session.async_payment_failed"


def read_notice(request: HttpRequest, *, secret: str) -> Notice | None:
    """The notice in a request, or None for a genuine event that is not about a Checkout Session of a shop.

    Raises PaymentError with the code 400 for a request that Stripe did not sign with `secret`, or not within the last
    five minutes (nor will sign within the next), and for a body that is no event.
    """
    body = _verified_body(request, secret=secret)
    try:
        event = json.loads(body)
        kind, session = event["type"], event["data"]["object"]
    except (ValueError, LookupError, TypeError) as error:
        raise PaymentError("This is no event.", code=400) from error
    if kind not in CONCERN_US:
        return None
    if not isinstance(session, dict) or not isinstance(session.get("id"), str):
        raise PaymentError("This event has no session.", code=400)
    reference = session.get("client_reference_id")
    return Notice(kind, reference, session) if reference and isinstance(reference, str) else None


def _verified_body(request: HttpRequest, *, secret: str) -> str:
    header = request.headers.get("Stripe-Signature", "")
    try:
        if not header.isascii():
            raise ValueError("a signature is plain ASCII")
        body = request.body.decode()
        stripe.WebhookSignature.verify_header(body, header, secret, TOLERANCE_SECONDS)
    except (ValueError, stripe.SignatureVerificationError) as error:
        raise PaymentError("The signature is missing, wrong or too old.", code=400) from error
    signed_at = re.search(r"(?:^|,)t=(\d+)", header)
    if signed_at is None or int(signed_at[1]) > time.time() + TOLERANCE_SECONDS:
        raise PaymentError("The signature is from the future.", code=400)
    return body
