"""The page of a shared mix: someone's mix without the person, as it can be had today."""

from datetime import date
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from configurator.models import Component, Recipe, SharedMix, Starter
from configurator.remembering import remember_avoid
from tests.configurator import catalogue_judge as judge
from tests.configurator.drafts import make_component, make_rule, publish, shampoo
from tests.configurator.pages import Page, read_page
from tests.configurator.shared_mixes import HEARTH, make_shared, share

pytestmark = pytest.mark.django_db

PAGE = "/m/Abc-123_xyz9"


def opened(client: Client, path: str = PAGE, *, status: int = 200) -> Page:
    response = client.get(path)
    assert response.status_code == status
    return read_page(response)


def flat(response: Any) -> str:
    """The page's source with single spaces, however its templates are laid out."""
    return " ".join(response.content.decode().split())


def leave_out(client: Client, *items: str) -> None:
    session = client.session
    remember_avoid(session, items)
    session.save()


# What it shows ------------------------------------------------------------------------------------------------------


def test_it_shows_the_mix_with_price_day_and_ingredients(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: date(2026, 11, 23))
    make_shared(size="500ml")

    page = opened(client)

    assert page.by_tag["h1"] == ["Warm Hearth with Mend and Quench"]
    assert page.by_tag["title"][0] == "Warm Hearth with Mend and Quench, a shared mix · Alembic Row"
    assert page.by_class["ledger"] == ["Base blend Warm Hearth Main shot Mend Second shot Quench"]
    assert page.by_class["terms"] == [
        "£24.00 500 ml Delivery £3.25, free from £28.00 Order today, with you by Friday 27 November"
    ]
    assert page.by_class["ingredients"] == [", ".join(judge.ingredients(HEARTH))]
    assert page.by_class["button"] == ["Make it mine"]


def test_every_makeable_mix_has_a_page_that_leads_to_it_in_the_mixer(client: Client) -> None:
    for mix in judge.makeable():
        SharedMix.objects.all().delete()
        make_shared(mix)

        body = flat(client.get(PAGE))

        assert f'<a class="button" href="/mix/shampoo/{"/".join(mix)}"> Make it mine </a>' in body
        assert f'<strong class="price">£{judge.price(mix) / 100:.2f}</strong>' in body


def test_its_size_goes_with_it(client: Client) -> None:
    make_shared(size="50ml")

    assert b'href="/mix/shampoo/warm-hearth/mend/quench?size=50ml"' in client.get(PAGE).content


def test_flags_and_allergens_are_said(client: Client) -> None:
    make_shared()

    said = client.get(PAGE).content.decode()

    for flag in {flag for part in HEARTH for flag in judge.components()[part]["flags"]}:
        assert flag.replace("-", " ") in said
    assert "Declared allergens: " in said


def test_it_can_be_found_by_those_with_the_link_only(client: Client) -> None:
    make_shared()

    for path in (PAGE, f"{PAGE}.png"):
        assert client.get(path)["X-Robots-Tag"] == "noindex"
    assert b'<meta name="robots" content="noindex">' in client.get(PAGE).content
    for path in ("/m/Abc-123_xyz8", "/m/abc-123_xyz9", "/m/Abc-123_xyz8.png", "/m/a/b"):
        assert client.get(path).status_code == 404


def test_other_sites_are_told_what_to_show(client: Client, settings: LazySettings) -> None:
    settings.BASE_URL = "https://shop.example"
    make_shared()

    body = flat(client.get(PAGE))

    for name, value in {
        "og:title": "Warm Hearth with Mend and Quench",
        "og:description": "Shampoo, made in Leeds after you order it.",
        "og:url": f"https://shop.example{PAGE}",
        "og:image": f"https://shop.example{PAGE}.png",
        "og:image:width": "1200",
        "og:image:height": "630",
    }.items():
        assert f'<meta property="{name}" content="{value}">' in body
    assert f'value="https://shop.example{PAGE}"' in body


def test_a_first_visit_gets_no_cookie_and_costs_three_queries(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_shared()
    client.get(PAGE)

    with django_assert_max_num_queries(3):
        response = client.get(PAGE)

    assert not response.cookies
    assert not client.get(f"{PAGE}.png").cookies


# Against what she leaves out ----------------------------------------------------------------------------------------


def test_who_has_not_said_what_to_leave_out_is_asked(client: Client) -> None:
    make_shared()

    body = client.get(PAGE).content.decode()

    assert "Check it against what I avoid" in body
    assert 'href="/leave-out?next=%2Fm%2FAbc-123_xyz9"' in body


@pytest.mark.parametrize("item", ["wheat", "oat", "menthol", "fragrance", "coconut-derived", "Linalool"])
def test_what_she_leaves_out_is_looked_for(client: Client, item: str) -> None:
    make_shared()
    leave_out(client, item, "no such thing")
    has_it = [part for part in HEARTH if item in judge.contents(part)]

    page = opened(client)
    said = page.by_tag["main"][0]

    word = item.replace("-", " ")
    assert "Change what we leave out" in said
    if not has_it:
        assert f"({word} and no such thing): this mix has none of it." in said
        assert page.by_class["button"] == ["Make it mine"]
        return
    assert f"You asked us to leave out {word} and no such thing: this mix has some of it" in said
    if not judge.makeable(frozenset([item])):
        assert f"Without {word} there is nothing that we can make." in said
        return
    for part in has_it:
        name = judge.components()[part]["name"]
        assert f"{name} contains what you asked us to leave out: {word}." in said
    assert "£" not in page.by_class["hero"][0]
    for _text, address in page.repairs:
        mix = tuple(address.removeprefix("/mix/shampoo/").split("/"))
        assert mix in judge.makeable(frozenset([item]))


def test_the_list_is_hers_and_nothing_of_it_is_kept_with_the_mix(client: Client) -> None:
    leave_out(client, "wheat")
    location = share(client)["Location"]

    said = Client().get(location).content.decode()

    assert "You asked us" not in said
    assert "leave out wheat" not in said


# As it can be had today ---------------------------------------------------------------------------------------------


def test_a_new_price_counts(client: Client) -> None:
    make_shared()
    Component.objects.filter(slug="mend").update(surcharge=150)
    publish()

    assert opened(client).by_class["price"] == ["£15.50"]


def test_a_rule_that_came_later_is_said_with_repairs_that_work(client: Client) -> None:
    make_shared()
    make_rule(left=["mend"], right=["quench"], reason="They quarrel now")
    publish()

    page = opened(client)

    assert page.by_tag["h1"] == ["Warm Hearth with Mend and Quench"]
    assert "They quarrel now." in page.by_class["ways-out"][0]
    assert page.by_class["button"] == ["Mend it in the mixer"]
    assert 1 <= len(page.repairs) <= 3
    for _text, address in page.repairs:
        mended = opened(client, address)
        assert [text for text in mended.buttons if text.startswith("Add to basket, £")]


def test_a_part_out_of_stock_is_said(client: Client) -> None:
    make_shared()
    Component.objects.filter(slug="mend").update(stock_ml=0, back_on=date(2999, 12, 3))

    page = opened(client)

    assert "Mend is out of stock, back about 3 Dec." in page.by_class["ways-out"][0]
    assert page.repairs


def test_a_part_that_is_no_longer_offered_is_named_and_the_mixer_keeps_the_rest(client: Client) -> None:
    make_component("zest", colour="#123456")
    publish()
    make_shared(("warm-hearth", "zest", "quench"))
    Component.objects.filter(slug="zest").delete()
    publish()

    response = client.get(PAGE)
    page = read_page(response)

    assert page.by_tag["h1"] == ["Warm Hearth with Zest and Quench"]
    assert page.by_class["notice"] == ["We do not offer Zest any more. The mixer keeps the rest of this mix."]
    assert 'fill="#123456"' in response.content.decode()
    address = "/mix/shampoo/?base=warm-hearth&amp;main=zest&amp;second=quench&amp;size=250ml"
    assert f'<a class="button" href="{address}"> Mend it in the mixer </a>' in flat(response)
    mixer = read_page(client.get(address.replace("&amp;", "&")))
    assert mixer.checked["base"] == "warm-hearth"
    assert "main" not in mixer.checked
    assert client.get(f"{PAGE}.png").status_code == 200


def test_a_part_that_has_come_to_choose_is_said(client: Client) -> None:
    make_shared()
    recipe = shampoo()
    Starter.objects.all().delete()
    slot = recipe.slots.get(slug="second")
    slot.pk, slot.slug, slot.name = None, "third", "Third shot"
    slot.dose_ml = slot.dose_ml
    slot.save()
    Recipe.objects.filter(pk=recipe.pk).update(reference_ml=255)
    publish()

    page = opened(client)

    assert page.by_class["notice"][0].startswith("There is more to choose by now")
    assert page.by_class["button"] == ["Mend it in the mixer"]


def test_a_size_that_is_gone_falls_back_on_the_usual_one(client: Client) -> None:
    make_shared(size="9l")

    page = opened(client)

    assert page.by_class["terms"][0].startswith("£14.00 250 ml")


# Taking it back -----------------------------------------------------------------------------------------------------


def shared_with_token(client: Client) -> tuple[str, str]:
    location = share(client)["Location"]
    body = client.get(location).content.decode()
    return location, body.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]


def test_the_browser_that_shared_it_takes_it_back() -> None:
    client = Client(enforce_csrf_checks=True)
    location, token = shared_with_token(client)

    response = client.post(f"{location}/revoke", {"csrfmiddlewaretoken": token})

    assert response["Location"] == location
    assert SharedMix.objects.get().revoked_at is not None
    for visitor in (client, Client()):
        gone = visitor.get(location)
        page = read_page(gone)
        assert (gone.status_code, gone["X-Robots-Tag"]) == (410, "noindex")
        assert page.by_tag["h1"] == ["This mix was taken back"]
        assert "Warm Hearth" not in gone.content.decode()
        assert page.by_class["button"] == ["Start a mix", "See the mixes we offer"]
        assert visitor.get(f"{location}.png").status_code == 410


def test_nobody_else_takes_it_back(client: Client) -> None:
    location = share(Client())["Location"]
    assert "Take it back" not in client.get(location).content.decode()

    response = client.post(f"{location}/revoke")

    assert response["Location"] == location
    assert "Only the browser that shared this mix can take it back" in client.get(location).content.decode()
    assert SharedMix.objects.get().revoked_at is None


def test_without_a_token_nothing_is_taken_back() -> None:
    client = Client(enforce_csrf_checks=True)
    location, _token = shared_with_token(client)

    assert client.post(f"{location}/revoke").status_code == 403
    assert client.get(f"{location}/revoke").status_code == 405
    assert SharedMix.objects.get().revoked_at is None


def test_what_was_taken_back_stays_so(client: Client) -> None:
    row: Any = make_shared(revoked_at=timezone.now())
    session = client.session
    session["shared"] = [row.code]
    session.save()

    client.post(f"{PAGE}/revoke")

    assert SharedMix.objects.get().revoked_at == row.revoked_at
    assert client.post("/m/nothing/revoke").status_code == 404
