"""Every change of what is sold says why: one field on each page, also before something is deleted (A3)."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse

from configurator.admin.history import KeepsHistory
from configurator.history import TRACKED
from configurator.models import Component, Family, Flag, HairType, Rule, Slot, Substance
from tests.configurator.admin.forms import errors, open_form
from tests.configurator.drafts import make_rule

pytestmark = pytest.mark.usefixtures("catalogue")

WHY = "Say in a few words why, so that others understand it later."
EDITED = [model for model in TRACKED if model in admin.site._registry]
NAMES = [Family, Substance, Flag, HairType]


def page(row: Model, name: str = "change") -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk])


def records(kind: type[Any]) -> list[tuple[str, str]]:
    """How each of the newest three came about, and why, newest first."""
    found = kind.history.order_by("-history_id").values_list("history_type", "history_change_reason")
    return [(how, why or "") for how, why in found[:3]]


def take_back_newest(client: Client, row: Model) -> None:
    text = client.get(page(row, "history")).content.decode()
    found = re.search(r'name="at" value="([^"]+)"', text)
    assert found is not None
    sent = {"at": found[1].replace("&#x2B;", "+")}
    assert client.post(page(row, "take_back"), sent).status_code == 302


def test_what_a_formulator_edits_keeps_records() -> None:
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    edited = {
        model
        for model, each in admin.site._registry.items()
        if model._meta.app_label == "configurator" and each.has_change_permission(request)
    }

    assert {model._meta.model_name for model in edited - set(TRACKED)} == {"benchday"}
    assert all(isinstance(admin.site._registry[model], KeepsHistory) for model in edited & set(TRACKED))


@pytest.mark.parametrize("model", EDITED, ids=lambda model: model._meta.model_name)
def test_no_row_is_changed_without_a_reason(owners_browser: Client, model: type[Model]) -> None:
    row = model._default_manager.order_by("pk").first()
    assert row is not None
    form = open_form(owners_browser, page(row))
    before = records(model)

    refused = form.fill(change_reason="").post(owners_browser)

    assert errors(refused) == [WHY]
    assert records(model) == before


@pytest.mark.parametrize("model", NAMES, ids=lambda model: model._meta.model_name)
def test_a_name_says_what_it_was_and_comes_back(owners_browser: Client, model: type[Any]) -> None:
    row = model.objects.order_by("pk").first()
    before = row.name
    form = open_form(owners_browser, page(row))

    form.fill(name="Otherwise", change_reason="A slip of the pen").save(owners_browser)

    text = owners_browser.get(page(row, "history")).content.decode()
    assert f"{before} → Otherwise" in text
    assert "A slip of the pen" in text
    take_back_newest(owners_browser, row)
    row.refresh_from_db()
    assert row.name == before


def test_a_price_keeps_the_reason_and_what_was_typed_stays_when_it_lacks(owners_browser: Client) -> None:
    mend = Component.objects.get(slug="mend")
    form = open_form(owners_browser, page(mend)).fill(surcharge=75, change_reason="")

    refused = form.post(owners_browser)

    assert errors(refused) == [WHY]
    assert 'name="surcharge" value="75"' in refused.content.decode()
    form.fill(change_reason="Dearer oil").save(owners_browser)
    assert records(Component)[0] == ("~", "Dearer oil")


def test_what_is_new_needs_no_reason(owners_browser: Client) -> None:
    owners_browser.post("/admin/configurator/flag/add/", {"name": "Bees", "slug": "bees"})

    assert records(Flag)[0] == ("+", "New.")


def test_a_rule_is_not_deleted_without_a_reason_and_its_record_carries_it(owners_browser: Client) -> None:
    rule = make_rule("wrong", left=["lift"], right=["calm"])
    path = page(rule, "delete")
    assert 'name="change_reason"' in owners_browser.get(path).content.decode()

    refused = owners_browser.post(path, {"post": "yes", "change_reason": " "})

    assert errors(refused) == [WHY]
    assert Rule.objects.filter(slug="wrong").exists()
    answer = owners_browser.post(path, {"post": "yes", "change_reason": "They mix well"}, follow=True)
    assert not Rule.objects.filter(slug="wrong").exists()
    assert records(Rule)[0] == ("-", "They mix well")
    assert f'href="{page(rule, "history")}"' in answer.content.decode()


def test_several_rows_are_not_deleted_without_a_reason_and_come_back_together(owners_browser: Client) -> None:
    rules = [make_rule(slug, left=["lift"], right=["calm"]) for slug in ("one", "two")]
    path = "/admin/configurator/rule/"
    sent: dict[str, Any] = {"action": "delete_selected", "_selected_action": [rule.pk for rule in rules]}
    assert 'name="change_reason"' in owners_browser.post(path, sent).content.decode()

    refused = owners_browser.post(path, {**sent, "post": "yes", "change_reason": ""})

    assert errors(refused) == [WHY]
    assert Rule.objects.filter(slug__in=["one", "two"]).count() == 2
    owners_browser.post(path, {**sent, "post": "yes", "change_reason": "Tried out"})
    assert records(Rule)[:2] == [("-", "Tried out")] * 2
    assert not Rule.objects.filter(slug__in=["one", "two"]).exists()

    take_back_newest(owners_browser, rules[0])

    assert Rule.objects.filter(slug__in=["one", "two"]).count() == 2


@pytest.mark.parametrize(
    ("model", "find"),
    [
        (Flag, {"components__slug": "mend"}),
        (Component, {"slug": "mend"}),
        (Slot, {"slug": "main"}),
    ],
)
def test_what_others_choose_among_several_is_not_taken_from_them_unseen(
    owners_browser: Client, model: type[Any], find: dict[str, str]
) -> None:
    """Rows that only refer to it would lose it without a record."""
    row = model.objects.filter(**find).first()
    if row is None:
        row = Flag.objects.create(slug="new", name="New")
        Component.objects.get(slug="mend").flags.add(row)
    make_rule("law", left=["mend"], right=["lift"], left_slots=["main"])

    answer = owners_browser.post(page(row, "delete"), {"post": "yes", "change_reason": "Gone"})

    assert f"“{row}” stays: " in answer.content.decode()
    assert model.objects.filter(pk=row.pk).exists()
