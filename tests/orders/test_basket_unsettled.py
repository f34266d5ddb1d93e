"""What has changed in the shop since something was put in is said in the basket and settled there."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from configurator.models import Component, Size
from orders.models import BasketLine
from tests.configurator.drafts import make_rule, publish, shampoo
from tests.orders.basket_lines import change, open_basket, put_in, stored
from tests.orders.pages import add_to_basket

pytestmark = pytest.mark.usefixtures("catalogue")


@pytest.mark.parametrize("price", [1550, 1200])
def test_a_price_that_changed_is_said_with_both_until_she_takes_it(client: Client, price: int) -> None:
    line = put_in(client)
    Size.objects.filter(slug="250ml").update(price=price)
    publish()
    pounds = f"£{price / 100:.2f}"

    page = open_basket(client)

    assert f"The price has changed: it was £14.00 when you put it in and is {pounds} now." in page.text
    assert "Go to checkout" not in page.links
    assert client.get("/checkout")["Location"] == "/basket"
    page = change(client, line, "agree", price=str(price))
    assert "The price has changed" not in page.text
    assert page.tags["dd"][0] == pounds
    assert page.links["Go to checkout"] == "/checkout"


@pytest.mark.parametrize("price", ["", "1400", "1", "-1", "NaN", "1550.0", "9" * 5000])
def test_no_other_price_than_the_present_one_can_be_agreed_to(client: Client, price: str) -> None:
    line = put_in(client)
    Size.objects.filter(slug="250ml").update(price=1550)
    publish()

    page = change(client, line, "agree", price=price)

    assert "It has changed once more. Nothing was agreed to; please look again." in page.text
    assert BasketLine.objects.get().unit_price == 1400


def curdle() -> None:
    make_rule("curdle", left=["mend"], right=["quench"], reason="They curdle")
    shampoo().starters.all().delete()
    publish()


def test_a_mix_that_cannot_be_made_any_more_is_mended_with_one_click_in_its_place(client: Client) -> None:
    line = put_in(client, label="Ada")
    put_in(client, label="Bo", second="vivid")
    curdle()

    html = client.get("/basket").content.decode()
    page = open_basket(client)
    assert "We do not make this mix any more: They curdle." in page.text
    assert "Please settle what is marked above before you check out." in page.alert
    repairs = re.findall(r'name="mix" value="([^"]+)"', " ".join(html.split()))
    assert 1 <= len(repairs) <= 3
    page = change(client, line, "swap", mix=repairs[0], price="1400")

    line.refresh_from_db()
    assert "/".join(line.mix.values()) == repairs[0]
    assert (line.label_name, line.size, line.unit_price) == ("Ada", "250ml", 1400)
    assert page.links["Go to checkout"] == "/checkout"


def test_a_repair_at_another_price_says_so_and_is_taken_at_that_price_only(client: Client) -> None:
    line = put_in(client)
    Size.objects.filter(slug="250ml").update(price=1550)
    curdle()

    page = open_basket(client)
    assert any(text.endswith(", at £15.50 (it was £14.00)") for text in page.tags["button"])
    before = stored()
    path = "warm-hearth/mend/vivid"
    refused = change(client, line, "swap", mix=path, price="1400")
    assert "That mix cannot be made just now. Nothing was changed." in refused.text
    assert [row for row in stored() if "mix" in row] == [row for row in before if "mix" in row]

    change(client, line, "swap", mix=path, price="1550")
    line.refresh_from_db()
    assert (line.mix["second"], line.unit_price) == ("vivid", 1550)


@pytest.mark.parametrize(
    "mix",
    ["", "warm-hearth/mend", "warm-hearth/mend/quench", "quiet-linen/gleam/mend", "a/b/c", "x" * 5000, "\0"],
)
def test_a_swap_for_what_cannot_be_made_is_refused_and_nothing_changes(client: Client, mix: str) -> None:
    line = put_in(client)
    curdle()
    before = [row for row in stored() if "mix" in row]

    page = change(client, line, "swap", mix=mix, price="1400")

    assert "That mix cannot be made just now. Nothing was changed." in page.text
    assert [row for row in stored() if "mix" in row] == before


def test_a_withdrawn_part_is_no_accident_for_any_button(client: Client) -> None:
    line = put_in(client)
    Component.objects.filter(slug="mend").update(is_offered=False)
    shampoo().rules.all().delete()
    shampoo().starters.all().delete()
    shampoo().needs.all().delete()
    publish()

    for action in ("agree", "swap", "quantity", "gift", "copy", "save", "take", "remove"):
        change(client, line, action, price="1400", mix="warm-hearth/mend/quench", quantity="2")
    client.post("/basket/put-back")

    assert "We do not offer this any more: Mend." in open_basket(client).text
    assert client.get("/checkout")["Location"] == "/basket"


def test_a_new_leave_out_list_is_heeded_by_what_is_in_the_basket(client: Client) -> None:
    add_to_basket(client)
    session = client.session
    session["avoid"] = ["wheat"]
    session.save()

    page = open_basket(client)

    assert "Mend contains what you asked us to leave out" in page.text
    assert "Go to checkout" not in page.links


def test_too_little_for_all_of_it_is_said_before_the_checkout(client: Client) -> None:
    line = put_in(client)
    Component.objects.filter(slug="quench").update(stock_ml=Decimal(14))
    change(client, line, "quantity", quantity="3")

    page = open_basket(client)

    assert "There is not enough Quench left for all of it. Take fewer, or another mix." in page.text
    assert "Go to checkout" not in page.links
    assert change(client, line, "quantity", quantity="2").links["Go to checkout"] == "/checkout"
