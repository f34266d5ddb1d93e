"""Two mixes side by side: what differs is said in words, and both can be taken."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from configurator.comparing import compare, offer_mixes
from configurator.mix_address import MixState
from configurator.mixing.mixer import Mixer
from configurator.models import Component
from configurator.restrictions import Restrictions
from tests.configurator import catalogue_judge as judge
from tests.configurator.make import make_component, make_family, make_size, make_spec
from tests.configurator.pages import Page, read_page

pytestmark = pytest.mark.django_db

COMPARE = "/mix/shampoo/compare"
HEARTH, MEADOW = "warm-hearth/mend/quench", "salt-meadow/coil/quench"


def opened(client: Client, query: str, *, status: int = 200) -> Page:
    response = client.get(COMPARE + query)
    assert response.status_code == status, response.get("Location")
    return read_page(response)


def table(client: Client, query: str) -> list[list[str]]:
    """The cells of each row as text."""
    html = client.get(COMPARE + query).content.decode()
    rows = re.findall(r"<tr.*?</tr>", html, re.DOTALL)
    return [
        [
            " ".join(unescape(re.sub(r"<[^>]+>", "", cell)).split())
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        ]
        for row in rows
    ]


def test_two_mixes_stand_side_by_side_with_differences_in_words(client: Client) -> None:
    a, b = tuple(HEARTH.split("/")), tuple(MEADOW.split("/"))

    rows = table(client, f"?a={HEARTH}&b={MEADOW}")

    assert rows == [
        ["Part", "Warm Hearth with Mend and Quench", "Salt Meadow with Coil and Quench"],
        ["Base blend differs", "Warm Hearth", "Salt Meadow"],
        ["Main shot differs", "Mend", "Coil"],
        ["Second shot", "Quench", "Quench"],
        ["Price", "£14.00", "£14.00"],
        ["Price per 100 ml", "£5.60", "£5.60"],
        [
            "Contains or made with differs",
            "coconut derived, fragrance, nuts, protein, wheat",
            "coconut derived, fragrance, nuts, shea",
        ],
        [
            "Declared allergens differs",
            ", ".join(judge.allergens(a)).lower(),
            ", ".join(judge.allergens(b)).lower(),
        ],
        ["Ingredients differs", ", ".join(judge.ingredients(a)), ", ".join(judge.ingredients(b))],
        [
            "Your choice",
            "Take this one (Warm Hearth with Mend and Quench)",
            "Take this one (Salt Meadow with Coil and Quench)",
        ],
    ]


def test_each_row_has_a_header_that_screen_readers_find(client: Client) -> None:
    html = client.get(f"{COMPARE}?a={HEARTH}&b={MEADOW}").content.decode()

    assert html.count('scope="row"') == 9
    assert html.count('scope="col"') == 3


def test_each_can_be_taken_with_all_that_she_had(client: Client) -> None:
    extras = "size=50ml&label=Ada&avoid=oat&line=3"

    page = opened(client, f"?a={HEARTH}&b={MEADOW}&{extras}")

    assert page.links["Take this one (Warm Hearth with Mend and Quench)"] == f"/mix/shampoo/{HEARTH}?{extras}"
    assert page.links["Take this one (Salt Meadow with Coil and Quench)"] == f"/mix/shampoo/{MEADOW}?{extras}"
    assert (
        page.links["Compare Warm Hearth with Mend and Quench with another"]
        == f"{COMPARE}?a={HEARTH}&{extras}"
    )


def test_prices_are_those_of_the_size_and_surcharges() -> None:
    spec = make_spec(
        sizes=(make_size(), make_size("50ml", price=450, volume_ml=50)),
        families=(
            make_family("bases", (make_component("oak"), make_component("elm", surcharge=150))),
            make_spec().families[1],
        ),
    )
    mixer = Mixer(spec)
    state = MixState(recipe="tea", mix={"base": "oak", "shot": "mint"}, size=mixer.read_size("50ml"))

    found = compare(mixer, state, {"base": "elm", "shot": "mint"}, Restrictions())

    price = next(row for row in found.rows if row.title == "Price")
    assert (price.first, price.second, price.differs) == ("£4.50", "£6.00", True)


# With what? ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [f"?a={HEARTH}", f"?a={HEARTH}&b=", f"?a={HEARTH}&b={HEARTH}"])
def test_without_a_second_mix_starters_and_mixes_one_part_away_are_offered(
    client: Client, query: str
) -> None:
    page = opened(client, query)

    mix = tuple(HEARTH.split("/"))
    near = [other for other in judge.makeable() if sum(x != y for x, y in zip(mix, other, strict=True)) == 1]
    found = [href.split("&b=")[1] for href in page.links.values() if "&b=" in href]
    starters = ["/".join(starter["mix"].values()) for starter in judge.catalogue()["starters"]]
    assert set(found) == {"/".join(other) for other in near} | set(starters) - {HEARTH}
    assert page.links["Cold Swim"] == f"{COMPARE}?a={HEARTH}&b=salt-meadow/reset/gleam"
    assert page.links["Back to the mixer"] == f"/mix/shampoo/{HEARTH}"


def test_what_cannot_be_made_just_now_is_not_offered(shampoo: Mixer) -> None:
    state = MixState(
        recipe="shampoo", mix=judge.named(("warm-hearth", "lift", "coil")), size=shampoo.spec.sizes[0]
    )
    within = Restrictions(("nuts",), {("main", "mend"): None})

    groups = offer_mixes(shampoo, state, within)

    offered = [
        mix.address.split("&b=")[1].split("&")[0].split("/") for group in groups for mix in group.mixes
    ]
    assert len(offered) > 5
    for mix in offered:
        assert tuple(mix) in judge.makeable(frozenset(["nuts"]))
        assert mix[1] != "mend"
    assert [group.title for group in groups] == [
        "Ours",
        "Another base blend",
        "Another main shot",
        "Another second shot",
    ]


def test_where_nothing_else_can_be_made_it_says_so(client: Client) -> None:
    page = opened(client, f"?a={HEARTH}&avoid=coconut-derived")

    assert "There is nothing else just now that we could make." in " ".join(page.by_tag["p"])
    assert page.links["Back to the mixer"] == f"/mix/shampoo/{HEARTH}?avoid=coconut-derived"


# What cannot be compared --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", "?a=", "?b=" + HEARTH, "?size=250ml&main=mend"])
def test_without_a_first_mix_the_mixer_is_the_way_on(client: Client, query: str) -> None:
    response = client.get(COMPARE + query)

    assert (response.status_code, response["Location"]) == (302, "/mix/shampoo/")


@pytest.mark.parametrize(
    ("a", "said", "kept"),
    [
        ("warm-hearth/mend/soap", "soap", "?base=warm-hearth&main=mend"),
        ("warm-hearth/mend", "warm-hearth/mend", ""),
        ("%00/%3Cb%3E/x", "x", ""),
        ("x" * 3000, "x", ""),
    ],
)
def test_a_first_mix_that_is_not_offered_is_said_so_and_what_is_known_of_it_kept(
    client: Client, a: str, said: str, kept: str
) -> None:
    page = opened(client, f"?a={a}&b={MEADOW}", status=404)

    (notice,) = page.by_class["notice"]
    assert notice.startswith("We do not offer “")
    assert said in notice
    assert page.links["To the mixer"] == f"/mix/shampoo/{kept}"


@pytest.mark.parametrize("b", ["warm-hearth/mend/soap", "warm-hearth", "a/b/c/d", "%3Cscript%3E"])
def test_a_second_mix_that_is_not_offered_is_said_so_and_others_are_offered(client: Client, b: str) -> None:
    response = client.get(f"{COMPARE}?a={HEARTH}&b={b}")
    page = read_page(response)

    assert response.status_code == 404
    assert "We do not offer “" in page.by_class["notice"][0]
    assert "Cold Swim" in page.links
    assert b"<script>" not in response.content.replace(b"<script src", b"")


def test_a_size_that_is_not_offered_is_said_so(client: Client) -> None:
    page = opened(client, f"?a={HEARTH}&b={MEADOW}&size=1l", status=404)

    assert "1l" in page.by_class["notice"][0]
    assert "£14.00" in page.by_tag["td"]


@pytest.mark.parametrize(
    ("query", "stock", "why"),
    [
        ("b=warm-hearth/mend/gleam", {}, "Gleam's acid clouds Mend's wheat protein."),
        (
            f"b={MEADOW}&avoid=shea",
            {},
            "Coil contains what you asked us to leave out: shea.",
        ),
        (f"b={MEADOW}", {"coil": 0}, "Coil is out of stock just now."),
    ],
)
def test_a_mix_that_cannot_be_made_says_why_and_leads_to_what_can_be_changed(
    client: Client, query: str, stock: dict[str, int], why: str
) -> None:
    for slug, left in stock.items():
        Component.objects.filter(slug=slug).update(stock_ml=left)

    rows: Any = {row[0]: row[1:] for row in table(client, f"?a={HEARTH}&{query}")}

    assert rows["Price differs"] == ["£14.00", "cannot be made"]
    assert rows["Ingredients differs"][1] == "cannot be made"
    assert rows["Your choice"][0] == "Take this one (Warm Hearth with Mend and Quench)"
    assert rows["Your choice"][1].startswith(f"{why} See what can be changed (")


def test_each_of_the_256_can_be_compared_with_another(client: Client) -> None:
    mixes = judge.all_mixes()
    for a, b in zip(mixes, mixes[100:] + mixes[:100], strict=True):
        rows = table(client, f"?a={'/'.join(a)}&b={'/'.join(b)}")

        for row in rows[1:-1]:
            assert row[0].endswith(" differs") == (row[1] != row[2])


def test_a_recipe_that_is_not_on_sale_is_not_found(client: Client) -> None:
    assert client.get("/mix/soap/compare?a=x/y").status_code == 404
    assert client.post(COMPARE).status_code == 405


def test_a_comparison_costs_two_queries_and_no_cookie(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.get("/mix/shampoo/")

    with django_assert_num_queries(2):
        response = client.get(f"{COMPARE}?a={HEARTH}&b={MEADOW}")
    assert not response.cookies


# From the mixer -----------------------------------------------------------------------------------------------------


def test_the_mixer_leads_there_once_a_mix_can_be_made(client: Client) -> None:
    whole = read_page(client.get(f"/mix/shampoo/{HEARTH}?size=50ml&avoid=oat"))
    by_choice = read_page(client.get(f"/mix/shampoo/{HEARTH}", headers={"HX-Request": "true"}))
    half = read_page(client.get("/mix/shampoo/?base=warm-hearth"))
    broken = read_page(client.get("/mix/shampoo/warm-hearth/mend/gleam"))

    assert whole.links["Compare"] == f"{COMPARE}?a={HEARTH}&size=50ml&avoid=oat"
    assert by_choice.links["Compare"] == f"{COMPARE}?a={HEARTH}"
    assert by_choice.attributes["compare"]["hx-swap-oob"] == "true"
    assert "Compare" not in half.links
    assert "Compare" not in broken.links
