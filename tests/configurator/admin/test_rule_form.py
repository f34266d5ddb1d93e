"""What the form of a rule refuses: each kind has what it takes, nothing else, and slots of its own recipe."""

from typing import Any

import pytest
from django.test import Client

from configurator.models import Component, Rule, Slot, Substance
from tests.configurator.admin.forms import Form, errors, open_once
from tests.configurator.drafts import make_bicycle, shampoo

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SHORT = "Use small letters, digits and single hyphens."


def rule_form(browser: Client, **values: Any) -> Form:
    usual = {"recipe": shampoo().pk, "slug": "law", "kind": "never-together", "reason": "Because"}
    return open_once(browser, "/admin/configurator/rule/add/").fill(**{**usual, **values})


def part(slug: str) -> int:
    return Component.objects.get(slug=slug).pk


def slot(slug: str) -> int:
    return Slot.objects.get(slug=slug).pk


def water() -> int:
    return Substance.objects.get(name="Aqua").pk


NO_LEFT, NO_RIGHT = (
    "This rule names no component on its left side.",
    "This rule names no component on its right side.",
)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, [NO_LEFT, NO_RIGHT]),
        ({"kind": "needs"}, [NO_LEFT, NO_RIGHT]),
        ({"kind": "at-most"}, [NO_LEFT, "This rule says not how many slots it allows."]),
        (
            {"kind": "cap"},
            [
                "This rule has no limit.",
                "This rule does not say what to sum up: substances, or a number that components carry.",
            ],
        ),
        ({"kind": "cap", "amount": "grams", "max_number": ""}, ["This rule has no limit."]),
        ({"kind": "cap", "amount": "Grams", "max_number": "5"}, [SHORT]),
        ({"kind": ""}, ["This field is required."]),
        ({"recipe": []}, ["This field is required."]),
        ({"reason": ""}, ["This field is required."]),
        ({"reason": "x" * 91}, ["Ensure this value has at most 90 characters (it has 91)."]),
        ({"slug": "gleam-mend"}, ["Rule with this Recipe and Short name already exists."]),
    ],
)
def test_a_rule_that_lacks_what_its_kind_takes_is_refused(
    owners_browser: Client, values: dict[str, Any], said: list[str]
) -> None:
    if "slug" in values or "reason" in values:
        values = {**values, "left": [part("lift")], "right": [part("calm")]}

    response = rule_form(owners_browser, **values).post(owners_browser)

    assert errors(response) == said
    assert Rule.objects.count() == 10


def test_a_rule_with_what_its_kind_makes_no_use_of_is_refused(owners_browser: Client) -> None:
    sides = {"left": [part("lift")], "right": [part("calm")]}
    cases: list[tuple[dict[str, Any], str]] = [
        ({"max_number": "1", **sides}, "“At most, number”"),
        ({"kind": "needs", "max_percent": "0.5", "substances": [water()], **sides},
         "“Substances to sum up”, “At most, % w/w”"),
        ({"kind": "at-most", "max_number": "1", **sides}, "“And any of these”"),
        ({"kind": "cap", "amount": "grams", "max_number": "5", "left": [part("lift")]}, "“Any of these”"),
        ({"kind": "cap", "amount": "grams", "max_number": "5", "left_slots": [slot("main")]},
         "“Only in these slots”"),
    ]  # fmt: skip

    for values, fields in cases:
        response = rule_form(owners_browser, **values).post(owners_browser)
        assert errors(response) == [f"This rule does not use {fields}; empty this."]

    assert Rule.objects.count() == 10


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"kind": "at-most", "max_percent": "2"},
            [
                "This rule says not how many slots it allows.",
                "This rule does not use “At most, % w/w”; empty this.",
            ],
        ),
        (
            {"kind": "cap", "amount": "grams", "max_percent": "2"},
            ["This rule has no limit.", "This rule does not use “At most, % w/w”; empty this."],
        ),
        (
            {"kind": "cap", "max_number": "2"},
            ["This rule has no limit.", "This rule does not use “At most, number”; empty this."],
        ),
    ],
)
def test_a_limit_in_the_unit_of_another_kind_is_refused(
    owners_browser: Client, values: dict[str, Any], said: list[str]
) -> None:
    if values["kind"] == "at-most":
        values = {**values, "left": [part("lift")]}
    elif "amount" not in values:
        values = {**values, "substances": [water()]}

    assert errors(rule_form(owners_browser, **values).post(owners_browser)) == said

    assert Rule.objects.count() == 10


def test_a_slot_of_another_recipe_is_refused(owners_browser: Client) -> None:
    make_bicycle()
    form = rule_form(owners_browser, left=[part("lift")], right=[part("calm")])

    for side in ("left_slots", "right_slots"):
        form.fill(left_slots=[], right_slots=[]).fill(**{side: [slot("main"), slot("bell")]})
        assert errors(form.post(owners_browser)) == ["This rule names a slot of another recipe."]

    assert Rule.objects.count() == 10


@pytest.mark.parametrize("field", ["left", "right", "left_slots", "right_slots", "substances", "recipe"])
def test_a_choice_that_is_gone_is_refused_not_an_error_of_ours(owners_browser: Client, field: str) -> None:
    form = rule_form(owners_browser, left=[part("lift")], right=[part("calm")])

    (said,) = errors(form.fill(**{field: ["99999"]}).post(owners_browser))

    assert said.startswith("Select a valid choice.")
    assert Rule.objects.count() == 10


def test_a_cap_on_substances_is_not_for_goods_without_doses(owners_browser: Client) -> None:
    bicycle = make_bicycle()
    form = rule_form(owners_browser, recipe=bicycle.pk, kind="cap", substances=[water()], max_percent="5")

    assert errors(form.post(owners_browser)) == ["This rule sums up substances, but the slots have no doses."]

    assert Rule.objects.count() == 10


def test_a_whole_rule_of_each_kind_is_saved(owners_browser: Client) -> None:
    sides = {"left": [part("lift")], "right": [part("calm")], "left_slots": [slot("main")]}
    rule_form(owners_browser, slug="a", **sides).save(owners_browser)
    rule_form(owners_browser, slug="b", kind="needs", force="advice", **sides).save(owners_browser)
    rule_form(owners_browser, slug="c", kind="at-most", left=[part("lift")], max_number="0").save(
        owners_browser
    )
    rule_form(owners_browser, slug="d", kind="cap", substances=[water()], max_percent="0").save(
        owners_browser
    )
    rule_form(owners_browser, slug="e", kind="cap", amount="grams", max_number="-3").save(owners_browser)

    saved = Rule.objects.filter(slug__in="abcde").order_by("slug")

    assert [(rule.kind, rule.force, rule.max_number) for rule in saved] == [
        ("never-together", "hard", None),
        ("needs", "advice", None),
        ("at-most", "hard", 0),
        ("cap", "hard", None),
        ("cap", "hard", -3),
    ]
    assert [part.slug for part in saved[0].right.all()] == ["calm"]
