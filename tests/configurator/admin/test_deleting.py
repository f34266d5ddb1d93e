"""A row that others hold is not deleted, and the page leads on; rows without a name are not shown before a deletion."""

import html
import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from configurator.models import Component, Family, Flag, HairType, Need, Recipe, Slot, Starter, Substance
from tests.configurator.drafts import make_rule, shampoo
from tests.configurator.plans import make_plan

pytestmark = pytest.mark.usefixtures("catalogue")


def page(row: Model, name: str = "change") -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk])


def read(answer: Any) -> str:
    """What stands on the page, with one space between words."""
    found = re.search(r'<div id="content".*?<footer', answer.content.decode(), re.DOTALL)
    assert found is not None
    return html.unescape(" ".join(found[0].split()))


def delete_several(browser: Client, rows: Any) -> Any:
    path = reverse(f"admin:configurator_{rows[0]._meta.model_name}_changelist")
    return browser.post(path, {"action": "delete_selected", "_selected_action": [row.pk for row in rows]})


def test_a_component_in_use_leads_to_each_that_holds_it_and_to_offered(owners_browser: Client) -> None:
    mend = Component.objects.get(slug="mend")
    rule = make_rule("law", left=["mend"], right=["mend", "lift"])
    need, starter = Need.objects.filter(component=mend)[0], Starter.objects.filter(parts__component=mend)[0]

    text = read(owners_browser.get(page(mend, "delete")))

    assert text.count(f'<a href="{page(rule)}">Rule: law (Shampoo)</a>') == 1
    assert f'<a href="{page(need)}">Need: {need} (Shampoo)</a>' in text
    assert f'<a href="{page(starter)}">Starter: {starter} (Shampoo)</a>' in text
    assert "untick “Offered” on its page" in text
    assert f'<a href="{page(mend)}">Open Mend</a>' in text
    assert "Starter part" not in text
    assert "<form" not in text


def test_several_of_which_one_is_in_use_stay_and_each_can_be_opened(owners_browser: Client) -> None:
    mend = Component.objects.get(slug="mend")
    idle = Component.objects.create(slug="idle", name="Idle", family=mend.family)

    text = read(delete_several(owners_browser, [idle, mend]))

    assert "None of what you chose is deleted" in text
    assert "untick “Offered” on its page" in text
    assert {f'<a href="{page(row)}">Open {row}</a>' in text for row in (idle, mend)} == {True}
    assert Component.objects.filter(pk=idle.pk).exists()


def _held_flag() -> Flag:
    flag = Flag.objects.create(slug="new", name="New")
    Component.objects.get(slug="mend").flags.add(flag)
    return flag


def _held_hair_type() -> HairType:
    hair_type = HairType.objects.create(slug="new", name="New")
    Component.objects.get(slug="mend").suits.add(hair_type)
    return hair_type


def _held_slot() -> Slot:
    make_rule("law", left=["mend"], right=["lift"], left_slots=["main"])
    return Slot.objects.get(recipe=shampoo(), slug="main")


def _planned() -> Recipe:
    make_plan()
    return shampoo()


@pytest.mark.parametrize(
    ("find", "held_by", "way_on"),
    [
        (
            lambda: Family.objects.filter(components__slug="mend")[0],
            "Component: Mend",
            "another family first",
        ),
        (
            lambda: Substance.objects.filter(pk__in=substances())[0],
            "Component: ",
            "Take it out of each of these",
        ),
        (_held_flag, "Component: Mend", "Take it out of each of these"),
        (_held_hair_type, "Component: Mend", "Take it out of each of these"),
        (_held_slot, "Rule: law (Shampoo)", "Take it out of each of these"),
        (shampoo, "Recipe version: Shampoo, version 1", "change its draft and publish that"),
        (_planned, "Shampoo", "change its draft and publish that"),
    ],
    ids=["family", "substance", "flag", "hair type", "slot", "recipe", "planned recipe"],
)
def test_whatever_else_is_in_use_says_by_what_and_the_way_on(
    owners_browser: Client, find: Any, held_by: str, way_on: str
) -> None:
    row = find()

    for answer in (owners_browser.get(page(row, "delete")), delete_several(owners_browser, [row])):
        text = read(answer)
        assert held_by in text
        assert way_on in text
        assert f'<a href="{page(row)}">Open {row}</a>' in text
    refused = owners_browser.post(page(row, "delete"), {"post": "yes", "change_reason": "Gone"})
    assert refused.status_code == 200
    assert type(row).objects.filter(pk=row.pk).exists()


def substances() -> Any:
    return Component.objects.get(slug="mend").composition.values("substance")


def test_what_ties_rows_together_is_neither_listed_nor_counted(owners_browser: Client) -> None:
    rule = make_rule("law", left=["mend"], right=["lift"], left_slots=["main"])

    for answer in (owners_browser.get(page(rule, "delete")), delete_several(owners_browser, [rule])):
        text = read(answer)
        assert "relationship" not in text
        assert "object (" not in text
        assert "<li>Rules: 1</li>" in text
        assert 'name="change_reason"' in text


def test_a_group_of_ones_own_is_deleted_as_plainly(owners_browser: Client) -> None:
    group = Group.objects.create(name="Guests")
    group.permissions.add(Permission.objects.all()[0])

    text = read(owners_browser.get(page(group, "delete")))

    assert "Guests" in text
    assert "relationship" not in text
