"""The buttons of a basket's lines: each does what it says, in words, and only to one's own lines."""

import re

import pytest
from django.test import Client

from orders.baskets import MOST_OF_ONE
from orders.models import Basket, BasketLine
from tests.orders.basket_lines import change, open_basket, put_in, stored
from tests.orders.pages import MIX, OWN_PAGE, add_to_basket, read

pytestmark = pytest.mark.usefixtures("catalogue")

MIXER = "/mix/shampoo/warm-hearth/mend/quench"


def test_a_line_is_changed_in_the_mixer_and_keeps_its_place_name_number_and_gift_tick(client: Client) -> None:
    first = put_in(client, label="Ada")
    second = put_in(client, label="Bo")
    change(client, first, "quantity", quantity="3")
    change(client, first, "gift", gift="yes")
    address = open_basket(client).links["Change Warm Hearth with Mend and Quench"]
    assert address == f"{MIXER}?label=Bo&line={second.pk}"
    html = client.get(f"{MIXER}?label=Ada&line={first.pk}").content.decode()
    assert f'name="line" value="{first.pk}"' in " ".join(html.split())

    add_to_basket(client, label="Ada", second="vivid", size="500ml", line=str(first.pk))

    lines = list(BasketLine.objects.order_by("pk"))
    assert [line.pk for line in lines] == [first.pk, second.pk]
    assert (lines[0].mix, lines[0].size, lines[0].label_name) == ({**MIX, "second": "vivid"}, "500ml", "Ada")
    assert (lines[0].quantity, lines[0].unit_price, lines[0].is_gift) == (3, 2400, True)


def test_a_line_that_vanished_while_it_was_changed_is_put_in_anew(client: Client) -> None:
    line = put_in(client)
    change(client, line, "remove")

    add_to_basket(client, second="vivid", line=str(line.pk))

    assert BasketLine.objects.get().mix == {**MIX, "second": "vivid"}


@pytest.mark.parametrize("line", ["0", "-1", "x", "1e3", "9" * 5000, "٣", ""])
def test_an_odd_line_in_the_form_is_a_new_line(client: Client, line: str) -> None:
    kept = put_in(client)

    add_to_basket(client, label="Bo", line=line)

    assert [row.label_name for row in BasketLine.objects.order_by("pk")] == [kept.label_name, "Bo"]


def test_each_button_does_what_it_says(client: Client) -> None:
    line = put_in(client, label="Ada")

    assert "£28.00" in change(client, line, "quantity", quantity=" 2 ").tags["dd"]
    page = change(client, line, "copy")
    assert (page.text.count("made for Ada"), page.tags["dd"][0]) == (2, "£56.00")
    page = change(client, line, "save")
    assert page.text.index("Saved for later") < page.text.rindex("made for Ada")
    assert page.tags["dd"][0] == "£28.00"
    assert "Basket (2" in page.text
    page = change(client, line, "take")
    assert ("Saved for later Shampoo" in page.text, page.tags["dd"][0]) == (False, "£56.00")
    change(client, line, "gift", gift="yes")
    line.refresh_from_db()
    assert (line.is_gift, line.is_saved, line.quantity) == (True, False, 2)
    change(client, line, "gift", gift="")
    line.refresh_from_db()
    assert line.is_gift is False


def test_nothing_is_ticked_for_her_and_the_tick_says_what_it_means(client: Client) -> None:
    line = put_in(client)

    before = client.get("/basket").content.decode()
    change(client, line, "gift", gift="yes")
    after = client.get("/basket").content.decode()

    assert re.findall(r'aria-pressed="(\w+)"', before) == ["false"]
    assert re.findall(r'aria-pressed="(\w+)"', after) == ["true"]
    assert "It is a gift: learn nothing from it" in before
    assert "checked" not in before


def test_a_second_click_on_the_tick_from_an_old_page_does_not_take_it_back(client: Client) -> None:
    line = put_in(client)

    change(client, line, "gift", gift="yes")
    change(client, line, "gift", gift="yes")

    line.refresh_from_db()
    assert line.is_gift is True


def test_what_was_removed_can_be_put_back_where_it_was(client: Client) -> None:
    line = put_in(client, label="Ada")
    put_in(client, label="Bo")
    change(client, line, "quantity", quantity="3")
    before = [row for row in stored() if "mix" in row]

    page = change(client, line, "remove")
    assert "Removed: Warm Hearth with Mend and Quench." in page.text
    assert "made for Ada" not in page.text
    assert "Basket (1" in page.text
    client.post("/basket/put-back")
    client.post("/basket/put-back")

    assert [row for row in stored() if "mix" in row] == before
    page = open_basket(client)
    assert "Removed" not in page.text
    assert "Basket (4" in page.text


def test_the_last_line_can_be_put_back_too(client: Client) -> None:
    line = put_in(client)
    page = change(client, line, "remove")
    assert "There is nothing in it yet." in page.text
    assert "Put it back" in page.tags["button"]

    client.post("/basket/put-back")

    assert BasketLine.objects.get().mix == MIX


def test_the_offer_to_put_back_ends_with_the_next_change(client: Client) -> None:
    line = put_in(client)
    other = put_in(client, label="Bo")
    change(client, line, "remove")

    page = change(client, other, "quantity", quantity="2")

    assert "Removed" not in page.text
    client.post("/basket/put-back")
    assert BasketLine.objects.get() == other


@pytest.mark.parametrize(
    ("quantity", "said"),
    [
        ("", "Write a whole number, such as 2."),
        ("two", "Write a whole number, such as 2."),
        ("1.5", "Write a whole number, such as 2."),
        ("-1", "Write a whole number, such as 2."),
        ("1e1", "Write a whole number, such as 2."),
        ("NaN", "Write a whole number, such as 2."),
        ("٣", "Write a whole number, such as 2."),
        ("0", "We make 1 to 24 of one mix at a time"),
        ("25", "We make 1 to 24 of one mix at a time"),
        ("9" * 5000, "We make 1 to 24 of one mix at a time"),
    ],
)
def test_an_odd_number_of_bottles_is_refused_in_words_and_nothing_changes(
    client: Client, quantity: str, said: str
) -> None:
    line = put_in(client)
    before = [row for row in stored() if "mix" in row]

    page = change(client, line, "quantity", quantity=quantity)

    assert said in page.text
    assert [row for row in stored() if "mix" in row] == before


def test_more_of_one_than_can_be_made_are_refused_in_words(client: Client) -> None:
    line = put_in(client)
    change(client, line, "quantity", quantity=str(MOST_OF_ONE))
    before = stored()

    response = client.post("/basket/add", {"recipe": "shampoo", **MIX}, headers=OWN_PAGE, follow=True)

    assert "We make 1 to 24 of one mix at a time" in read(response).text
    assert stored() == before


ACTIONS = ("quantity", "copy", "remove", "save", "take", "gift", "agree", "swap")


@pytest.mark.parametrize("action", ACTIONS)
def test_the_lines_of_others_are_as_if_they_were_not_there(client: Client, action: str) -> None:
    hers = put_in(Client())
    basket = put_in(client).basket_id
    before = stored()
    mine = Basket.objects.filter(pk=basket).values().get()  # gets another line in the end
    sent = {"quantity": "9", "gift": "yes", "price": "1400", "mix": "warm-hearth/mend/vivid"}

    for pk in (hers.pk, 10**9, 2**70):
        page = change(client, pk, action, **sent)
        assert "That item is not in your basket any more." in page.text
    change(Client(), hers.pk, action, **sent)
    add_to_basket(client, label="Bo", line=str(hers.pk))

    assert [row for row in stored() if row in before] == [row for row in before if row != mine]


def test_an_action_that_there_is_not_and_a_get_change_nothing(client: Client) -> None:
    line = put_in(client)
    before = stored()

    assert client.post(f"/basket/lines/{line.pk}/explode").status_code == 404
    for path in (
        *(f"/basket/lines/{line.pk}/{action}" for action in ACTIONS),
        "/basket/add",
        "/basket/put-back",
    ):
        assert client.get(path).status_code == 405

    assert stored() == before


def test_without_the_csrf_token_nothing_is_changed() -> None:
    client = Client(enforce_csrf_checks=True)
    line = put_in(client)
    before = stored()

    for action in ACTIONS:
        assert client.post(f"/basket/lines/{line.pk}/{action}").status_code == 403
    assert client.post("/basket/put-back").status_code == 403

    assert stored() == before
