"""The thanks page: only for what is paid, and reloading it does nothing."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orders.models import Order, OutboxEntry
from tests.orders.make import make_order
from tests.orders.pages import read
from tests.orders.stored import stored_rows

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_it_says_what_was_bought_what_it_cost_and_when_it_comes(client: Client) -> None:
    order = make_order(paid=True, size="500ml", label_name="Zoë")

    response = client.get(f"/order/{order.token}/thanks")

    page = read(response)
    assert response.status_code == 200
    assert page.tags["h1"] == ["Thank you"]
    assert f"Order {order.number} is paid: £27.25." in page.text
    assert "Shampoo, Warm Hearth with Mend and Quench 500 ml · made for Zoë" in page.text
    assert f"With you by {order.promised_on:%A} {order.promised_on.day} {order.promised_on:%B}" in page.text
    assert page.links["Follow your order"] == f"/order/{order.token}"
    assert "no-store" in response["Cache-Control"]


def test_it_says_what_happens_next_and_that_a_mail_is_on_its_way(client: Client) -> None:
    order = make_order(paid=True, now=NOW)

    page = read(client.get(f"/order/{order.token}/thanks"))

    assert "It is made, planned for Wednesday 4 March." in page.text
    assert "A mail with the same is on its way to a…@example.org." in page.text
    assert "ada@example.org" not in page.text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"state": "done"}, "We have written to a…@example.org."),
        ({"state": "dead"}, "Our mail to a…@example.org did not go out."),
        ({"state": "done", "error": "not sent: the order was cancelled meanwhile"}, None),
        ({"topic": "mail_late"}, None),
    ],
)
def test_of_a_mail_it_says_what_is_stored_of_it(
    client: Client, values: dict[str, str], said: str | None
) -> None:
    order = make_order(paid=True)
    OutboxEntry.objects.filter(topic="mail_confirmed").update(**values)

    page = read(client.get(f"/order/{order.token}/thanks"))

    if said is None:
        assert "@" not in page.text.replace("hello@alembic-row.example", "")
    else:
        assert said in page.text


def test_reloading_it_makes_nothing_new(client: Client) -> None:
    order = make_order(paid=True)
    before = stored_rows()

    for _ in range(3):
        assert client.get(f"/order/{order.token}/thanks").status_code == 200

    assert stored_rows() == before


def test_before_payment_it_leads_to_the_payment(client: Client) -> None:
    order = make_order()
    before = stored_rows()

    response = client.get(f"/order/{order.token}/thanks")

    assert (response.status_code, response["Location"]) == (302, f"/order/{order.token}/pay")
    assert stored_rows() == before


def test_a_cancelled_order_is_not_thanked_for(client: Client) -> None:
    order = make_order()
    Order.objects.update(state=Order.State.CANCELLED)

    page = client.get(f"/order/{order.token}/thanks", follow=True)

    assert page.redirect_chain[-1][0] == f"/order/{order.token}"
    assert "is paid" not in page.content.decode()
    assert "This order was cancelled" in page.content.decode()


def test_an_unknown_order_is_not_found_and_nothing_can_be_posted(client: Client) -> None:
    order = make_order(paid=True)
    before = stored_rows()

    assert client.get("/order/nothing/thanks").status_code == 404
    assert client.post(f"/order/{order.token}/thanks").status_code == 405

    assert stored_rows() == before


def test_it_costs_a_fixed_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    order = make_order(paid=True)

    with django_assert_num_queries(2):
        client.get(f"/order/{order.token}/thanks")
