"""The checkout when the page is not what it was: changed prices, withdrawn mixes, fields that were tampered with."""

from typing import Any

import pytest
from django.test import Client

from configurator.models import Component, Size
from configurator.views.finding import find_mixer
from orders.models import Order
from orders.views import checkout as views
from tests.configurator.drafts import make_rule, publish, shampoo
from tests.orders.pages import ADDRESS, CHECKOUT, check_out, read
from tests.orders.stored import count_rows

pytestmark = pytest.mark.usefixtures("catalogue")

MIXER = "/mix/shampoo/warm-hearth/mend/quench"


def raise_price(to: int = 1550) -> None:
    Size.objects.filter(slug="250ml").update(price=to)
    publish(note="dearer")


def test_a_price_that_changed_is_said_once_with_old_and_new_and_needs_a_click(client: Client) -> None:
    sent = {**read(client.get(CHECKOUT)).values, **ADDRESS}
    raise_price()

    refused = client.post(CHECKOUT, sent)

    page = read(refused)
    assert refused.status_code == 422
    assert "The total has changed from £17.25 to £18.75 since you opened this page." in page.alert
    assert (page.text.count("£17.25"), page.tags["button"]) == (1, ["Pay £18.75"])
    assert count_rows() == {}
    assert {name: page.values[name] for name in ADDRESS} == ADDRESS
    accepted = client.post(CHECKOUT, page.values)
    assert accepted.status_code == 302
    assert Order.objects.get().total == 1875


@pytest.mark.parametrize(
    "shown",
    ["0", "-1", "1", "1724", "NaN", "inf", "1e3", "17.25", "9" * 40, "9" * 5000, "", " ", "<b>", None],
)
def test_a_hidden_total_that_was_tampered_with_orders_nothing(client: Client, shown: str | None) -> None:
    sent = {**read(client.get(CHECKOUT)).values, **ADDRESS}
    del sent["shown_total"]
    if shown is not None:
        sent["shown_total"] = shown

    response = client.post(CHECKOUT, sent)

    assert response.status_code == 422
    assert count_rows() == {}
    page = read(response)
    assert (page.tags["button"], page.values["shown_total"]) == (["Pay £17.25"], "1725")


def test_fields_that_the_form_does_not_have_change_nothing(client: Client) -> None:
    extra = {
        "total": "1", "goods_total": "-1", "delivery_price": "0", "unit_price": "NaN", "price": "1e9",
        "quantity": "99", "state": "paid", "paid_at": "2026-01-01", "number": "MINE", "token": "mine",
        "currency": "EUR", "country": "US", "promised_on": "2026-01-01", "version": "1", "size": "50ml",
        "label": "Eve", "base": "quiet-linen", "main": "gleam", "second": "gleam",
    }  # fmt: skip

    check_out(client, **extra)

    order = Order.objects.get()
    line = order.lines.get()
    assert (order.total, order.goods_total, order.delivery_price) == (1725, 1400, 325)
    assert (order.state, order.paid_at, order.currency, order.country) == ("placed", None, "GBP", "GB")
    assert "MINE" not in order.number
    assert order.token != "mine"
    assert (line.quantity, line.unit_price, line.size, line.label_name) == (1, 1400, "250ml", "")
    assert line.mix == {"base": "warm-hearth", "main": "mend", "second": "quench"}


@pytest.mark.parametrize("key", ["", "1", "not-a-key", None])
def test_a_form_without_a_sound_checkout_key_is_sent_back(client: Client, key: str | None) -> None:
    sent = {**read(client.get(CHECKOUT)).values, **ADDRESS}
    del sent["checkout_key"]
    if key is not None:
        sent["checkout_key"] = key

    page = read(client.post(CHECKOUT, sent))

    assert page.links["Load it again"] == CHECKOUT
    assert count_rows() == {}


def withdraw_mend() -> None:
    Component.objects.filter(slug="mend").update(is_offered=False)
    shampoo().rules.all().delete()
    shampoo().starters.all().delete()
    shampoo().needs.all().delete()
    publish(note="no more Mend")


def forbid_mend_with_quench() -> None:
    make_rule("mend-quench", left=["mend"], right=["quench"])
    shampoo().starters.all().delete()
    publish(note="they curdle")


@pytest.mark.parametrize("publish_something", [withdraw_mend, forbid_mend_with_quench])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_mix_that_is_withdrawn_while_the_page_works_leads_back_to_the_mixer(
    client: Client, monkeypatch: pytest.MonkeyPatch, method: str, publish_something: Any
) -> None:
    sent = {**read(client.get(CHECKOUT)).values, **ADDRESS}

    def find_and_publish(recipe: str) -> Any:
        mixer = find_mixer(recipe)
        publish_something()
        return mixer

    monkeypatch.setattr(views, "find_mixer", find_and_publish)

    response = getattr(client, method)(CHECKOUT, sent if method == "post" else None)

    assert (response.status_code, response["Location"]) == (302, MIXER)
    assert count_rows() == {}
