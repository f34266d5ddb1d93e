"""What the quiz comes to over HTTP: a mix with a reason for each part, or an honest no with a way on."""

import re
from datetime import date
from html import unescape
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from configurator.models import Component
from tests.configurator import catalogue_judge as judge
from tests.configurator.quiz_reading import HERE, QUIZ, address, fields, links, opened

pytestmark = pytest.mark.django_db


# The result ---------------------------------------------------------------------------------------------------------


def test_the_result_says_for_each_part_which_answer_it_comes_from(client: Client) -> None:
    page = opened(client, address(need=["strength", "shine"], hair="thick", avoid=["oat"]))

    assert page.by_tag["h1"] == ["Your mix: Warm Hearth with Mend and Vivid"]
    assert page.by_tag["dt"] == ["Base blend", "Main shot", "Second shot"]
    assert page.by_tag["dd"] == [
        "Warm Hearth, because it suits thick hair.",
        "Mend, because you asked for “strength for bleached or heat-worn hair”.",
        (
            "Vivid, which helps with “shine for dull hair or hard water”, too. Gleam does not go with Mend, which you "
            "asked for first: Gleam's acid clouds Mend's wheat protein."
        ),
    ]
    assert "As you asked: oat." in page.by_tag["p"]


@pytest.mark.parametrize(
    ("answers", "line", "said"),
    [
        ({"need": ["body"]}, 2, "Lift once more, because you asked for “body for fine, flat hair”."),
        (
            {"need": ["strength"]},
            2,
            (
                "Quench, which helps with “strength for bleached or heat-worn hair”, too. Mend twice does not work: "
                "Too much protein makes hair brittle."
            ),
        ),
        ({"scent": "salt-meadow"}, 0, "Salt Meadow, because you chose it."),
        ({"scent": "any"}, 0, "Orchard Rain, because you left this one to us."),
        (
            {"need": ["shine"], "scent": "quiet-linen"},
            0,
            (
                "Orchard Rain, because it goes with the rest. Quiet Linen does not go with Gleam, which you asked for "
                "first: Lemon oil in an unscented base."
            ),
        ),
        (
            {"need": ["shine"], "avoid": ["acids"]},
            1,
            (
                "Vivid, which helps with “shine for dull hair or hard water”, too. Gleam contains what you asked us to "
                "leave out: acids."
            ),
        ),
    ],
)
def test_a_line_is_made_of_her_answer(client: Client, answers: dict[str, Any], line: int, said: str) -> None:
    assert opened(client, address(**answers)).by_tag["dd"][line] == said


def test_what_is_out_of_stock_is_said_with_the_day_it_is_back(client: Client) -> None:
    Component.objects.filter(slug="mend").update(stock_ml=1, back_on=date(2030, 12, 3))
    Component.objects.filter(slug="coil").update(stock_ml=0)

    lines = opened(client, address(need=["strength", "definition"])).by_tag["dd"]

    assert lines[1].endswith("Mend is out of stock, back about 3 Dec.")
    assert lines[2].endswith("Coil is out of stock just now.")


def test_the_mix_costs_what_it_costs_everywhere_and_comes_when_the_bench_says(client: Client) -> None:
    url = address(need=["strength", "moisture"], scent="warm-hearth")

    page = opened(client, url)
    mixer = opened(client, "/mix/shampoo/warm-hearth/mend/quench")

    assert page.by_class["price"] == ["£14.00"]
    assert "Delivery £3.25, free from £28.00." in page.by_class["facts"][0]
    day = re.search(r"with you by (\w+ \d+ \w+)", page.by_class["facts"][0])
    assert day
    assert day[1] in mixer.by_id["facts"]
    assert page.by_id["bottle-title"] == "Bottle: Warm Hearth with Mend and Quench"


def test_advice_is_given_as_in_the_mixer(client: Client) -> None:
    page = opened(client, address(need=["body", "moisture"]))

    assert page.by_class["advice"] == ["Good to know: Moisture weighs fine hair down."]


def test_the_ways_on_lead_to_the_mixer_with_what_she_leaves_out(client: Client) -> None:
    url = address(need=["strength", "moisture"], scent="warm-hearth", avoid=["oat", "Lactic Acid"])

    found = links(client, url)

    query = "?avoid=oat&avoid=Lactic+Acid"
    assert found["Change it in the mixer"] == "/mix/shampoo/warm-hearth/mend/quench" + query
    assert found["Answer again"] == QUIZ
    mix = "/mix/shampoo/warm-hearth/mend"
    assert [(text, href) for text, href in found.items() if " instead of " in text] == [
        ("Warm Hearth with Mend and Coil Second shot: Coil instead of Quench", f"{mix}/coil{query}"),
        ("Warm Hearth with Mend and Vivid Second shot: Vivid instead of Quench", f"{mix}/vivid{query}"),
    ]


def test_the_basket_gets_the_mix_and_what_she_leaves_out(client: Client) -> None:
    url = address(need=["strength", "moisture"], scent="warm-hearth", avoid=["oat", "Lactic Acid"])

    sent = fields(client, url, method="post", action="/basket/add")

    assert sent == [
        ("recipe", "shampoo"), ("base", "warm-hearth"), ("main", "mend"), ("second", "quench"),
        ("size", "250ml"), ("label", ""), ("avoid", "oat"), ("avoid", "Lactic Acid"),
    ]  # fmt: skip


def test_two_needs_can_change_places(client: Client) -> None:
    url = address(need=["moisture", "strength"], scent="warm-hearth")

    swap = links(client, url)["Put this first: Strength for bleached or heat-worn hair"]

    assert opened(client, swap).by_tag["h1"] == ["Your mix: Warm Hearth with Mend and Quench"]
    assert "Put this first: Moisture for dry lengths" in links(client, swap)
    assert not [text for text in links(client, address(need=["body"])) if text.startswith("Put this first")]


def test_every_pair_of_needs_in_every_scent_gets_a_makeable_mix_without_what_she_avoids(
    client: Client,
) -> None:
    for (first, second), avoid in product(
        [("strength", "shine"), ("freshness", "comfort"), ("definition", "colour")],
        [[], *([flag] for flag in judge.catalogue()["flags"] if flag != "coconut-derived")],
    ):
        url = address(need=[first, second], avoid=avoid)
        sent = dict(fields(client, url, method="post", action="/basket/add"))
        assert tuple(sent[slot] for slot in judge.SLOTS) in judge.makeable(frozenset(avoid))


# The honest no ------------------------------------------------------------------------------------------------------


def test_nothing_left_says_why_and_offers_one_click_to_a_mix(client: Client) -> None:
    url = address(need=["strength"], avoid=["wheat", "coconut-derived"], hair="thick")

    page = opened(client, url)

    assert page.by_tag["h1"] == ["We can’t make this one"]
    assert page.by_class["why"] == [
        "Every base blend contains what you asked us to leave out: coconut derived."
    ]
    assert [text for text, _ in page.repairs] == ["Leave out everything but coconut derived"]
    (query,) = [parse_qsl(urlsplit(unescape(href)).query) for _, href in page.repairs]
    assert sorted(query) == [("at", "result"), ("avoid", "wheat"), ("hair", "thick"), ("need", "strength")]
    assert opened(client, page.repairs[0][1]).by_class["price"] == ["£14.00"]
    assert links(client, url)["Change what we leave out"].endswith("&at=leave-out")


def test_one_thing_alone_in_the_way_is_offered_back(client: Client) -> None:
    page = opened(client, address(avoid=["coconut-derived"]))

    assert [text for text, _ in page.repairs] == ["Make it with coconut derived"]


def test_stock_in_the_way_is_said_with_the_first_day(client: Client) -> None:
    bases = Component.objects.filter(family__slug="base-blends")
    bases.update(stock_ml=0, back_on=date(2031, 2, 1))
    bases.filter(slug="quiet-linen").update(back_on=date(2030, 12, 3))

    page = opened(client, address(avoid=["oat"]))

    assert page.by_class["why"] == ["Every base blend is out of stock; the first is back about 3 Dec."]
    assert "it may work on another day" in " ".join(page.by_tag["p"])
    assert page.repairs == []


def test_stock_and_what_she_leaves_out_are_both_said(client: Client) -> None:
    Component.objects.filter(slug="quiet-linen").update(stock_ml=0)

    page = opened(client, address(avoid=["fragrance"]))

    assert page.by_class["why"] == [
        "Every base blend is out of stock or contains what you asked us to leave out: fragrance."
    ]


# Remembering --------------------------------------------------------------------------------------------------------


def test_what_she_leaves_out_is_remembered_only_when_she_says_so(client: Client) -> None:
    url = address(need=["body"], avoid=["oat", "wheat"])
    assert "avoid" not in client.session

    sent = fields(client, url, method="post", action="/leave-out")
    response = client.post("/leave-out", _as_post(sent), headers=HERE)

    assert response.status_code == 302
    assert parse_qsl(urlsplit(response["Location"]).query) == parse_qsl(urlsplit(url).query)
    assert client.session["avoid"] == ["oat", "wheat"]
    page = opened(client, response["Location"])
    assert any(text.startswith("We remember this for your next mix.") for text in page.by_tag["p"])
    assert "Remember what to leave out" not in page.by_tag["button"]


def test_remembering_keeps_what_other_recipes_are_about(client: Client) -> None:
    client.post("/leave-out", {"avoid": ["rubber", "nuts"]}, headers=HERE)
    url = address(need=["body"], avoid=["oat"])

    client.post("/leave-out", _as_post(fields(client, url, method="post", action="/leave-out")), headers=HERE)

    assert client.session["avoid"] == ["rubber", "oat"]


def test_what_is_remembered_and_taken_out_of_the_answers_is_said(client: Client) -> None:
    client.post("/leave-out", {"avoid": ["rubber", "nuts", "oat"]}, headers=HERE)
    url = address(avoid=["oat"])

    said = [text for text in opened(client, url).by_tag["p"] if "Your list also says" in text]

    assert said[0].startswith("Your list also says nuts; these answers do not.")
    assert parse_qsl(urlsplit(links(client, url)["See your list"]).query) == [("next", url)]
    assert "Your list also says" not in client.get(address(avoid=["oat", "nuts"])).content.decode()


def test_a_quiz_begins_with_what_is_remembered_and_can_go_without(client: Client) -> None:
    client.post("/leave-out", {"avoid": ["rubber", "nuts", "Panthenol"]}, headers=HERE)

    assert fields(client, "/find") == [("avoid", "nuts"), ("avoid", "Panthenol")]
    assert "notice" not in opened(client, "/find").by_class
    assert fields(client, address("scent")) == []
    assert opened(client, address()).by_tag["h1"] == ["Your mix: Orchard Rain with Lift and Vivid"]


def _as_post(sent: list[tuple[str, str]]) -> dict[str, list[str]]:
    return {name: [value for other, value in sent if other == name] for name, _ in sent}
