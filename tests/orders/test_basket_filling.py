"""What is put into the basket over HTTP, how long it is kept, and what is left of it after paying."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from orders.baskets import KEPT_FOR, MOST_LINES
from orders.models import Basket, BasketLine
from orders.relaying import SESSIONS_WAIT, do_periodic_work, forget_old_sessions
from tests.orders.basket_lines import change, open_basket, put_in, stored
from tests.orders.pages import MIX, OWN_PAGE, add_to_basket, check_out, pay, read
from tests.orders.stored import count_rows

pytestmark = pytest.mark.usefixtures("catalogue")

MIXER = "/mix/shampoo/warm-hearth/mend/quench"


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


def test_names_are_never_markup(client: Client) -> None:
    put_in(client, label="Zoë & O’Neill")
    add_to_basket(client, label="<b>Eve</b>")

    html = client.get("/basket").content.decode()

    assert "Zoë &amp; O’Neill" in html
    assert "<b>" not in html


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
