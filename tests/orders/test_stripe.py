"""Paying by Stripe: one session per payment, resumed, asked about and refunded, with Stripe up or down."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import stripe
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from payments import PaymentError, PaymentStatus
from payments.core import provider_factory

from config.processes import make_environment
from orders.models import Order, OutboxEntry, Payment
from orders.providers import MismatchError, ProviderDownError
from orders.stripe_provider import RETRIES, TIMEOUT_SECONDS, StripeProvider
from tests.orders.make import make_order
from tests.orders.pages import pay, read
from tests.orders.racing import do_at_once, shop_on_file
from tests.orders.stored import count_rows, stored_rows
from tests.orders.stripe_double import DOWN, EXPIRED, PAID, PENDING, StripeDouble, stripe_shop
from tests.processes import run_python

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

CHECKOUT = "https://checkout.stripe.com/c/pay/cs_test_1"


@pytest.fixture
def double() -> Iterator[StripeDouble]:
    with stripe_shop() as double:
        yield double


def open_session() -> Payment:
    """The payment of a new order whose shopper has been sent to Stripe."""
    order = make_order()
    assert Client().get(f"/order/{order.token}/pay").status_code == 302
    return order.payments.get()


def test_the_payment_page_leads_to_a_session_over_the_total(double: StripeDouble, client: Client) -> None:
    order = make_order()

    response = client.get(f"/order/{order.token}/pay")

    assert (response.status_code, response["Location"]) == (302, CHECKOUT)
    payment = order.payments.get()
    assert (payment.transaction_id, payment.status) == ("cs_test_1", PaymentStatus.WAITING)
    [call] = double.calls
    assert (call.method, call.path, call.key) == ("post", "/v1/checkout/sessions", f"session-{payment.token}")
    assert call.params == {
        "mode": "payment",
        "client_reference_id": payment.token,
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "gbp",
        "line_items[0][price_data][unit_amount]": "1725",
        "line_items[0][price_data][product_data][name]": f"Order {order.number} at {settings.SHOP_NAME}",
        "success_url": f"{settings.BASE_URL}/order/{order.token}/thanks",
        "cancel_url": f"{settings.BASE_URL}/order/{order.token}/pay?failed=1",
        "customer_email": "ada@example.org",
    }


def test_coming_back_goes_on_with_the_same_session(double: StripeDouble, client: Client) -> None:
    payment = open_session()

    again = [client.get(f"/order/{payment.order.token}/pay")["Location"] for _ in range(3)]

    assert again == [CHECKOUT] * 3
    assert (len(double.sessions), Payment.objects.count()) == (1, 1)


def test_many_clicks_at_once_make_one_session(double: StripeDouble, tmp_path: Path) -> None:
    order = make_order()

    with shop_on_file(tmp_path):
        answers = do_at_once([lambda: Client().get(f"/order/{order.token}/pay")["Location"]] * 8)

    assert answers == [CHECKOUT] * 8
    assert len(double.sessions) == 1


def test_who_comes_back_without_paying_reads_so_before_she_is_sent_on(
    double: StripeDouble, client: Client
) -> None:
    address = f"/order/{open_session().order.token}/pay?failed=1"

    page = read(client.get(address))

    assert "did not go through, and nothing was charged" in page.alert
    assert page.tags["button"] == ["Pay £17.25"]
    assert client.post(address)["Location"] == CHECKOUT


def test_who_comes_back_before_the_notice_has_come_is_thanked(double: StripeDouble, client: Client) -> None:
    payment = open_session()
    double.sessions["cs_test_1"] |= PAID

    response = client.get(f"/order/{payment.order.token}/thanks", follow=True)

    assert [address for address, _status in response.redirect_chain] == [
        f"/order/{payment.order.token}/pay",
        f"/order/{payment.order.token}/thanks",
    ]
    assert read(response).tags["h1"] == ["Thank you"]
    payment.refresh_from_db()
    assert (payment.status, payment.captured_amount) == ("confirmed", payment.total)
    assert OutboxEntry.objects.count() == 2


def test_the_page_that_says_it_failed_knows_when_it_has_not(double: StripeDouble, client: Client) -> None:
    payment = open_session()
    double.sessions["cs_test_1"] |= PAID

    response = client.get(f"/order/{payment.order.token}/pay?failed=1")

    assert response["Location"] == f"/order/{payment.order.token}/thanks"
    assert Order.objects.get().state == Order.State.PAID


def test_who_waits_for_her_bank_is_not_asked_to_pay_again(double: StripeDouble, client: Client) -> None:
    payment = open_session()
    double.sessions["cs_test_1"] |= PENDING
    before = stored_rows()

    page = read(client.get(f"/order/{payment.order.token}/thanks", follow=True))

    assert "Your bank is still working on this payment" in page.text
    assert "button" not in page.tags
    assert page.links["Back to the order"] == f"/order/{payment.order.token}"
    assert stored_rows() == before


def test_after_a_session_expired_there_is_a_new_one(double: StripeDouble, client: Client) -> None:
    payment = open_session()
    double.sessions["cs_test_1"] |= EXPIRED

    response = client.get(f"/order/{payment.order.token}/pay", follow=False)

    assert response["Location"] == f"/order/{payment.order.token}/pay?failed=1"
    assert client.post(response["Location"])["Location"] == CHECKOUT.replace("_1", "_2")
    assert [p.status for p in Payment.objects.order_by("id")] == ["rejected", "waiting"]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("begun", ["new", "resumed"])
@pytest.mark.parametrize(
    "trouble",
    [{"unreachable": True}, {"fail_with": DOWN}, {"fail_with": (401, {"error": {"message": "key"}})}],
)
def test_with_stripe_down_the_order_is_kept_and_can_be_resumed(
    double: StripeDouble, client: Client, trouble: dict[str, Any], method: str, begun: str
) -> None:
    order = open_session().order if begun == "resumed" else make_order()
    before = stored_rows()
    vars(double).update(trouble)

    down = getattr(client, method)(f"/order/{order.token}/pay")

    assert down.status_code == 503
    assert f"order {order.number} is kept for you" in read(down).text
    assert stored_rows() == before
    vars(double).update(unreachable=False, fail_with=None)
    assert pay(client, order.token)["Location"] == CHECKOUT
    assert len(double.sessions) == 1


def test_a_call_is_tried_twice_and_no_longer_than_5_seconds_each(double: StripeDouble) -> None:
    order = make_order()
    double.unreachable = True

    Client().get(f"/order/{order.token}/pay")

    assert len(double.calls) == 1 + RETRIES == 2
    assert {call.key for call in double.calls} == {f"session-{order.payments.get().token}"}
    with patch.object(stripe, "RequestsClient", wraps=stripe.RequestsClient) as made:
        StripeProvider("sk_test_1", endpoint_secret="whsec_1")
    assert made.call_args.kwargs == {"timeout": TIMEOUT_SECONDS} == {"timeout": 5}


def test_an_answer_that_was_lost_and_then_asked_for_in_other_words_is_no_dead_end(
    double: StripeDouble, client: Client
) -> None:
    payment = open_session()
    Payment.objects.update(transaction_id="", billing_email="countess@example.org")

    down = client.get(f"/order/{payment.order.token}/pay")
    again = client.get(f"/order/{payment.order.token}/pay")

    assert (down.status_code, again["Location"]) == (503, CHECKOUT.replace("_1", "_2"))
    assert [p.status for p in Payment.objects.order_by("id")] == ["error", "waiting"]


def test_asking_what_became_of_a_payment_refuses_another_amount(
    double: StripeDouble, caplog: pytest.LogCaptureFixture
) -> None:
    payment = open_session()
    double.sessions["cs_test_1"] |= {**PAID, "amount_total": 1}
    before = stored_rows()

    with pytest.raises(MismatchError):
        provider_factory("default").status(payment)

    assert stored_rows() == before
    assert [record.name for record in caplog.records if record.levelname == "ERROR"] == [
        "orders.stripe_provider"
    ]


def test_a_refund_is_made_once_however_often_it_is_asked_for(double: StripeDouble) -> None:
    payment = open_session()
    double.sessions["cs_test_1"] |= PAID

    amounts = [provider_factory("default").refund(payment) for _ in range(3)]

    assert amounts == [payment.total] * 3
    assert double.refunds == [
        {
            "id": "re_1",
            "object": "refund",
            "status": "succeeded",
            "payment_intent": "pi_1",
            "amount": "1725",
            "reason": "requested_by_customer",
        }
    ]
    assert {call.key for call in double.calls if call.path == "/v1/refunds"} == {f"refund-{payment.token}"}


def test_a_refund_that_staff_made_in_stripes_dashboard_counts(double: StripeDouble) -> None:
    payment = open_session()
    double.sessions["cs_test_1"] |= PAID
    refused = {"type": "invalid_request_error", "code": "charge_already_refunded", "message": "again"}
    answer = double._answer

    def refuse(call: Any) -> tuple[int, dict[str, Any]]:
        return (400, {"error": refused}) if call.path == "/v1/refunds" else answer(call)

    with patch.object(double, "_answer", refuse):
        assert provider_factory("default").refund(payment) == payment.total

    assert double.refunds == []


def test_a_refund_that_stripe_cannot_make_is_an_error(double: StripeDouble) -> None:
    payment = open_session()

    with pytest.raises(PaymentError, match="took nothing"):
        provider_factory("default").refund(payment)
    double.sessions["cs_test_1"] |= PAID
    double.fail_with = DOWN
    with pytest.raises(ProviderDownError):
        provider_factory("default").refund(payment)

    assert double.refunds == []


def test_the_pretend_provider_needs_no_network(client: Client) -> None:
    order = make_order()

    assert client.get(f"/order/{order.token}/pay").status_code == 200
    assert count_rows()["Payment"] == 1


NO_KEYS = {"STRIPE_API_KEY": "", "STRIPE_WEBHOOK_SECRET": ""}
SHOW = """
from django.conf import settings
print(settings.PAYMENT_VARIANTS["default"][0], *settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"])
"""


def read_settings(folder: Path, **keys: str) -> str:
    environment = make_environment(var_dir=folder, port=8000, redis_url="redis://localhost")
    return run_python("-c", SHOW, environment={**environment, **NO_KEYS, **keys}).strip()


def test_stripe_is_turned_on_by_both_its_keys(tmp_path: Path) -> None:
    keys = {"STRIPE_API_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}

    assert read_settings(tmp_path) == "orders.pretend_provider.PretendProvider 'self'"
    assert (
        read_settings(tmp_path, **keys)
        == "orders.stripe_provider.StripeProvider 'self' https://checkout.stripe.com"
    )


@pytest.mark.parametrize("name", ["STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRET"])
def test_one_key_of_stripe_without_the_other_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(AssertionError, match=f"{ImproperlyConfigured.__name__}.*need each other"):
        read_settings(tmp_path, **{name: "sk_test_1"})
