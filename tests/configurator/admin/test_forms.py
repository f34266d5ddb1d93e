"""What the admin's forms refuse, told at the form, with nothing saved."""

from typing import Any

import pytest
from django.test import Client

from configurator.models import (
    Amount,
    Component,
    CompositionPart,
    Family,
    Recipe,
    Rule,
    Size,
    Slot,
    Substance,
)
from tests.configurator.admin.forms import Form, errors, open_form
from tests.configurator.drafts import make_bicycle, shampoo

pytestmark = pytest.mark.django_db

SHORT = "Use small letters, digits and single hyphens."


PAGES: dict[str, str] = {}  # the catalogue is the same for every test, so each page is fetched once


def opened(browser: Client, url: str) -> Form:
    if url not in PAGES:
        PAGES[url] = open_form(browser, url).html
    return Form(url, PAGES[url])


def component_form(browser: Client, slug: str = "mend") -> Form:
    return opened(browser, f"/admin/configurator/component/{part(slug)}/change/")


def recipe_form(browser: Client) -> Form:
    return opened(browser, f"/admin/configurator/recipe/{shampoo().pk}/change/")


def rule_form(browser: Client, **values: Any) -> Form:
    usual = {"recipe": shampoo().pk, "slug": "law", "kind": "never-together", "reason": "Because"}
    return opened(browser, "/admin/configurator/rule/add/").fill(**{**usual, **values})


def part(slug: str) -> int:
    return Component.objects.get(slug=slug).pk


def slot(slug: str) -> int:
    return Slot.objects.get(slug=slug).pk


def water() -> int:
    return Substance.objects.get(name="Aqua").pk


def test_a_form_posted_as_it_is_changes_nothing(owners_browser: Client) -> None:
    before = [list(model.objects.values()) for model in (Component, Rule, Slot, Size, CompositionPart)]

    component_form(owners_browser).save(owners_browser)
    recipe_form(owners_browser).save(owners_browser)
    for rule in Rule.objects.all():
        open_form(owners_browser, f"/admin/configurator/rule/{rule.pk}/change/").save(owners_browser)

    assert [
        list(model.objects.values()) for model in (Component, Rule, Slot, Size, CompositionPart)
    ] == before


# Components ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("percent", "said"),
    [
        ("76.1999", "The composition adds up to 99.9999 %. Change a share by +0.0001 % to make it 100 %."),
        ("76.2001", "The composition adds up to 100.0001 %. Change a share by -0.0001 % to make it 100 %."),
        ("6", "The composition adds up to 29.8000 %. Change a share by +70.2000 % to make it 100 %."),
    ],
)
def test_a_composition_that_is_not_whole_is_refused_with_what_is_missing(
    owners_browser: Client, percent: str, said: str
) -> None:
    form = component_form(owners_browser)
    form.fill_row("composition", form.row_of("composition", substance=water()), percent=percent)

    assert errors(form.post(owners_browser)) == [said]

    assert (
        str(CompositionPart.objects.get(component__slug="mend", substance__name="Aqua").percent) == "76.2000"
    )


def test_a_composition_may_be_taken_away_whole(owners_browser: Client) -> None:
    form = component_form(owners_browser)
    for row in range(int(form["composition-TOTAL_FORMS"])):
        form.fill_row("composition", row, DELETE="on")

    form.save(owners_browser)

    assert not CompositionPart.objects.filter(component__slug="mend").exists()


def test_a_row_to_be_deleted_does_not_count(owners_browser: Client) -> None:
    form = component_form(owners_browser)
    form.fill_row("composition", 1, DELETE="on")

    (said,) = errors(form.post(owners_browser))

    assert said.startswith("The composition adds up to 88.0000 %.")
    assert CompositionPart.objects.filter(component__slug="mend").count() == 7


@pytest.mark.parametrize("percent", ["0", "-1", "100.0001", "0.00005", "", "a"])
def test_a_share_is_above_zero_and_at_most_100_in_steps_of_one_part_per_million(
    owners_browser: Client, percent: str
) -> None:
    form = component_form(owners_browser)
    form.fill_row("composition", 1, percent=percent)

    assert errors(form.post(owners_browser))

    assert CompositionPart.objects.filter(component__slug="mend").count() == 7


def test_a_substance_stands_once_in_a_composition(owners_browser: Client) -> None:
    form = component_form(owners_browser)
    form.fill_row("composition", form.row_of("composition", substance=water()), percent="70")
    form.add_row("composition", substance=water(), percent="6.2")

    assert any("duplicate" in said for said in errors(form.post(owners_browser)))

    assert CompositionPart.objects.filter(component__slug="mend").count() == 7


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"colour": "red"}, "Write the colour as #RRGGBB, for example #CFE07A."),
        ({"colour": "#12345"}, "Write the colour as #RRGGBB, for example #CFE07A."),
        ({"colour": "#12345;"}, "Write the colour as #RRGGBB, for example #CFE07A."),
        ({"slug": "none"}, "“none” is kept for a slot that holds nothing."),
        ({"slug": "Mend"}, SHORT),
        ({"slug": "me--nd"}, SHORT),
        ({"slug": "-mend"}, SHORT),
        ({"slug": "лак"}, SHORT),
        ({"slug": "calm"}, "Component with this Short name already exists."),
        ({"glyph": "anvil"}, "Select a valid choice. anvil is not one of the available choices."),
        ({"name": ""}, "This field is required."),
        ({"surcharge": "-1"}, "Ensure this value is greater than or equal to 0."),
        ({"stock_ml": "-1"}, "Ensure this value is greater than or equal to 0."),
    ],
)
def test_a_component_says_what_is_wrong_with_it(
    owners_browser: Client, values: dict[str, str], said: str
) -> None:
    before = Component.objects.values().get(slug="mend")

    response = component_form(owners_browser).fill(**values).post(owners_browser)

    assert errors(response) == [said]
    assert Component.objects.values().get(slug="mend") == before


def test_a_number_that_a_component_carries_has_a_short_name_and_stands_once(owners_browser: Client) -> None:
    form = component_form(owners_browser)
    form.add_row("amounts", name="Grams!", value="3")

    assert errors(form.post(owners_browser)) == [SHORT]
    assert not Amount.objects.exists()


# Recipes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prefix", "row", "values"),
    [
        ("slots", 0, {"dose_ml": "0"}),
        ("slots", 0, {"dose_ml": "0.0004"}),
        ("slots", 0, {"slug": "Base"}),
        ("slots", 0, {"slug": "main"}),
        ("sizes", 0, {"price": "-1"}),
        ("sizes", 0, {"price": "14.50"}),
        ("sizes", 0, {"volume_ml": "0"}),
        ("sizes", 0, {"slug": "500ml"}),
        ("needs", 0, {"slug": "moisture"}),
    ],
)
def test_a_recipe_with_a_row_that_is_wrong_is_refused(
    owners_browser: Client, prefix: str, row: int, values: dict[str, str]
) -> None:
    before = [list(model.objects.values()) for model in (Slot, Size)]

    response = recipe_form(owners_browser).fill_row(prefix, row, **values).post(owners_browser)

    assert errors(response)
    assert [list(model.objects.values()) for model in (Slot, Size)] == before


def test_the_smallest_dose_and_the_smallest_share_are_taken(owners_browser: Client) -> None:
    recipe_form(owners_browser).fill_row("slots", 0, dose_ml="0.001").save(owners_browser)

    assert str(Slot.objects.get(slug="base").dose_ml) == "0.001"


def test_the_short_name_of_a_recipe_on_sale_stays(owners_browser: Client) -> None:
    form = recipe_form(owners_browser)
    assert "slug" not in form.values

    form.values["slug"] = ["soap"]
    form.save(owners_browser)

    assert Recipe.objects.get().slug == "shampoo"


# Rules --------------------------------------------------------------------------------------------------------------

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
    assert Family.objects.count() == 2
