"""The desk of a recipe: what it shows of the draft, to whom, and the answers of its tester."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from configurator.models import Component, CompositionPart, Family, Recipe, Rule
from tests.configurator.admin.forms import open_form
from tests.configurator.catalogue_judge import all_mixes, makeable, met_rules
from tests.configurator.drafts import make_bicycle, make_component, make_rule, publish, shampoo
from tests.pages.html import Html, text_of

pytestmark = pytest.mark.django_db


def desk_url(recipe: Recipe | None = None) -> str:
    return f"/admin/configurator/recipe/{(recipe or shampoo()).pk}/desk/"


def read(client: Client, url: str) -> str:
    """All text of a page, with single spaces."""
    response = client.get(url)
    assert response.status_code == 200
    return text_of(Html(response.content).root)


def test_it_is_linked_from_the_recipe_and_from_the_list(owners_browser: Client) -> None:
    for url in ("/admin/configurator/recipe/", f"/admin/configurator/recipe/{shampoo().pk}/change/"):
        assert f'href="{desk_url()}"' in owners_browser.get(url).content.decode()


def test_slots_components_and_rules_are_on_one_page(owners_browser: Client) -> None:
    said = read(owners_browser, desk_url())

    assert "This draft is what is on sale. Of 256 mixes 183 can be made." in said
    assert "Main shot Super-shots 10 ml no" in said
    assert "Mend offered 10000 ml free 100 %" in said
    assert "Gleam never together with Mend, because “Gleam's acid clouds Mend's wheat protein”." in said
    assert (
        "Hydrolyzed Rice Protein and Hydrolyzed Wheat Protein together are at most 0.6 % of the mix, because"
        in said
    )
    assert "Advice only: Lift never together with Quench" in said
    assert "None found: every rule has an effect, and every component can be chosen." in said


def test_the_state_of_a_component_is_said(owners_browser: Client) -> None:
    Component.objects.filter(slug="mend").update(is_offered=False)
    Component.objects.filter(slug="calm").update(stock_ml=30, reserved_ml=30)
    Component.objects.filter(slug="lift").update(stock_ml=30, reserved_ml="12.5")
    CompositionPart.objects.filter(component__slug="coil").first().delete()  # type: ignore[union-attr]

    said = read(owners_browser, desk_url())

    assert "Mend not offered" in said
    assert "Calm offered out of stock" in said
    assert "Lift offered 17.5 ml free" in said
    assert re.search(r"Coil offered 10000 ml free [\d.]+ %, not 100 %", said)
    assert "rule gleam-mend: what it speaks of is not offered" in said
    assert "(speaks of nothing that is offered)" in said


def test_the_page_costs_the_same_queries_however_many_rules_there_are(owners_browser: Client) -> None:
    owners_browser.get(desk_url())
    with CaptureQueriesContext(connection) as before:
        owners_browser.get(desk_url())
    for i in range(5):
        make_rule(f"law-{i}", left=["lift"], right=["calm"])
        make_component(f"new-{i}")
    with CaptureQueriesContext(connection) as after:
        owners_browser.get(desk_url())

    assert len(after) == len(before)


def test_every_cell_of_the_picture_is_what_its_mix_is(owners_browser: Client) -> None:
    page = Html(owners_browser.get(desk_url()).content)
    tables = [table for table in page.every("table") if table.get("class") == "space"]
    cells = [cell for table in tables for cell in table.iter("td")]

    assert [len(list(table.iter("td"))) for table in tables] == [64] * 4
    for mix, cell in zip(all_mixes(), cells, strict=True):
        broken, advised = met_rules(mix), met_rules(mix, advice=True)
        kind = "forbidden" if broken else "advice" if advised else "makeable"
        assert cell.get("class") == kind
        assert text_of(cell).startswith({"forbidden": "✕", "advice": "!", "makeable": "✓Can be made."}[kind])
        reasons = (
            [Rule.objects.get(slug=slug).reason for slug in broken or advised] if kind != "makeable" else []
        )
        assert all(reason in text_of(cell) for reason in reasons)


def test_the_picture_has_headers_and_numbers_that_are_explained(owners_browser: Client) -> None:
    page = Html(owners_browser.get(desk_url()).content)
    table = next(table for table in page.every("table") if table.get("class") == "space")
    heads = [text_of(head) for head in table.iter("th")]

    assert heads[0] == "Main shot ↓ Second shot →"
    assert heads[1:9] == heads[9:]
    assert "1. Gleam never together with Mend" in text_of(page.root)


def test_a_recipe_of_one_slot_more_shows_counts_and_a_sample(owners_browser: Client) -> None:
    recipe = make_bicycle()
    family = Family.objects.create(slug="locks", name="Locks")
    recipe.slots.create(slug="lock", name="Lock", family=family, position=9)
    make_component("ring", family="locks", shares={})
    make_component("bow", family="locks", shares={})
    make_rule(recipe=recipe, left=["steel"], right=["ring"])

    said = read(owners_browser, desk_url(recipe))

    assert "Of 16 mixes 12 can be made." in said
    assert "Alloy 8 Steel 4" in said
    assert "Some mixes, drawn at random" in said
    assert read(owners_browser, desk_url(recipe)) == said


def test_a_recipe_without_slots_says_what_to_do(owners_browser: Client) -> None:
    said = read(owners_browser, desk_url(Recipe.objects.create(slug="soap", name="Soap")))

    assert "There are no slots yet, so there is nothing to mix. Add slots" in said
    assert "This recipe is not on sale yet." in said


def test_a_slot_with_nothing_to_put_there_is_no_error(owners_browser: Client) -> None:
    recipe = make_bicycle()
    Component.objects.filter(slug="brass").delete()
    recipe.slots.filter(slug="bell").update(is_optional=False)

    said = read(owners_browser, desk_url(recipe))

    assert "the family Bells has no component to put here" in said


def test_slips_are_said_in_words(owners_browser: Client) -> None:
    make_rule("again", left=["gleam"], right=["mend"])
    make_rule("never-lift", kind=Rule.Kind.AT_MOST, left=["lift"], max_number=0)
    make_rule("unread", force=Rule.Force.ADVICE, left=["lift"], right=["vivid"])

    said = read(owners_browser, desk_url())

    assert "Rule again changes nothing" in said
    assert "Lift can never be chosen as Main shot: the rules forbid every mix with it." in said
    assert "Advice unread is never read: no mix that can be made goes against it." in said


def test_rules_that_leave_nothing_are_named(owners_browser: Client) -> None:
    parts = Component.objects.filter(family__slug="super-shots").values_list("slug", flat=True)
    make_rule("none-at-all", kind=Rule.Kind.AT_MOST, left=list(parts), max_number=1)

    said = read(owners_browser, desk_url())

    assert "Together these rules leave no mix at all: none-at-all. Loosen one of them." in said


def test_the_tester_names_the_rules_and_the_nearest_ways_out(owners_browser: Client) -> None:
    make_rule("lift-calm", left=["lift"], right=["calm"], reason="Flat")
    query = "?try-base=warm-hearth&try-main=lift&try-second=calm"

    said = read(owners_browser, desk_url() + query)

    draft, on_sale = said.split("The draft")[1].split("On sale")
    assert "Cannot be made. Rule lift-calm: Flat." in draft
    assert "The nearest that can be made:" in draft
    assert "instead of" in draft
    assert "Can be made." in on_sale


def test_the_tester_takes_some_choices_and_says_how_many_mixes_hold_them(owners_browser: Client) -> None:
    held = [mix for mix in makeable() if mix[1] == "mend"]

    assert f"Mixes with this choice: {len(held)}." in read(owners_browser, desk_url() + "?try-main=mend")
    clash = read(owners_browser, desk_url() + "?try-main=gleam&try-second=mend")
    assert "Cannot be made. These do not go together: Gleam and Mend. Rule gleam-mend:" in clash


def test_the_tester_knows_what_is_only_in_the_draft(owners_browser: Client) -> None:
    make_component("moss")

    said = read(owners_browser, desk_url() + "?try-main=moss&try-nothing=x")

    assert said.count("Does not have what you chose:") == 2
    assert "main: moss" in said.split("On sale")[1]


def test_it_shows_what_differs_from_what_is_on_sale(owners_browser: Client) -> None:
    make_rule("lift-calm", left=["lift"], right=["calm"])
    assert "This draft differs from what is on sale, Shampoo, version 1." in read(owners_browser, desk_url())

    publish()

    assert "This draft is what is on sale. Of 256 mixes 175 can be made." in read(owners_browser, desk_url())


def test_who_may_only_look_gets_no_editor(client: Client, stranger: User) -> None:
    client.force_login(stranger)
    assert client.get(desk_url()).status_code == 403

    stranger.user_permissions.set(Permission.objects.filter(codename="view_recipe"))
    said = read(client, desk_url())

    assert "Gleam never together with Mend" in said
    assert "Save in the draft" not in said
    for action in ("save", "show"):
        assert client.post(desk_url(), {"action": action}).status_code == 403
    assert client.post(desk_url() + "effect/", {}).status_code == 403
    assert Rule.objects.count() == 10


@pytest.mark.parametrize("query", ["?rule=99999", "?rule=x", "?component=99999", "?component=²"])
def test_what_is_not_there_is_not_found(owners_browser: Client, query: str) -> None:
    assert owners_browser.get(desk_url() + query).status_code == 404
    assert owners_browser.get("/admin/configurator/recipe/99999/desk/").status_code == 404


def test_a_composition_is_saved_from_the_desk(owners_browser: Client) -> None:
    mend = Component.objects.get(slug="mend")
    form = open_form(owners_browser, f"{desk_url()}?component={mend.pk}")
    assert "Adds up to 100 %." in form.html
    first = form["composition-0-percent"]

    wrong = {**form.values, "action": "composition", "composition-0-percent": "1"}
    said = owners_browser.post(form.url, wrong).content.decode()

    assert "Change a share by" in said
    assert 'name="composition-0-percent" value="1"' in said
    assert f"{mend.composition.order_by('-percent')[0].percent.normalize():f}" == f"{float(first):g}"
    assert owners_browser.post(form.url, {**form.values, "action": "composition"}).status_code == 302
