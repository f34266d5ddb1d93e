"""The checkout page: few fields, no surprise in the price, one order however often it is sent."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orders.models import Basket, Order
from orders.unpaid_orders import let_go
from tests.orders.make import pay_order
from tests.orders.pages import ADDRESS, CHECKOUT, add_to_basket, check_out, fill_in, open_checkout, pay, read
from tests.orders.stored import count_rows, stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

ONE_ORDER = {"Order": 1, "OrderLine": 1, "Payment": 1}
MOST_WORDS_OF_TERMS = 60


def test_the_page_asks_for_at_most_7_things_and_says_what_it_costs_and_when_it_comes(client: Client) -> None:
    add_to_basket(client, label="Zoë")

    response = client.get(CHECKOUT)

    page = read(response)
    assert response.status_code == 200
    assert page.visible == ["email", "full_name", "postcode", "address_line1", "address_line2", "town"]
    assert page.tags["button"] == ["Pay £17.25"]
    assert page.tags["dd"] == ["£14.00", "£3.25", "£17.25"]
    assert "Shampoo, Warm Hearth with Mend and Quench 250 ml · made for Zoë" in page.text
    assert re.search(r"With you by [A-Z][a-z]+day \d+ [A-Z][a-z]+", page.text)
    assert page.alert == ""


def test_the_terms_stand_above_the_button_in_at_most_60_words(client: Client) -> None:
    add_to_basket(client)

    html = client.get(CHECKOUT).content.decode()

    form = html[html.index('<form method="post" class="narrow"') :]
    before_button = form[: form.index("<button>Pay £17.25")]
    terms = re.sub(r"<[^>]+>", " ", before_button[before_button.rindex("<p ") :]).split()
    assert terms[:4] == ["It", "is", "made", "for"]
    assert len(terms) <= MOST_WORDS_OF_TERMS


@pytest.mark.parametrize(("size", "total"), [("50ml", "£7.75"), ("500ml", "£27.25")])
def test_the_button_says_the_total_of_the_size(client: Client, size: str, total: str) -> None:
    assert open_checkout(client, size=size).tags["button"] == [f"Pay {total}"]


def test_every_field_has_a_label_and_tells_the_browser_what_it_is(client: Client) -> None:
    page = open_checkout(client)

    assert {name: page.controls[name]["autocomplete"] for name in page.visible} == {
        "email": "email",
        "full_name": "name",
        "postcode": "postal-code",
        "address_line1": "address-line1",
        "address_line2": "address-line2",
        "town": "address-level2",
    }
    assert {name: page.controls[name]["inputmode"] for name in page.visible} == {
        name: "email" if name == "email" else "text" for name in page.visible
    }
    assert page.tags["label"] == [
        "E-mail",
        "Full name",
        "Postcode",
        "Address",
        "Address, second line",
        "Town",
    ]


def test_nothing_is_ticked_or_filled_in_for_her(client: Client) -> None:
    page = open_checkout(client)

    assert {name: page.values[name] for name in page.visible} == dict.fromkeys(page.visible, "")
    assert [name for name, has in page.controls.items() if "checked" in has] == []


def test_opening_the_page_orders_nothing(client: Client) -> None:
    add_to_basket(client)
    sessions = list(Session.objects.values())

    response = client.get(CHECKOUT)

    assert count_rows() == {}
    assert {*response.cookies} == {"csrftoken"}
    assert list(Session.objects.values()) == sessions
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_basket_it_leads_to_the_empty_basket(client: Client, method: str) -> None:
    response = getattr(client, method)(CHECKOUT)

    assert (response.status_code, response["Location"]) == (302, "/basket")
    assert (count_rows(), Session.objects.count()) == ({}, 0)
    assert "There is nothing in it yet." in read(client.get("/basket")).text


def test_a_sound_form_makes_one_order_and_leads_to_its_payment(client: Client) -> None:
    response = check_out(client, {"label": "Zoë", "size": "50ml"}, postcode="ls1 4dy")

    order = Order.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/order/{order.token}/pay")
    assert {name: getattr(order, name) for name in ADDRESS} == ADDRESS
    assert (order.total, order.lines.get().label_name, order.lines.get().size) == (775, "Zoë", "50ml")
    assert order.basket == Basket.objects.get()
    assert count_rows() == ONE_ORDER


def test_all_that_is_in_the_basket_is_ordered_and_what_is_saved_for_later_is_not(client: Client) -> None:
    add_to_basket(client, label="Ada")
    add_to_basket(client, label="Bo", size="50ml")
    add_to_basket(client, label="Cy")
    _first, second, third = Basket.objects.get().lines.order_by("pk")
    client.post(f"/basket/lines/{second.pk}/quantity", {"quantity": "3"})
    client.post(f"/basket/lines/{second.pk}/gift", {"gift": "yes"})
    client.post(f"/basket/lines/{third.pk}/save")

    client.post(CHECKOUT, fill_in(read(client.get(CHECKOUT))))

    order = Order.objects.get()
    names = ("label_name", "size", "quantity", "unit_price", "is_gift")
    assert list(order.lines.values_list(*names)) == [
        ("Ada", "250ml", 1, 1400, False),
        ("Bo", "50ml", 3, 450, True),
    ]
    assert (order.goods_total, order.delivery_price, order.total) == (2750, 325, 3075)

    pay(client, order.token)
    assert list(Basket.objects.get().lines.all()) == [third]


def test_errors_are_listed_with_links_to_their_fields_and_what_was_typed_is_kept(client: Client) -> None:
    typed = {"email": "ada at example", "full_name": "", "town": "  ", "address_line2": "Flat <2>"}

    response = check_out(client, **typed)

    page = read(response)
    assert response.status_code == 422
    assert count_rows() == {}
    assert page.tags["title"][0].startswith("Error: Checkout")
    assert page.alert.startswith("Please look at this again")
    assert page.links["Enter a valid email address."] == "#id_email"
    assert page.links["Enter the name for the parcel."] == "#id_full_name"
    assert page.links["Enter your town."] == "#id_town"
    assert page.values | {"town": ""} == {**page.values, **ADDRESS, **typed, "town": ""}
    assert {name for name in page.visible if "aria-invalid" in page.controls[name]} == {
        "email", "full_name", "town"
    }  # fmt: skip
    for name in page.visible:
        control = page.controls[name]
        assert control["id"] == f"id_{name}"
        assert control.get("aria-describedby") == (f"id_{name}_error" if "aria-invalid" in control else None)


def test_the_summary_of_errors_has_the_focus(client: Client) -> None:
    html = check_out(client, town="").content.decode()

    [focused] = re.findall(r"<[^>]*\bautofocus\b[^>]*>", html)
    assert 'role="alert"' in focused
    assert 'tabindex="-1"' in focused


@pytest.mark.parametrize("value", ["", " ", "x" * 300, "a\0b"])
def test_each_field_refuses_nothing_too_much_and_control_characters(client: Client, value: str) -> None:
    names = ["email", "full_name", "postcode", "address_line1", "town"]

    response = check_out(client, **dict.fromkeys(names, value))

    assert response.status_code == 422
    assert {f"#id_{name}" for name in names} <= read(response).addresses
    assert count_rows() == {}


def test_without_the_csrf_token_nothing_is_ordered() -> None:
    client = Client(enforce_csrf_checks=True)
    sent = fill_in(open_checkout(client))
    token = sent.pop("csrfmiddlewaretoken")

    assert client.post(CHECKOUT, sent).status_code == 403
    assert count_rows() == {}
    assert client.post(CHECKOUT, {**sent, "csrfmiddlewaretoken": token}).status_code == 302


def test_sending_the_form_twice_makes_one_order(client: Client) -> None:
    sent = fill_in(open_checkout(client))

    answers = [client.post(CHECKOUT, sent)["Location"] for _ in range(3)]

    assert len({*answers}) == 1
    assert count_rows() == ONE_ORDER


def test_going_back_and_sending_it_again_with_another_town_changes_the_one_order(client: Client) -> None:
    sent = fill_in(open_checkout(client))
    first = client.post(CHECKOUT, sent)["Location"]

    again = client.post(CHECKOUT, {**sent, "town": "York"})["Location"]

    assert again == first
    assert Order.objects.get().town == "York"
    assert count_rows() == ONE_ORDER


def test_opening_it_again_before_paying_has_her_details_and_leads_to_the_same_order(client: Client) -> None:
    first = check_out(client)["Location"]

    page = read(client.get(CHECKOUT))

    assert {name: page.values[name] for name in ADDRESS} == ADDRESS
    assert client.post(CHECKOUT, page.values)["Location"] == first
    assert count_rows() == ONE_ORDER


@pytest.mark.parametrize("town", ["York", ""], ids=["sound", "with an error"])
def test_going_back_after_paying_leads_to_the_order_and_changes_nothing(client: Client, town: str) -> None:
    sent = fill_in(open_checkout(client))
    client.post(CHECKOUT, sent)
    order = Order.objects.get()
    pay_order(order, now=order.placed_at)
    before = stored_rows()

    response = client.post(CHECKOUT, {**sent, "town": town})

    assert (response.status_code, response["Location"]) == (302, f"/order/{order.token}")
    assert stored_rows() == before


def test_after_paying_the_basket_is_empty_and_the_next_order_is_another_one(client: Client) -> None:
    check_out(client)
    pay_order(Order.objects.get(), now=Order.objects.get().placed_at)
    assert client.get(CHECKOUT)["Location"] == "/basket"

    check_out(client)

    assert sorted(Order.objects.values_list("state", flat=True)) == ["paid", "placed"]


def test_an_order_that_was_not_paid_in_time_can_be_ordered_again(client: Client) -> None:
    sent = fill_in(open_checkout(client))
    client.post(CHECKOUT, sent)
    first = Order.objects.get()
    let_go(first, now=first.placed_at)

    refused = client.post(CHECKOUT, sent)

    page = read(refused)
    assert refused.status_code == 422
    assert "Your order was let go, because it was not paid in time. Nothing was charged" in page.alert
    assert {name: page.values[name] for name in ADDRESS} == ADDRESS
    assert Order.objects.count() == 1
    answer = client.post(CHECKOUT, page.values)
    again = Order.objects.exclude(pk=first.pk).get()
    assert (answer["Location"], again.state) == (f"/order/{again.token}/pay", "placed")


def test_a_page_opened_after_an_order_was_let_go_leads_to_a_new_one(client: Client) -> None:
    first = check_out(client)["Location"]
    let_go(Order.objects.get(), now=Order.objects.get().placed_at)

    answer = client.post(CHECKOUT, fill_in(read(client.get(CHECKOUT))))

    assert answer.status_code == 302
    assert answer["Location"] != first
    assert Order.objects.filter(state="placed").count() == 1


def test_two_baskets_are_two_orders(client: Client) -> None:
    check_out(client)
    check_out(Client())

    assert Order.objects.count() == 2
    assert {*Order.objects.values_list("state", flat=True)} == {"placed"}


def test_the_page_costs_few_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    add_to_basket(client)

    with django_assert_max_num_queries(4):  # session, lines, bench, version on sale
        assert client.get(CHECKOUT).status_code == 200
