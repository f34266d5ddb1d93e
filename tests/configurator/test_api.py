"""The shop API: every answer against brute force over the catalogue's file."""

import json
import random
from typing import Any, TypeAlias

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from configurator.models import RecipeVersion
from tests.configurator import catalogue_judge as judge

RECIPES = "/api/shop/v1/recipes/"
CHECK = "/api/shop/v1/recipes/shampoo/check"
OPTIONS = "/api/shop/v1/recipes/shampoo/options"
MIX = {"base": "warm-hearth", "main": "mend", "second": "quench"}

Body: TypeAlias = dict[str, Any]

pytestmark = pytest.mark.django_db


def ask(client: Client, url: str, body: Body) -> Body:
    response = client.post(url, body, content_type="application/json")
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/json"
    answer: Body = response.json()
    return answer


def test_what_is_on_sale_is_listed(client: Client, catalogue: RecipeVersion) -> None:
    response = client.get(RECIPES)

    assert response.json() == {
        "recipes": [
            {
                "slug": "shampoo",
                "name": "Shampoo",
                "version": 1,
                "sha256": catalogue.sha256,
                "mixes": 183,
            }
        ]
    }


def test_a_recipe_is_told_in_full_but_for_shares(client: Client, catalogue: RecipeVersion) -> None:
    recipe = client.get(f"{RECIPES}shampoo/").json()

    assert recipe["sizes"][2] == {"slug": "50ml", "volume_ml": 50, "price": 450, "label": "taster"}
    assert [slot["dose_microlitres"] for slot in recipe["slots"]] == [235_000, 10_000, 5_000]
    assert [len(family["components"]) for family in recipe["families"]] == [4, 8]
    assert recipe["families"][1]["components"][6] == {
        "slug": "reset",
        "name": "Reset",
        "tagline": "Clears oily roots and flakes",
        "colour": "#8C9BAA",
        "glyph": "loop",
        "drawing": "",
        "drawing_style": "fill",
        "flags": ["fragrance", "menthol"],
        "suits": [],
        "surcharge": 0,
        "substances": [
            "Aqua",
            "Limonene",
            "Mentha Piperita Oil",
            "Menthol",
            "Niacinamide",
            "Piroctone Olamine",
            "Polysorbate 20",
            "Propanediol",
            "Sodium Benzoate",
        ],
    }
    assert recipe["rules"][5] == {
        "slug": "protein-cap",
        "kind": "cap",
        "force": "hard",
        "reason": "Too much protein makes hair brittle",
    }
    assert [rule["force"] for rule in recipe["rules"]] == ["hard"] * 8 + ["advice"] * 2
    assert recipe["starters"][1] == {"name": "Slow Sunday", "mix": MIX}
    assert recipe["needs"][0] == {
        "slug": "body",
        "wording": "Body for fine, flat hair",
        "component": "lift",
        "helped_by": ["mend", "reset"],
    }
    assert (recipe["version"], recipe["mixes"], recipe["currency"]) == (1, 183, "GBP")


def test_no_answer_holds_a_share_of_a_composition_or_the_limit_of_a_rule(client: Client) -> None:
    """Numbers are prices, volumes, doses, counts; nothing else, and nothing that is not whole."""
    answers = [
        client.get(RECIPES).json(),
        client.get(f"{RECIPES}shampoo/").json(),
        ask(client, OPTIONS, {"mix": {}}),
        ask(client, CHECK, {"mix": MIX}),
    ]

    found = {(name, type(value)) for answer in answers for name, value in numbers(answer)}

    counted = {"version", "mixes", "count"}
    money = {"price", "surcharge", "low", "high", "free_from", "price_per_100_ml"}
    amounts = {"volume_ml", "dose_microlitres"}
    assert found == {(name, int) for name in counted | money | amounts}
    assert not any(sign in json.dumps(answers) for sign in ("%", "ppm", "percent", '"composition', '"limit'))


def numbers(value: Any, name: str = "") -> list[tuple[str, float]]:
    """Every number of a JSON value with the name that it stands under."""
    if isinstance(value, dict):
        return [found for key, inner in value.items() for found in numbers(inner, key)]
    if isinstance(value, list):
        return [found for inner in value for found in numbers(inner, name)]
    return [(name, value)] if isinstance(value, int | float) and not isinstance(value, bool) else []


def test_all_256_checks_agree_with_brute_force(client: Client) -> None:
    made = 0
    for mix in judge.all_mixes():
        answer = ask(client, CHECK, {"mix": judge.named(mix)})

        assert answer["mix"] == judge.named(mix)
        assert answer["makeable"] == (mix in judge.makeable())
        met = (*judge.met_rules(mix), *judge.met_rules(mix, advice=True))
        assert tuple(rule["slug"] for rule in answer["rules"]) == met
        assert (answer["price"], answer["price_per_100_ml"]) == (judge.price(mix), 560)
        assert answer["ingredients"] == judge.ingredients(mix)
        assert answer["allergens"] == judge.allergens(mix)
        assert answer["flags"] == judge.flags(mix)
        assert answer["avoided"] == []
        assert_repaired(mix, answer["repairs"])
        made += answer["makeable"]

    assert made == 183


def assert_repaired(mix: judge.Mix, repairs: list[Body], avoid: frozenset[str] = frozenset()) -> None:
    """None for what can be made; else one to three different makeable mixes, no nearer one exists."""
    fewest = judge.fewest_changes(mix, avoid)
    if not fewest:
        assert repairs == []
        return
    found = [tuple(repair["mix"].values()) for repair in repairs]
    assert 1 <= len(found) == len(set(found)) <= 3
    for other in found:
        assert other in judge.makeable(avoid)
        assert sum(a != b for a, b in zip(mix, other, strict=True)) == fewest


@pytest.mark.parametrize("seed", range(5))
def test_checks_with_avoid_lists_agree_with_brute_force(client: Client, seed: int) -> None:
    rng = random.Random(seed)
    known = sorted({name for part in judge.components() for name in judge.contents(part)})

    for _ in range(12):
        mix = rng.choice(judge.all_mixes())
        avoid = rng.sample(known, rng.randint(1, 2))
        size = rng.choice(["250ml", "500ml", "50ml"])
        answer = ask(client, CHECK, {"mix": judge.named(mix), "avoid": avoid, "size": size})

        assert answer["makeable"] == (mix in judge.makeable(frozenset(avoid)))
        assert answer["avoided"] == [
            {"slot": slot, "component": part, "contains": found}
            for slot, part in judge.named(mix).items()
            if (found := [name for name in avoid if name in judge.contents(part)])
        ]
        assert (answer["size"], answer["price"], answer["avoid"]) == (size, judge.price(mix, size), avoid)
        assert_repaired(mix, answer["repairs"], frozenset(avoid))


@pytest.mark.parametrize("seed", range(8))
def test_options_for_partial_mixes_and_avoid_lists_agree_with_brute_force(client: Client, seed: int) -> None:
    rng = random.Random(seed)
    flags = ["acids", "menthol", "wheat", "shea", "oat", "nuts", "protein", "fragrance", "coconut-derived"]

    for _ in range(10):
        chosen = {
            slot: part
            for slot, part in judge.named(rng.choice(judge.all_mixes())).items()
            if rng.random() < 0.6
        }
        avoid = rng.sample(flags, rng.choice([0, 0, 1, 2]))
        assert_options(ask(client, OPTIONS, {"mix": chosen, "avoid": avoid}), chosen, frozenset(avoid))


def assert_options(answer: Body, chosen: dict[str, str], avoid: frozenset[str]) -> None:
    left = [judge.named(mix) for mix in judge.makeable(avoid)]
    count = sum(chosen.items() <= mix.items() for mix in left)
    price = {"low": 1400, "high": 1400, "currency": "GBP"} if count else None
    assert (answer["mix"], answer["count"], answer["price"]) == (chosen, count, price)
    for row in answer["slots"]:
        others = {slot: part for slot, part in chosen.items() if slot != row["slug"]}
        kept = {mix[row["slug"]] for mix in left if others.items() <= mix.items()}
        for option in row["components"]:
            assert option["open"] == (option["slug"] in kept)
            assert option["chosen"] == (chosen.get(row["slug"]) == option["slug"])
            assert bool(option["reason"]) != option["open"]
            assert len(option["reason"]) <= 90
            assert set(option["avoided"]) == avoid & judge.contents(option["slug"])
            for choice in option["choices"]:
                assert others[choice["slot"]] == choice["component"]


def test_an_option_that_is_not_open_says_which_choice_and_rule_stand_against_it(client: Client) -> None:
    answer = ask(client, OPTIONS, {"mix": {"main": "mend"}, "avoid": ["oat"]})

    second = {option["slug"]: option for option in answer["slots"][2]["components"]}
    assert second["gleam"] == {
        "slug": "gleam",
        "name": "Gleam",
        "chosen": False,
        "open": False,
        "reason": "Not with Mend: Gleam's acid clouds Mend's wheat protein",
        "rules": ["gleam-mend"],
        "choices": [{"slot": "main", "component": "mend"}],
        "avoided": [],
    }
    assert second["mend"]["reason"] == "Not twice: Too much protein makes hair brittle"
    assert second["calm"]["reason"] == "You asked us to leave out oat."
    assert (second["calm"]["avoided"], second["calm"]["rules"]) == (["oat"], [])
    assert second["quench"]["open"]


def test_options_of_nothing_chosen_are_all_of_the_space(client: Client) -> None:
    answer = ask(client, OPTIONS, {})

    assert (answer["mix"], answer["avoid"], answer["size"], answer["count"]) == ({}, [], "250ml", 183)
    assert all(option["open"] for row in answer["slots"] for option in row["components"])
    assert (answer["delivery"]["price"], answer["delivery"]["free_from"]) == (325, 2800)


def test_nothing_is_left_without_coconut_and_the_api_says_so(client: Client) -> None:
    answer = ask(client, OPTIONS, {"avoid": ["coconut-derived"]})
    verdict = ask(client, CHECK, {"mix": MIX, "avoid": ["coconut-derived"]})

    assert (answer["count"], answer["price"]) == (0, None)
    assert not any(option["open"] for row in answer["slots"] for option in row["components"])
    assert (verdict["makeable"], verdict["repairs"]) == (False, [])


def test_repairs_say_what_they_change(client: Client) -> None:
    mix = {"base": "quiet-linen", "main": "gleam", "second": "gleam"}

    repairs = ask(client, CHECK, {"mix": mix})["repairs"]

    assert repairs == [
        {
            "mix": {"base": "quiet-linen", "main": "lift", "second": "lift"},
            "change": "Main shot: Lift instead of Gleam and Second shot: Lift instead of Gleam",
        },
        {
            "mix": {"base": "orchard-rain", "main": "gleam", "second": "lift"},
            "change": "Base blend: Orchard Rain instead of Quiet Linen and Second shot: Lift instead of Gleam",
        },
        {
            "mix": {"base": "orchard-rain", "main": "lift", "second": "gleam"},
            "change": "Base blend: Orchard Rain instead of Quiet Linen and Main shot: Lift instead of Gleam",
        },
    ]


def test_slots_may_come_in_any_order_and_come_back_in_that_of_the_recipe(client: Client) -> None:
    answer = ask(client, CHECK, {"mix": dict(reversed(MIX.items()))})

    assert list(answer["mix"]) == ["base", "main", "second"]


@pytest.mark.parametrize("url", [CHECK, OPTIONS])
def test_a_question_costs_at_most_two_queries(
    client: Client, url: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ask(client, url, {"mix": MIX})  # a process compiles a version once

    with django_assert_max_num_queries(2):
        ask(client, url, {"mix": MIX, "avoid": ["nuts"]})


@pytest.mark.parametrize("url", [RECIPES, f"{RECIPES}shampoo/"])
def test_reading_recipes_costs_one_query(
    client: Client, url: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client.get(url)

    with django_assert_max_num_queries(1):
        client.get(url)


def test_answers_set_no_cookie(client: Client) -> None:
    for response in (client.get(RECIPES), client.post(CHECK, {"mix": MIX}, content_type="application/json")):
        assert not response.cookies
