"""The payment page: it leads to thanks, can be tried again, and keeps the order when the provider is down."""

from decimal import Decimal
from urllib.error import URLError

import pytest
from django.test import Client
from payments import PaymentError, PaymentStatus
from payments.dummy import DummyProvider

from orders.models import Job, Order, OutboxEntry, Payment
from tests.orders.make import make_order
from tests.orders.pages import check_out, pay, read
from tests.orders.stored import count_rows, stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

PAID_ROWS = {"Order": 1, "OrderLine": 1, "Payment": 1, "Job": 1, "JobTransition": 1, "OutboxEntry": 2}


def test_the_page_says_what_is_paid_and_that_no_money_moves(client: Client) -> None:
    order = make_order()

    response = client.get(f"/order/{order.token}/pay")

    page = read(response)
    assert response.status_code == 200
    assert f"Order {order.number}, £17.25 in all." in page.text
    assert page.tags["button"] == ["Pay £17.25", "Let the payment fail"]
    assert "no money moves" in page.text
    assert page.alert == ""
    assert "no-store" in response["Cache-Control"]
    assert b'<meta name="robots" content="noindex">' in response.content


def test_paying_leads_to_thanks_and_makes_the_job(client: Client) -> None:
    order = make_order()

    response = pay(client, order.token)

    assert (response.status_code, response["Location"]) == (302, f"/order/{order.token}/thanks")
    assert Order.objects.get().state == Order.State.PAID
    assert Payment.objects.get().captured_amount == Decimal("17.25")
    assert count_rows() == PAID_ROWS


def test_from_checkout_to_thanks_with_the_csrf_check_on() -> None:
    client = Client(enforce_csrf_checks=True)
    address = check_out(client)["Location"]
    token = read(client.get(address)).values["csrfmiddlewaretoken"]
    sent = {"status": "confirmed", "fraud_status": "unknown", "gateway_response": "3ds-disabled"}

    assert client.post(address, sent).status_code == 403
    assert Order.objects.get().state == Order.State.PLACED

    assert client.post(address, {**sent, "csrfmiddlewaretoken": token}).status_code == 302
    assert Order.objects.get().state == Order.State.PAID


def test_paying_twice_makes_one_set_of_jobs(client: Client) -> None:
    order = make_order()
    pay(client, order.token)
    before = stored_rows()

    again = pay(client, order.token)

    assert again["Location"] == f"/order/{order.token}"
    assert stored_rows() == before


def test_opening_the_page_again_makes_no_second_payment(client: Client) -> None:
    order = make_order()

    for _ in range(3):
        client.get(f"/order/{order.token}/pay")

    assert [payment.status for payment in Payment.objects.all()] == [PaymentStatus.INPUT]


def test_a_payment_that_failed_is_said_and_can_be_tried_again(client: Client) -> None:
    order = make_order()

    failed = pay(client, order.token, status="rejected")
    page = read(client.get(failed["Location"]))

    assert failed["Location"] == f"/order/{order.token}/pay?failed=1"
    assert "did not go through, and nothing was charged. Your order is kept" in page.alert
    assert Order.objects.get().state == Order.State.PLACED
    assert (Job.objects.count(), OutboxEntry.objects.count()) == (0, 0)

    assert pay(client, order.token)["Location"] == f"/order/{order.token}/thanks"
    assert Order.objects.get().state == Order.State.PAID
    assert [payment.status for payment in Payment.objects.order_by("pk")] == ["rejected", "confirmed"]
    assert (Job.objects.count(), OutboxEntry.objects.count()) == (1, 2)


@pytest.mark.parametrize("error", [PaymentError("no"), URLError("gone"), TimeoutError(), ConnectionError()])
@pytest.mark.parametrize("method", ["get", "post"])
def test_with_the_provider_down_the_order_is_kept_and_can_be_resumed(
    client: Client, monkeypatch: pytest.MonkeyPatch, method: str, error: Exception
) -> None:
    order = make_order()
    before = stored_rows()

    def fail(self: DummyProvider, payment: Payment, data: object = None) -> None:
        raise error

    monkeypatch.setattr(DummyProvider, "get_form", fail)
    down = getattr(client, method)(f"/order/{order.token}/pay")

    page = read(down)
    assert down.status_code == 503
    assert f"order {order.number} is kept for you" in page.text
    assert "do not pay again" in page.text
    assert ("no-store" in down["Cache-Control"], down["Retry-After"]) == (True, "30")
    assert b'<meta name="robots" content="noindex">' in down.content
    assert page.links["Try again"] == f"/order/{order.token}/pay"
    assert stored_rows() == before
    monkeypatch.undo()
    assert pay(client, order.token)["Location"] == f"/order/{order.token}/thanks"


@pytest.mark.parametrize("state", [Order.State.PAID, Order.State.CANCELLED])
@pytest.mark.parametrize("method", ["get", "post"])
def test_an_order_that_does_not_wait_for_payment_leads_to_where_it_is(
    client: Client, method: str, state: str
) -> None:
    order = make_order(paid=state == Order.State.PAID)
    Order.objects.update(state=state)
    before = stored_rows()

    response = getattr(client, method)(f"/order/{order.token}/pay", {"status": "confirmed"})

    assert (response.status_code, response["Location"]) == (302, f"/order/{order.token}")
    assert stored_rows() == before


def test_a_payment_whose_news_got_lost_is_not_asked_for_again(client: Client) -> None:
    order = make_order()
    Payment.objects.update(status=PaymentStatus.CONFIRMED)  # and then the process died

    response = client.get(f"/order/{order.token}/pay")

    assert response["Location"] == f"/order/{order.token}"
    assert Order.objects.get().state == Order.State.PAID
    assert count_rows() == PAID_ROWS


@pytest.mark.parametrize(
    "status", ["waiting", "preauth", "error", "refunded", "input", "cancelled", "nonsense"]
)
def test_no_other_answer_than_confirmed_makes_an_order_paid(client: Client, status: str) -> None:
    order = make_order()

    pay(client, order.token, status=status)

    assert Order.objects.get().state == Order.State.PLACED
    assert (Job.objects.count(), OutboxEntry.objects.count()) == (0, 0)


def test_an_unknown_order_has_no_payment_page(client: Client) -> None:
    make_order()

    assert client.get("/order/nothing/pay").status_code == 404
    assert client.post("/order/nothing/pay").status_code == 404


def test_who_sends_notices_to_the_pretend_provider_finds_nothing_there(client: Client) -> None:
    for method in (client.get, client.post):
        assert method("/payments/process/default/").status_code == 404
