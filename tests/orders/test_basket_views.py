"""The basket over HTTP: every change by a plain form, said in words, and only to one's own lines."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from configurator.models import Component, Size
from orders.baskets import KEPT_FOR, MOST_LINES, MOST_OF_ONE
from orders.models import Basket, BasketLine
from orders.relaying import SESSIONS_WAIT, do_periodic_work, forget_old_sessions
from tests.configurator.drafts import make_rule, publish, shampoo
from tests.orders.pages import MIX, OWN_PAGE, Page, add_to_basket, check_out, pay, read
from tests.orders.stored import count_rows

pytestmark = pytest.mark.usefixtures("catalogue")

MIXER = "/mix/shampoo/warm-hearth/mend/quench"


def stored() -> list[dict[str, Any]]:
    """The lines of all baskets, and their keys."""
    models: tuple[Any, ...] = (BasketLine, Basket)
    return [row for model in models for row in model.objects.order_by("pk").values()]


def put_in(client: Client, **choices: str) -> BasketLine:
    before = {*BasketLine.objects.values_list("pk", flat=True)}
    assert add_to_basket(client, **choices).status_code == 302
    return BasketLine.objects.exclude(pk__in=before).get()


def change(client: Client, line: BasketLine | int, action: str, **sent: str) -> Page:
    """Press a button of a line; the basket that it leads to."""
    pk = line if isinstance(line, int) else line.pk
    response = client.post(f"/basket/lines/{pk}/{action}", sent, follow=True)
    assert response.redirect_chain[-1][0].partition("#")[0] == "/basket"
    return read(response)


def open_basket(client: Client) -> Page:
    return read(client.get("/basket"))


# Putting in ---------------------------------------------------------------------------------------------------------


def test_a_mix_is_put_in_with_one_click_and_the_basket_says_so(client: Client) -> None:
    response = add_to_basket(client, label="Zoë")

    line = BasketLine.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/basket?added={line.pk}")
    assert (line.mix, line.size, line.label_name) == (MIX, "250ml", "Zoë")
    assert (line.quantity, line.unit_price, line.is_gift, line.is_saved) == (1, 1400, False, False)
    page = read(client.get(response["Location"]))
    assert "In your basket: Warm Hearth with Mend and Quench." in page.text
    assert "Shampoo, 250 ml · made for Zoë" in page.text
    assert page.tags["dd"] == ["£14.00", "£3.25", "£17.25"]
    assert re.search(r"Ordered today, with you by [A-Z][a-z]+day \d+ [A-Z][a-z]+ ?\.", page.text)
    assert "Basket (1" in page.text


def test_the_same_mix_once_more_is_said_as_a_number(client: Client) -> None:
    add_to_basket(client)

    response = add_to_basket(client)

    page = read(client.get(response["Location"]))
    assert BasketLine.objects.get().quantity == 2
    assert "In your basket: 2 × Warm Hearth with Mend and Quench." in page.text
    assert "£14.00 each" in page.text
    assert "Basket (2" in page.text


def test_a_first_visit_to_the_basket_sets_no_cookie(client: Client) -> None:
    response = client.get("/basket")

    assert "There is nothing in it yet." in read(response).text
    assert (dict(response.cookies), Session.objects.count(), stored()) == ({}, 0, [])


def test_looking_at_the_basket_changes_nothing_and_is_kept_by_no_cache(client: Client) -> None:
    add_to_basket(client)
    before, sessions = stored(), list(Session.objects.values())

    response = client.get("/basket")

    assert (stored(), list(Session.objects.values())) == (before, sessions)
    assert "no-store" in response["Cache-Control"]


def test_a_guest_s_basket_lasts_30_days_from_its_last_change(client: Client) -> None:
    response = add_to_basket(client)

    assert response.cookies["sessionid"]["max-age"] == 30 * 24 * 3600 == settings.SESSION_COOKIE_AGE
    assert timedelta(seconds=settings.SESSION_COOKIE_AGE) == KEPT_FOR
    changed = client.post(f"/basket/lines/{BasketLine.objects.get().pk}/quantity", {"quantity": "1"})
    assert changed.cookies["sessionid"]["max-age"] == 30 * 24 * 3600


def test_old_baskets_and_sessions_are_forgotten_by_the_relay(client: Client) -> None:
    add_to_basket(client)
    now = timezone.now()

    do_periodic_work(now=now + KEPT_FOR - timedelta(minutes=1))
    assert (Basket.objects.count(), Session.objects.count()) == (1, 1)

    do_periodic_work(now=now + KEPT_FOR + SESSIONS_WAIT + timedelta(minutes=1))
    assert (Basket.objects.count(), Session.objects.count()) == (0, 0)


def test_sessions_that_ran_out_are_forgotten_together_about_once_an_hour(client: Client) -> None:
    add_to_basket(client)
    add_to_basket(Client())
    add_to_basket(Client())
    now = timezone.now()
    first, second, _third = Session.objects.all()
    Session.objects.filter(pk=first.pk).update(expire_date=now)
    Session.objects.filter(pk=second.pk).update(expire_date=now + timedelta(minutes=50))

    assert forget_old_sessions(now=now + SESSIONS_WAIT) == 0
    assert forget_old_sessions(now=now + SESSIONS_WAIT + timedelta(seconds=1)) == 2
    assert Session.objects.count() == 1


@pytest.mark.parametrize("kept", ["a session without a basket", "a basket that is gone", "nonsense"])
def test_without_a_basket_behind_the_session_it_is_empty_and_can_be_filled(client: Client, kept: str) -> None:
    session = client.session
    session["basket"] = {"a session without a basket": None, "nonsense": "x"}.get(kept, 10**6)
    session["bottles"] = 7
    session.save()

    page = open_basket(client)

    assert "There is nothing in it yet." in page.text
    assert "Basket (" not in page.text
    assert client.get("/checkout")["Location"] == "/basket"
    assert "not in your basket any more" in change(client, 5, "remove").text
    add_to_basket(client)
    assert "Basket (1" in open_basket(client).text


def test_a_full_basket_keeps_the_mix_on_its_page_with_words(client: Client) -> None:
    line = put_in(client, label="0")
    BasketLine.objects.bulk_create(
        BasketLine(
            basket=line.basket,
            version=line.version,
            mix=MIX,
            size="250ml",
            unit_price=1400,
            label_name=str(i),
        )
        for i in range(1, MOST_LINES)
    )
    before = stored()

    response = client.post(
        "/basket/add", {"recipe": "shampoo", **MIX, "label": "41"}, headers=OWN_PAGE, follow=True
    )

    assert response.redirect_chain == [(f"{MIXER}?label=41", 302)]
    assert "A basket holds 40 mixes. Order these first, or remove one." in read(response).text
    assert stored() == before


def test_a_form_of_another_site_puts_nothing_in(client: Client) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        sent = {"recipe": "shampoo", **MIX}
        assert client.post("/basket/add", sent, headers=headers).status_code == 403

    assert (stored(), Session.objects.count()) == ([], 0)


@pytest.mark.parametrize("recipe", ["", "soap", "a\0b", "../admin", "x" * 5000])
def test_a_recipe_that_is_not_on_sale_is_not_found(client: Client, recipe: str) -> None:
    assert add_to_basket(client, recipe=recipe).status_code == 404
    assert (stored(), Session.objects.count()) == ([], 0)


# Changing -----------------------------------------------------------------------------------------------------------


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
        ("", "Write a whole number of bottles, such as 2."),
        ("two", "Write a whole number of bottles, such as 2."),
        ("1.5", "Write a whole number of bottles, such as 2."),
        ("-1", "Write a whole number of bottles, such as 2."),
        ("1e1", "Write a whole number of bottles, such as 2."),
        ("NaN", "Write a whole number of bottles, such as 2."),
        ("٣", "Write a whole number of bottles, such as 2."),
        ("0", "We make 1 to 24 bottles of one mix at a time"),
        ("25", "We make 1 to 24 bottles of one mix at a time"),
        ("9" * 5000, "We make 1 to 24 bottles of one mix at a time"),
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

    assert "We make 1 to 24 bottles of one mix at a time" in read(response).text
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
        assert "That bottle is not in your basket any more." in page.text
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


# What has changed since ---------------------------------------------------------------------------------------------


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
    assert "Something in your basket needs a word from you first." in page.alert
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

    assert "There is not enough Quench left for all of it. Take fewer bottles, or another mix." in page.text
    assert "Go to checkout" not in page.links
    assert change(client, line, "quantity", quantity="2").links["Go to checkout"] == "/checkout"


def test_names_are_never_markup(client: Client) -> None:
    put_in(client, label="Zoë & O’Neill")
    add_to_basket(client, label="<b>Eve</b>")

    html = client.get("/basket").content.decode()

    assert "Zoë &amp; O’Neill" in html
    assert "<b>" not in html


# The way to a paid order --------------------------------------------------------------------------------------------


def test_after_paying_the_header_counts_what_is_left(client: Client) -> None:
    saved = put_in(client, label="Bo")
    change(client, saved, "save")
    token = check_out(client)["Location"].split("/")[2]

    pay(client, token)

    assert "Basket (" not in read(client.get(f"/order/{token}/thanks")).text
    page = open_basket(client)
    assert "There is nothing in it yet." in page.text
    assert "made for Bo" in page.text


def test_someone_else_s_thanks_page_leaves_the_count_alone(client: Client) -> None:
    token = check_out(client)["Location"].split("/")[2]
    pay(client, token)
    other = Client()
    add_to_basket(other)

    assert "Basket (1" in read(other.get(f"/order/{token}/thanks")).text


def test_the_pages_cost_few_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(10):
        add_to_basket(client)
    with django_assert_max_num_queries(3):  # session, bench, lines
        client.get("/basket")
    assert count_rows() == {}
