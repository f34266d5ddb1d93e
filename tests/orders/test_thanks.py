"""The thanks page: only for what is paid, and reloading it does nothing."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orders.models import Order
from tests.orders.make import make_order
from tests.orders.pages import read
from tests.orders.stored import stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")


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

    with django_assert_num_queries(6):
        client.get(f"/order/{order.token}/thanks")
