"""Stripe as seen over HTTP, and its notices signed as Stripe signs them."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qs, urlsplit

import stripe
from django.test import Client, override_settings
from payments import core

from orders.models import Payment

SECRET = "whsec_test"
NOTICES = "/payments/process/default/"
DOWN = (503, {"error": {"message": "down"}})


@dataclass(slots=True)
class Call:
    method: str
    path: str
    params: dict[str, str]
    key: str


@dataclass
class StripeDouble(stripe.HTTPClient):
    """Keeps sessions and refunds as Stripe does, with idempotency keys; takes the place of the network.

    `fail_with` answers everything with a status and a body; an exception there is a network that does not work.
    """

    calls: list[Call] = field(default_factory=list)
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    fail_with: tuple[int, dict[str, Any]] | None = None
    unreachable: bool = False
    name = "double"

    def __post_init__(self) -> None:
        super().__init__()
        self._answered: dict[str, tuple[dict[str, str], dict[str, Any]]] = {}

    def request(
        self, method: str, url: str, headers: Any, post_data: Any = None, **_: Any
    ) -> tuple[str, int, dict[str, str]]:
        params = {name: values[0] for name, values in parse_qs(post_data or "").items()}
        call = Call(method, urlsplit(url).path, params, (headers or {}).get("Idempotency-Key", ""))
        self.calls.append(call)
        if self.unreachable:
            raise stripe.APIConnectionError("no route", should_retry=True)  # type: ignore[no-untyped-call]
        status, body = self.fail_with or self._answer(call)
        return json.dumps(body), status, {}

    def close(self) -> None:
        pass

    def _answer(self, call: Call) -> tuple[int, dict[str, Any]]:
        if call.method == "get":
            session = self.sessions.get(call.path.rsplit("/", 1)[-1])
            return (200, session) if session else _refuse("resource_missing", status=404)
        if call.key in self._answered:
            params, body = self._answered[call.key]
            if params != call.params:
                return 400, {"error": {"type": "idempotency_error", "message": "other words"}}
            return 200, body
        body = self._make_refund(call) if call.path == "/v1/refunds" else self._make_session(call)
        self._answered[call.key] = (call.params, body)
        return 200, body

    def _make_session(self, call: Call) -> dict[str, Any]:
        number = f"cs_test_{len(self.sessions) + 1}"
        self.sessions[number] = session = {
            "id": number,
            "object": "checkout.session",
            "status": "open",
            "payment_status": "unpaid",
            "url": f"https://checkout.stripe.com/c/pay/{number}",
            "client_reference_id": call.params["client_reference_id"],
            "amount_total": int(call.params["line_items[0][price_data][unit_amount]"]),
            "currency": call.params["line_items[0][price_data][currency]"],
            "payment_intent": None,
            "customer_details": {"name": "Card Holder", "email": "card@example.org"},
        }
        return dict(session)

    def _make_refund(self, call: Call) -> dict[str, Any]:
        refund = {
            "id": f"re_{len(self.refunds) + 1}",
            "object": "refund",
            "status": "succeeded",
            **call.params,
        }
        self.refunds.append(refund)
        return refund


def _refuse(code: str, *, status: int) -> tuple[int, dict[str, Any]]:
    return status, {"error": {"type": "invalid_request_error", "code": code, "message": code}}


@contextmanager
def stripe_shop() -> Iterator[StripeDouble]:
    """A shop that takes money with Stripe, whose network is the double; retries do not wait."""
    double = StripeDouble()
    options = {"api_key": "sk_test_1", "endpoint_secret": SECRET, "http_client": double}
    variants = {"default": ("orders.stripe_provider.StripeProvider", options)}
    with (
        override_settings(PAYMENT_VARIANTS=variants),
        patch.dict(core.PROVIDER_CACHE, clear=True),
        patch.object(stripe.HTTPClient, "INITIAL_DELAY", 0),
    ):
        yield double


PAID = {"status": "complete", "payment_status": "paid", "payment_intent": "pi_1", "url": None}
PENDING = {**PAID, "payment_status": "unpaid"}
EXPIRED = {"status": "expired", "payment_status": "unpaid", "url": None}


def session_of(payment: Payment, **changes: Any) -> dict[str, Any]:
    """The Checkout Session of a payment as a notice carries it: paid, unless told otherwise."""
    session = {
        "id": payment.transaction_id,
        "object": "checkout.session",
        "client_reference_id": payment.token,
        "amount_total": 1725,
        "currency": "gbp",
        **PAID,
    }
    return {**session, **changes}


def event(kind: str, session: Any) -> bytes:
    body = {"id": "evt_1", "object": "event", "type": f"checkout.session.{kind}", "data": {"object": session}}
    return json.dumps(body).encode()


def sign(body: bytes, *, secret: str = SECRET, at: float | None = None) -> str:
    """The header that Stripe sends with a body: https://docs.stripe.com/webhooks#verify-manually."""
    stamp = int(time.time() if at is None else at)
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def send(body: bytes, *, signature: str | None = None, path: str = NOTICES) -> Any:
    """Post a notice as Stripe does; signed, unless a signature is given."""
    header = sign(body) if signature is None else signature
    return Client().post(
        path, body, content_type="application/json", headers={"Stripe-Signature": header} if header else {}
    )
