"""Rules on the desk of a recipe: what one would do is shown before it is saved, and nothing typed is lost."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client

from configurator.models import Component, Rule, Slot, Substance
from configurator.past_changes import changes_of
from tests.configurator.admin.forms import errors, open_form
from tests.configurator.catalogue_judge import all_mixes, makeable
from tests.configurator.drafts import make_bicycle, make_rule, shampoo
from tests.pages.html import Html, text_of

pytestmark = pytest.mark.django_db


def desk_url() -> str:
    return f"/admin/configurator/recipe/{shampoo().pk}/desk/"


def parts(*slugs: str) -> list[int]:
    return [Component.objects.get(slug=slug).pk for slug in slugs]


def typed(**values: Any) -> dict[str, Any]:
    usual = {"kind": "never-together", "force": "hard", "is_active": "on", "left": parts("lift")}
    return {**usual, "right": parts("calm"), **values}


def effect_of(client: Client, url: str = "", **values: Any) -> str:
    """What is shown while a rule is typed."""
    response = client.post(desk_url() + "effect/" + url, typed(**values))
    assert response.status_code == 200
    return text_of(Html(response.content).root)


def test_it_is_told_at_once_what_a_rule_removes(owners_browser: Client) -> None:
    broken = [mix for mix in all_mixes() if {"lift", "calm"} <= set(mix)]
    lost = [mix for mix in makeable() if mix in broken]

    said = effect_of(owners_browser)

    assert "Lift never together with Calm." in said
    left = len(makeable()) - len(lost)
    assert f"Removes {len(broken)} of 256 mixes, {len(lost)} not already removed; {left} stay." in said
    assert Rule.objects.count() == 10


def test_it_is_told_what_a_rule_leaves_with_nothing(owners_browser: Client) -> None:
    bases = [part.slug for part in Component.objects.filter(family__slug="base-blends")]
    shots = [part.slug for part in Component.objects.filter(family__slug="super-shots")]

    assert "Leaves Warm Hearth with nothing: no mix can hold it any more." in effect_of(
        owners_browser, left=parts("warm-hearth"), right=parts(*shots)
    )
    main = Slot.objects.get(slug="main").pk
    only_main = effect_of(owners_browser, left=parts("lift"), left_slots=[main], right=parts(*bases))
    assert "Lift can no longer be chosen as Main shot." in only_main
    everything = effect_of(owners_browser, kind="at-most", left=parts(*shots), max_number="1")
    assert "Nothing at all can be made any more." in everything
    assert "0 stay." in everything
    assert "The starter" in effect_of(owners_browser, left=parts("warm-hearth"), right=parts("quench"))


def test_advice_removes_nothing_and_an_inactive_rule_does_nothing_yet(owners_browser: Client) -> None:
    lost = [mix for mix in makeable() if {"lift", "calm"} <= set(mix)]

    said = effect_of(owners_browser, force="advice", is_active="")

    assert f"of 256 mixes, {len(lost)} of which can be made. Advice removes nothing." in said
    assert "It is switched off" in said


def test_what_is_not_offered_removes_nothing(owners_browser: Client) -> None:
    Component.objects.filter(slug="lift").update(is_offered=False)

    assert "Removes nothing: what it speaks of is not offered." in effect_of(owners_browser)


def test_each_kind_is_a_sentence(owners_browser: Client) -> None:
    acid = Substance.objects.get(name="Lactic Acid").pk
    second = Slot.objects.get(slug="second").pk

    assert "Lift never twice." in effect_of(owners_browser, right=parts("lift"))
    assert "Lift needs Mend or Calm (as Second shot), because “Soft”." in effect_of(
        owners_browser, kind="needs", right=parts("calm", "mend"), right_slots=[second], reason="Soft"
    )
    assert "At most 1 slot holds Lift." in effect_of(owners_browser, kind="at-most", max_number="1")
    assert "No slot holds Lift." in effect_of(owners_browser, kind="at-most", max_number="0")
    assert "Lactic Acid is at most 0.1 % of the mix." in effect_of(
        owners_browser, kind="cap", substances=[acid], max_percent="0.1"
    )
    assert "grams add up to at most 3." in effect_of(
        owners_browser, kind="cap", amount="grams", max_number="3"
    )


def test_a_rule_half_typed_says_what_is_missing(owners_browser: Client) -> None:
    said = effect_of(owners_browser, right=[])

    assert "This is no whole rule yet: This rule names no component on its right side." in said
    assert "This is no whole rule yet:" in effect_of(owners_browser, kind="nonsense")


def test_the_button_shows_the_same_without_a_script(owners_browser: Client) -> None:
    live = effect_of(owners_browser)

    page = Html(owners_browser.post(desk_url(), typed(action="show")).content)

    (shown,) = [element for element in page.every("div") if element.get("id") == "effect"]
    assert text_of(shown) == live
    assert Rule.objects.count() == 10


def test_a_rule_is_saved_with_its_history(owners_browser: Client, owner: User) -> None:
    response = owners_browser.post(desk_url(), typed(action="save", reason="Flat"), follow=True)

    rule = Rule.objects.get(slug="lift-calm")
    assert (rule.kind, rule.force, rule.reason, rule.is_active) == ("never-together", "hard", "Flat", True)
    assert [part.slug for part in rule.left.all()] == ["lift"]
    assert "The rule lift-calm is saved in the draft." in response.content.decode()
    assert LogEntry.objects.get().user == owner
    owners_browser.post(desk_url(), typed(action="save", reason="Flat"))
    assert Rule.objects.filter(slug="lift-calm-2").exists()


def test_what_another_kind_would_use_is_dropped_since_it_is_out_of_sight(owners_browser: Client) -> None:
    owners_browser.post(desk_url(), typed(action="save", reason="Flat", max_number="3", amount="grams"))

    rule = Rule.objects.get(slug="lift-calm")
    assert (rule.max_number, rule.amount) == (None, "")


def test_a_refusal_loses_nothing_that_was_typed(owners_browser: Client) -> None:
    response = owners_browser.post(desk_url(), typed(action="save", right=[], reason="Flat", slug="My Rule"))

    assert "Use small letters, digits and single hyphens." in errors(response)
    form = open_form(owners_browser, desk_url())
    form = type(form)(desk_url(), response.content.decode())
    assert form["reason"] == "Flat"
    assert form["slug"] == "My Rule"
    assert form["left"] == str(parts("lift")[0])
    assert errors(owners_browser.post(desk_url(), typed(action="save", right=[]))) == [
        "This field is required."
    ]
    assert Rule.objects.count() == 10


def test_a_saved_rule_is_edited_and_its_effect_is_beside_the_others(owners_browser: Client) -> None:
    rule = make_rule("lift-calm", left=["lift"], right=["calm"], reason="Flat")
    url = f"?rule={rule.pk}"
    form = open_form(owners_browser, desk_url() + url)
    assert form["reason"] == "Flat"
    assert "not already removed; 175 stay." in form.html

    wider = effect_of(owners_browser, url, right=parts("calm", "coil"), slug="lift-calm")
    lost = [mix for mix in makeable() if "lift" in mix and {"calm", "coil"} & set(mix)]
    assert f"{len(lost)} not already removed; {183 - len(lost)} stay." in wider
    sent = typed(action="save", reason="Flatter", slug="lift-calm", is_active="")
    refused = owners_browser.post(desk_url() + url, sent).content.decode()
    assert "Say in a few words why" in refused
    assert "Flatter" in refused
    owners_browser.post(desk_url() + url, {**sent, "change_reason": "Words of hers"})

    rule.refresh_from_db()
    assert changes_of(rule)[0].why == "Words of hers"
    assert (rule.reason, rule.is_active, rule.position) == ("Flatter", False, 99)


def test_a_rule_of_another_recipe_is_not_found_here(owners_browser: Client) -> None:
    rule = make_rule(recipe=make_bicycle(), left=["steel"], right=["wide"])

    assert owners_browser.get(f"{desk_url()}?rule={rule.pk}").status_code == 404
    assert owners_browser.post(f"{desk_url()}?rule={rule.pk}", typed(action="save")).status_code == 404
    assert "Select a valid choice" in effect_of(owners_browser, left=parts("steel"))
