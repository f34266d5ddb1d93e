"""The home page: one sentence, one product, three doors, mixes to start from, what it costs and when it comes."""

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from configurator.bench import Bench, Stock
from configurator.home_page import HomePage, build_home
from configurator.mixing.mixer import Mixer
from configurator.models import BenchDay, Component, DeliveryTerms, Recipe, RecipeVersion
from configurator.remembering import remember_avoid
from configurator.versions import mixer_for
from tests.configurator import bicycle_judge
from tests.configurator import catalogue_judge as judge
from tests.configurator.drafts import make_bicycle, publish, shampoo
from tests.configurator.make import make_need, make_rule, make_spec, make_starter
from tests.configurator.pages import Page, read_page

pytestmark = pytest.mark.django_db

MONDAY = date(2026, 11, 23)


def opened(client: Client, path: str = "/") -> Page:
    response = client.get(path)
    assert response.status_code == 200
    return read_page(response)


def built(*mixers: Mixer, bench: Bench | None = None, avoid: tuple[str, ...] = ()) -> HomePage:
    page = build_home(mixers, bench=bench or Bench(), today=MONDAY, avoid=avoid)
    assert page is not None
    return page


def starters() -> dict[str, judge.Mix]:
    return {
        starter["name"]: tuple(starter["mix"][slot] for slot in judge.SLOTS)
        for starter in judge.catalogue()["starters"]
    }


# What it says -------------------------------------------------------------------------------------------------------


def test_it_opens_with_one_sentence_one_bottle_and_three_doors(client: Client) -> None:
    response = client.get("/")
    page = read_page(response)

    assert page.by_tag["h1"] == ["Your shampoo, made after you choose what goes in."]
    assert page.by_id["bottle-title"] == "Bottle: First Light"
    assert page.by_class["drawer-front"] == [
        "Find my mix Four questions, one answer with its reasons",
        "Start from a mix 6 of ours, to order as they are or change",
        "Mix it myself 183 mixes that we can make well",
    ]
    for address in ("/find", "#starters", "/mix/shampoo/"):
        assert f'href="{address}"' in response.content.decode()


def test_price_delivery_and_day_are_said_as_the_bench_has_them(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: MONDAY)

    (terms,) = opened(client).by_class["terms"]

    assert terms == (
        "£14.00 250 ml Delivery £3.25, free from £28.00 Order today, with you by Friday 27 November"
    )

    BenchDay.objects.create(day=date(2026, 11, 25), is_closed=True)
    DeliveryTerms.objects.update(price=0)
    page = opened(client)
    assert page.by_class["terms"] == [
        "£14.00 250 ml Delivery is free Order today, with you by Monday 30 November"
    ]
    assert page.by_class["ledger"] == [
        "250 ml £14.00 500 ml £24.00 50 ml, taster £4.50 Delivery free Ordered today, with you by Monday 30 November"
    ]


def test_every_size_and_the_delivery_stand_in_the_ledger(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.localdate", lambda: MONDAY)

    (ledger,) = opened(client).by_class["ledger"]

    sizes = "250 ml £14.00 500 ml £24.00 50 ml, taster £4.50"
    delivery = "Delivery £3.25 Delivery from £28.00 on free Ordered today, with you by Friday 27 November"
    assert ledger == f"{sizes} {delivery}"


def test_a_surcharge_makes_the_price_one_from_which_mixes_start(client: Client) -> None:
    Component.objects.filter(slug="mend").update(surcharge=150)
    publish()

    page = opened(client)

    assert page.by_class["terms"][0].startswith("from £14.00 250 ml")
    assert page.by_class["standing"][1] == "Slow Sunday Warm Hearth with Mend and Quench £15.50"
    assert page.by_class["standing"][0] == "First Light Orchard Rain with Lift and Vivid £14.00"


# Starting from a mix ------------------------------------------------------------------------------------------------


def test_every_starter_is_a_priced_mix_one_click_away_that_can_be_ordered(client: Client) -> None:
    cards = built(mixer_for(RecipeVersion.objects.get())).starters
    body = client.get("/").content.decode()

    assert {card.name: card.address for card in cards} == {
        name: "/mix/shampoo/" + "/".join(mix) for name, mix in starters().items()
    }
    for card in cards:
        assert card.price == judge.price(starters()[card.name])
        assert f'href="{card.address}"' in body
        assert f"Add to basket, £{card.price / 100:.2f}" in opened(client, card.address).by_id["answer"]


def test_a_starter_is_offered_exactly_while_all_its_parts_are_there() -> None:
    mixer = mixer_for(RecipeVersion.objects.get())

    for slug in judge.components():
        page = built(mixer, bench=Bench(stock={slug: Stock(0, None)}))

        assert [card.name for card in page.starters] == [
            name for name, mix in starters().items() if slug not in mix
        ]
        assert page.product.drawing == page.starters[0].drawing


def test_a_part_that_suffices_for_the_lighter_dose_only_keeps_starters_that_take_it_so(
    client: Client,
) -> None:
    Component.objects.filter(slug="vivid").update(stock_ml=6)  # 10 ml in the main shot, 5 ml in the second

    assert [text.split(" ")[0] for text in opened(client).by_class["standing"]] == [
        "First",
        "Slow",
        "Cold",
        "Soft",
        "Ringlet",
    ]


def test_without_starters_the_door_to_them_is_gone_and_the_bottle_is_one_that_can_be_made() -> None:
    mixer = mixer_for(RecipeVersion.objects.get())
    out = ("quench", "vivid", "reset")
    bench = Bench(stock={slug: Stock(0, None) for slug in out})

    page = built(mixer, bench=bench)

    assert page.starters == ()
    assert page.product.drawing.name != "Nothing chosen yet"
    assert not any(slug.capitalize() in page.product.drawing.name for slug in out)


def test_when_nothing_can_be_made_the_bottle_is_empty_and_the_page_opens(client: Client) -> None:
    Component.objects.filter(family__slug="base-blends").update(stock_ml=0)

    page = opened(client)

    assert page.by_id["bottle-title"] == "Bottle: Nothing chosen yet"
    assert "standing" not in page.by_class
    assert [door.split(" ")[0] for door in page.by_class["drawer-front"]] == ["Find", "Mix"]


def test_a_starter_that_the_rules_no_longer_allow_is_left_out() -> None:
    spec = make_spec(
        starters=(
            make_starter("Bad", base="oak", shot="mint"),
            make_starter("Good", base="elm", shot="mint"),
        ),
        rules=(make_rule(),),
    )

    assert [card.name for card in built(Mixer(spec)).starters] == ["Good"]


def test_what_she_leaves_out_is_said_on_each_starter_that_has_it(client: Client) -> None:
    session = client.session
    remember_avoid(session, ["wheat", "nuts", "Menthol", "no such thing"])
    session.save()

    cards = opened(client).by_class["standing"]

    for (name, mix), text in zip(starters().items(), cards, strict=True):
        found = [each for each in ("wheat", "nuts", "Menthol") if any(each in judge.contents(p) for p in mix)]
        said = f"Has {' and '.join(found)}, which you asked us to leave out"
        assert text.startswith(name)
        assert (said in text) is bool(found)
        assert ("Has " in text) is bool(found)


# What else is on sale -----------------------------------------------------------------------------------------------


def test_the_first_recipe_is_what_the_page_is_about_and_the_others_follow(client: Client) -> None:
    publish(make_bicycle())

    first = opened(client)
    assert first.by_tag["h1"] == ["Your shampoo, made after you choose what goes in."]
    assert first.by_class["door"] == ["Mix your bicycle 8 mixes that we can make well £500.00"]

    Recipe.objects.filter(slug="shampoo").update(position=200)
    second = opened(client)
    assert second.by_tag["h1"] == ["Your bicycle, made after you choose what goes in."]
    assert second.by_class["door"] == ["Mix your shampoo 183 mixes that we can make well £14.00"]


def test_a_shipped_catalogue_that_is_loaded_later_stands_behind(client: Client) -> None:
    call_command("load_catalogue", "bicycle", verbosity=0)

    page = opened(client)

    assert Recipe.objects.get(slug="bicycle").position > shampoo().position
    assert page.by_tag["h1"] == ["Your shampoo, made after you choose what goes in."]
    assert page.by_class["door"] == [
        "Mix your bicycle More than 18 trillion mixes that we can make well from £690.00"
    ]


def test_a_drawn_product_is_shown_by_its_drawing(client: Client) -> None:
    call_command("load_catalogue", "bicycle", verbosity=0)
    Recipe.objects.filter(slug="bicycle").update(position=0)
    Recipe.objects.filter(slug="shampoo").update(position=1)

    response = client.get("/")
    page = read_page(response)

    monday = bicycle_judge.starter("Monday")
    assert 'aria-label="Monday"' in response.content.decode()
    assert page.by_class["standing"][0].endswith(f"£{bicycle_judge.price(monday) / 100:,.2f}")
    assert "26 parts: what does not go together" in page.by_class["steps"][0]
    assert "bottle-title" not in page.by_id


def test_the_quiz_is_offered_only_where_a_recipe_has_needs() -> None:
    plain = make_spec()
    asking = make_spec(slug="ask", needs=(make_need(),))

    assert not built(Mixer(plain)).asks
    assert built(Mixer(asking)).asks
    assert built(Mixer(plain), Mixer(asking)).asks


def test_nothing_on_sale_is_said(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("configurator.views.finding.recent_versions_on_sale", list)

    for path in ("/", "/mix/"):
        assert b"Nothing is on sale yet. Staff can publish a recipe in the admin." in client.get(path).content
    assert build_home([], bench=Bench(), today=MONDAY) is None


def test_the_way_to_the_mixer_is_straight_with_one_product_and_asks_with_two(client: Client) -> None:
    response = client.get("/mix/")
    assert (response.status_code, response["Location"]) == (302, "/mix/shampoo/")

    publish(make_bicycle())
    page = opened(client, "/mix/")
    assert page.by_tag["h1"] == ["What would you like to mix?"]
    assert [door.split("  ")[0][:16] for door in page.by_class["door"]] == [
        "Mix your shampoo",
        "Mix your bicycle",
    ]


# Cookies, queries, the top of every page ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/mix/shampoo/", "/mix/", "/nowhere"])
def test_a_first_visit_gets_no_cookie(client: Client, path: str) -> None:
    assert not client.get(path).cookies


def test_it_costs_two_queries(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    publish(make_bicycle())
    client.get("/")  # a process compiles a version once

    with django_assert_num_queries(2):
        client.get("/")


def set_session(client: Client, **values: Any) -> None:
    session = client.session
    session.update(values)
    session.save()


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (0, "Basket"),
        (1, "Basket (1 thing in it)"),
        (3, "Basket (3 things in it)"),
        ("nonsense", "Basket"),
    ],
)
def test_the_basket_says_how_much_is_in_it(client: Client, kept: object, said: str) -> None:
    set_session(client, bottles=kept)

    (top,) = opened(client).by_class["top"]

    assert top == f"Alembic Row Find my mix Mix {said} Help"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", {"/": "page"}),
        ("/mix/shampoo/", {"/mix/": "true"}),
        ("/mixture", {}),
        ("/basket", {"/basket": "page"}),
        ("/find", {"/find": "page"}),
    ],
)
def test_the_link_to_where_she_is_says_so(client: Client, path: str, expected: dict[str, str]) -> None:
    body = client.get(path).content.decode()
    top = body[body.index("<header") : body.index("</header>")]

    found = {
        link.split('href="')[1].split('"')[0]: link.split('aria-current="')[1].split('"')[0]
        for link in top.split("<a ")[1:]
        if "aria-current" in link
    }
    assert found == expected


@pytest.mark.parametrize("path", ["/", "/mix/shampoo/", "/nowhere"])
def test_help_and_what_we_leave_out_stand_in_the_same_place_everywhere(client: Client, path: str) -> None:
    body = client.get(path).content.decode()
    foot = body[body.index("<footer") :]

    assert body.index('href="#help"') < body.index("</header>")
    assert foot.index('id="help"') < foot.index("mailto:hello@alembic-row.example")
    assert 'href="/leave-out"' in foot
