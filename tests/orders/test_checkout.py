"""The checkout page: few fields, no surprise in the price, one order however often it is sent."""

import re
import uuid

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from configurator.models import Component
from orders.models import Order
from orders.payments import apply_payment
from tests.orders.pages import ADDRESS, CHECKOUT, check_out, read
from tests.orders.stored import count_rows, stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

ONE_ORDER = {"Order": 1, "OrderLine": 1, "Payment": 1}
MIXER = "/mix/shampoo/warm-hearth/mend/quench"


def test_the_page_asks_for_at_most_7_things_and_says_what_it_costs_and_when_it_comes(client: Client) -> None:
    response = client.get(f"{CHECKOUT}?label=Zo%C3%AB")

    page = read(response)
    assert response.status_code == 200
    assert page.visible == ["email", "full_name", "postcode", "address_line1", "address_line2", "town"]
    assert page.tags["button"] == ["Pay £17.25"]
    assert page.tags["dd"] == ["£14.00", "£3.25", "£17.25"]
    assert "Shampoo, Warm Hearth with Mend and Quench 250 ml · made for Zoë" in page.text
    assert re.search(r"With you by [A-Z][a-z]+day \d+ [A-Z][a-z]+", page.text)
    assert page.alert == ""


@pytest.mark.parametrize(("size", "total"), [("50ml", "£7.75"), ("500ml", "£27.25")])
def test_the_button_says_the_total_of_the_size(client: Client, size: str, total: str) -> None:
    assert read(client.get(f"{CHECKOUT}?size={size}")).tags["button"] == [f"Pay {total}"]


def test_every_field_has_a_label_and_tells_the_browser_what_it_is(client: Client) -> None:
    page = read(client.get(CHECKOUT))

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


def test_opening_the_page_writes_nothing_and_sets_no_session(client: Client) -> None:
    response = client.get(CHECKOUT)

    assert count_rows() == {}
    assert {*response.cookies} == {"csrftoken"}
    assert "no-store" in response["Cache-Control"]


def test_a_sound_form_makes_one_order_and_leads_to_its_payment(client: Client) -> None:
    response = check_out(client, f"{CHECKOUT}?label=Zo%C3%AB&size=50ml", postcode="ls1 4dy")

    order = Order.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/order/{order.token}/pay")
    assert {name: getattr(order, name) for name in ADDRESS} == ADDRESS
    assert (order.total, order.lines.get().label_name, order.lines.get().size) == (775, "Zoë", "50ml")
    assert count_rows() == ONE_ORDER


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
        assert page.controls[name]["id"] == f"id_{name}"


@pytest.mark.parametrize("value", ["", " ", "x" * 300, "a\0b"])
def test_each_field_refuses_nothing_too_much_and_control_characters(client: Client, value: str) -> None:
    names = ["email", "full_name", "postcode", "address_line1", "town"]

    response = check_out(client, **dict.fromkeys(names, value))

    assert response.status_code == 422
    assert {f"#id_{name}" for name in names} <= read(response).addresses
    assert count_rows() == {}


def test_without_the_csrf_token_nothing_is_ordered() -> None:
    client = Client(enforce_csrf_checks=True)
    values = read(client.get(CHECKOUT)).values
    token = values.pop("csrfmiddlewaretoken")

    assert client.post(CHECKOUT, {**values, **ADDRESS}).status_code == 403
    assert count_rows() == {}
    assert client.post(CHECKOUT, {**values, **ADDRESS, "csrfmiddlewaretoken": token}).status_code == 302


def test_sending_the_form_twice_makes_one_order(client: Client) -> None:
    sent = {**read(client.get(CHECKOUT)).values, **ADDRESS}

    answers = [client.post(CHECKOUT, sent)["Location"] for _ in range(3)]

    assert len({*answers}) == 1
    assert count_rows() == ONE_ORDER


def test_going_back_and_sending_it_again_with_another_town_changes_the_one_order(client: Client) -> None:
    sent = {**read(client.get(CHECKOUT)).values, **ADDRESS}
    first = client.post(CHECKOUT, sent)["Location"]

    again = client.post(CHECKOUT, {**sent, "town": "York"})["Location"]

    assert again == first
    assert Order.objects.get().town == "York"
    assert count_rows() == ONE_ORDER


def test_going_back_after_paying_leads_to_the_order_and_changes_nothing(client: Client) -> None:
    sent = {**read(client.get(CHECKOUT)).values, **ADDRESS}
    client.post(CHECKOUT, sent)
    order = Order.objects.get()
    apply_payment(order.payments.get(), now=order.placed_at)
    before = stored_rows()

    response = client.post(CHECKOUT, {**sent, "town": "York"}, follow=True)

    assert response.redirect_chain[-1][0] == f"/order/{order.token}"
    assert stored_rows() == before


def test_two_openings_of_the_page_are_two_orders(client: Client) -> None:
    check_out(client)
    check_out(client)

    assert Order.objects.count() == 2


@pytest.mark.parametrize(
    ("path", "mixer"),
    [
        ("quiet-linen/gleam/mend", "/mix/shampoo/quiet-linen/gleam/mend"),
        ("warm-hearth/mend/quench?label=%3Cb%3E", f"{MIXER}?label=%3Cb%3E"),
        ("warm-hearth/glitter/quench", "/mix/shampoo/?base=warm-hearth&second=quench"),
        ("warm-hearth/mend/quench?size=5l", MIXER),
        ("warm-hearth/mend", "/mix/shampoo/"),
        ("warm-hearth/mend/quench/lift", "/mix/shampoo/"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_cannot_be_ordered_leads_back_to_the_mixer(
    client: Client, method: str, path: str, mixer: str
) -> None:
    values = {**ADDRESS, "checkout_key": str(uuid.uuid4()), "shown_total": "1725"}

    response = getattr(client, method)(f"/checkout/shampoo/{path}", values if method == "post" else None)

    assert (response.status_code, response["Location"]) == (302, mixer)
    assert count_rows() == {}


def test_a_recipe_that_is_not_on_sale_has_no_checkout(client: Client) -> None:
    assert client.get("/checkout/soap/warm-hearth/mend/quench").status_code == 404


def test_the_form_of_the_mixer_leads_to_the_checkout_of_what_is_chosen(client: Client) -> None:
    mix = {"base": "warm-hearth", "main": "mend", "second": "quench"}

    response = client.get("/checkout/shampoo/", {**mix, "size": "50ml", "label": "Zoë"})
    unfinished = client.get("/checkout/shampoo/", {"base": "warm-hearth"})

    assert response["Location"] == f"{CHECKOUT}?size=50ml&label=Zo%C3%AB"
    assert unfinished["Location"] == "/mix/shampoo/?base=warm-hearth"


def test_a_component_that_ran_out_is_said_with_a_way_back(client: Client) -> None:
    Component.objects.filter(slug="quench").update(stock_ml=4)
    before = stored_rows()

    response = check_out(client)

    page = read(response)
    assert response.status_code == 422
    assert "There is not enough Quench left for this mix. Choose another one." in page.alert
    assert page.links["Back to the mixer"] == MIXER
    assert {name: page.values[name] for name in ADDRESS} == ADDRESS
    assert stored_rows() == before


def test_the_page_costs_few_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(CHECKOUT)

    with django_assert_max_num_queries(4):
        client.get(CHECKOUT)
