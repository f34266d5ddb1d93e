"""Payment by Stripe Checkout: a page of Stripe's asks for the card, a signed notice tells us what came of it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, NoReturn

import stripe
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from payments import PaymentError, PaymentStatus, RedirectNeeded
from payments.stripe.providers import StripeProviderV3

from orders.models import Payment
from orders.payments import OPEN_STATUSES
from orders.providers import MismatchError, ProviderDownError, StillProcessingError
from orders.stripe_notices import Notice, read_notice

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 5
RETRIES = 1
TAKEN = (PaymentStatus.CONFIRMED, PaymentStatus.REFUNDED)  # money came: no later word undoes that
IS_DOWN = (
    stripe.APIConnectionError,
    stripe.APIError,
    stripe.RateLimitError,
    stripe.AuthenticationError,
    stripe.PermissionError,
)


class StripeProvider(StripeProviderV3):
    """django-payments' provider, with all that talks to Stripe written anew.

    Its own believes a notice without comparing the amount, lets a late notice undo a paid payment, answers a wrong
    signature with a server error, and expects the dicts that older versions of the client returned.
    """

    def __init__(
        self, api_key: str, *, endpoint_secret: str, http_client: stripe.HTTPClient | None = None
    ) -> None:
        super().__init__(api_key, endpoint_secret=endpoint_secret)
        self.client = stripe.StripeClient(
            api_key,
            http_client=http_client or stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
            max_network_retries=RETRIES,
        )

    def get_form(self, payment: Payment, data: Any = None) -> NoReturn:
        """Lead to Stripe's page, or back to ours if the payment is settled; there is no form of our own.

        Raises RedirectNeeded with the address, StillProcessingError, ProviderDownError or PaymentError.
        """
        session = self._find_session(payment) if payment.transaction_id else self.create_session(payment)
        status = self.take_session(payment, session)
        if status in TAKEN:
            raise RedirectNeeded(payment.get_success_url())
        if status not in OPEN_STATUSES:
            raise RedirectNeeded(payment.get_failure_url())
        if not session.get("url"):
            raise StillProcessingError
        raise RedirectNeeded(session["url"])

    def create_session(self, payment: Payment) -> dict[str, Any]:
        """A new Checkout Session; asked twice for one payment, as by a double click, Stripe makes one."""
        params: Any = {
            "mode": "payment",
            "client_reference_id": payment.token,
            "line_items": self.get_line_items(payment),
            "success_url": settings.BASE_URL + payment.get_success_url(),
            "cancel_url": settings.BASE_URL + payment.get_failure_url(),
            "customer_email": payment.billing_email,
        }
        with _asking(payment):
            try:
                made = self.client.v1.checkout.sessions.create(params, _once(f"session-{payment.token}"))
            except stripe.IdempotencyError:
                # A session of this payment was asked for with other words and its answer was lost: nobody has seen it.
                payment.change_status(PaymentStatus.ERROR, "asked for twice with different words")
                raise
        return made.to_dict()

    def get_line_items(self, payment: Payment) -> list[dict[str, Any]]:
        name = _("Order %(number)s at %(shop)s") % {
            "number": payment.description,
            "shop": settings.SHOP_NAME,
        }
        price = {
            "currency": payment.currency.lower(),
            "unit_amount": self.convert_amount(payment.currency, payment.total),
            "product_data": {"name": name},
        }
        return [{"quantity": 1, "price_data": price}]

    def status(self, payment: Payment) -> Payment:
        """Ask Stripe what became of a payment and take its word, as that of a notice."""
        self.take_session(payment, self._find_session(payment))
        return payment

    def cancel(self, payment: Payment) -> None:
        with _asking(payment):
            self.client.v1.checkout.sessions.expire(payment.transaction_id)

    def refund(self, payment: Payment, amount: Decimal | None = None) -> Decimal:
        """Give `amount` back, once however often it is asked; returns it. The payment's row is the caller's."""
        amount = payment.total if amount is None else amount
        intent = self._find_session(payment).get("payment_intent")
        if not intent:
            raise PaymentError(f"payment {payment.pk} took nothing")
        params: Any = {
            "payment_intent": intent,
            "amount": self.convert_amount(payment.currency, amount),
            "reason": "requested_by_customer",
        }
        with _asking(payment):
            try:
                made = self.client.v1.refunds.create(params, _once(f"refund-{payment.token}"))
            except stripe.InvalidRequestError as error:
                if error.code == "charge_already_refunded":
                    return amount
                raise
        if made.status in ("failed", "canceled"):
            raise PaymentError(f"the refund of payment {payment.pk} is {made.status}")
        return amount

    def get_token_from_request(self, payment: None, request: HttpRequest) -> str:
        """The token of the payment that a notice is about, for django-payments.

        Raises PaymentError, whose code it answers with: 400 for what Stripe did not send, 200 for what does not concern
        this shop, since other shops may share the account, and Stripe gives up on an address that keeps refusing.
        """
        notice = self._read(request)
        if notice is None:
            raise PaymentError("This event does not concern the shop.", code=200)
        if not Payment.objects.filter(token=notice.reference).exists():
            logger.warning("a notice of Stripe is about a payment that is not known here: %s", notice.kind)
            raise PaymentError("This payment is not known here.", code=200)
        return notice.reference

    def process_data(self, payment: Payment, request: HttpRequest) -> JsonResponse:
        """Take a notice's word for a payment: 200 if it was taken or changes nothing, 400 if it is refused."""
        try:
            notice = self._read(request)
            if notice is not None:
                if notice.reference != payment.token:
                    raise _mismatch(payment, f"a notice about another one ({notice.kind})")
                self.take_session(payment, notice.session, has_failed=notice.has_failed)
        except PaymentError as error:
            return JsonResponse({"error": str(error)}, status=400)
        return JsonResponse({"status": "OK"})

    def take_session(self, payment: Payment, session: dict[str, Any], *, has_failed: bool = False) -> str:
        """Bring a payment up to what its Checkout Session says, in any order and however often; returns its status.

        `has_failed`: a bank has refused it after all. Money that came is never undone by what is said later or arrives
        late. Locks the payment; raises MismatchError, logged for staff, for a session that is not this payment's or is
        over another amount or currency, and then changes nothing.
        """
        with transaction.atomic():
            stored = Payment.objects.select_for_update().get(pk=payment.pk)
            if stored.transaction_id not in ("", session["id"]):
                raise _mismatch(stored, "another session")
            if stored.status in TAKEN:
                return str(stored.status)
            if not stored.transaction_id:
                stored.transaction_id = session["id"]
                stored.save(update_fields=["transaction_id", "modified"])  # type: ignore[no-untyped-call]
            if session.get("payment_status") == "paid":
                self._confirm(stored, session)
            elif (session.get("status") == "expired" or has_failed) and stored.status in OPEN_STATUSES:
                stored.change_status(PaymentStatus.REJECTED)
            return str(stored.status)

    def _confirm(self, payment: Payment, session: dict[str, Any]) -> None:
        wanted = self.convert_amount(payment.currency, payment.total)
        if (session.get("amount_total"), session.get("currency")) != (wanted, payment.currency.lower()):
            raise _mismatch(payment, f"{session.get('amount_total')} {session.get('currency')}")
        payment.change_status(PaymentStatus.CONFIRMED)

    def _read(self, request: HttpRequest) -> Notice | None:
        try:
            return read_notice(request, secret=self.endpoint_secret)
        except PaymentError as error:
            logger.warning("a notice that says it is from Stripe was refused: %s", error)
            raise

    def _find_session(self, payment: Payment) -> dict[str, Any]:
        with _asking(payment):
            return self.client.v1.checkout.sessions.retrieve(payment.transaction_id).to_dict()


def _mismatch(payment: Payment, what: str) -> MismatchError:
    logger.error("payment %s was refused: Stripe's word is about %s", payment.pk, what)
    return MismatchError("This is not about the payment as it was asked for.", code=400)


def _once(key: str) -> Any:
    return {"idempotency_key": key}


@contextmanager
def _asking(payment: Payment) -> Iterator[None]:
    """Stripe's errors in the words of django-payments, and in the log."""
    try:
        yield
    except IS_DOWN as error:
        logger.warning("Stripe did not answer about payment %s: %s", payment.pk, error)
        raise ProviderDownError(str(error)) from error
    except stripe.StripeError as error:
        logger.warning("Stripe refused payment %s: %s", payment.pk, error)
        raise PaymentError(str(error)) from error
