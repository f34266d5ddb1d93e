"""What the admin's forms refuse, told at the form, with nothing saved."""

import pytest
from django.test import Client

from configurator.models import (
    Amount,
    Component,
    CompositionPart,
    Recipe,
    Rule,
    Size,
    Slot,
    Substance,
)
from tests.configurator.admin.forms import Form, errors, open_form, open_once
from tests.configurator.drafts import shampoo

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

SHORT = "Use small letters, digits and single hyphens."


def component_form(browser: Client, slug: str = "mend") -> Form:
    return open_once(browser, f"/admin/configurator/component/{part(slug)}/change/")


def recipe_form(browser: Client) -> Form:
    return open_once(browser, f"/admin/configurator/recipe/{shampoo().pk}/change/")


def part(slug: str) -> int:
    return Component.objects.get(slug=slug).pk


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


@pytest.mark.parametrize("typed", ["14.00", "14,00", "14.0"])
def test_a_price_in_pounds_is_not_taken_for_pence(owners_browser: Client, typed: str) -> None:
    form = component_form(owners_browser)
    form.fill(surcharge=typed)

    said = errors(form.post(owners_browser))

    assert "Write a whole number, without a point or comma: prices are in pence." in str(said)
    assert Component.objects.get(slug="mend").surcharge == 0


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
