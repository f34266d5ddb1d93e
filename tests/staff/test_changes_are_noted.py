"""Every change that staff make through the admin is one entry of the audit: who, which row, which fields, and why."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from configurator.models import (
    BenchDay,
    Component,
    DeliveryTerms,
    Family,
    Flag,
    HairType,
    Need,
    Recipe,
    RecipeVersion,
    Rule,
    Slot,
    Starter,
    Substance,
)
from configurator.planning import call_off, plan_publish
from staff.models import AuditEntry
from tests.configurator.admin.forms import open_form
from tests.configurator.drafts import make_owner, make_rule, shampoo
from tests.orders.make import make_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]

NEW: dict[type[Model], dict[str, Any]] = {  # something else for a field of each model that has a form
    BenchDay: {"note": "Fair"},
    Component: {"stock_ml": "1234.000"},
    DeliveryTerms: {"price": 123},
    Family: {"name": "Other"},
    Flag: {"name": "Other"},
    Group: {"name": "Other"},
    HairType: {"name": "Other"},
    Need: {"wording": "Something other"},
    Recipe: {"staff_note": "Other"},
    Rule: {"reason": "Other"},
    Slot: {"hint": "Other"},
    Starter: {"name": "Other"},
    Substance: {"name": "Other"},
    User: {"last_name": "Other"},
}


@pytest.fixture
def browser(client: Client) -> Client:
    client.force_login(make_owner())
    return client


def any_row(model: type[Model]) -> Model:
    if model is Group:
        return Group.objects.create(name="Beside the roles")
    if model is User:
        return User.objects.create_user("colleague", is_staff=True)
    if model is BenchDay:
        return BenchDay.objects.create(day=date(2026, 12, 24))
    row = model._default_manager.order_by("pk").first()
    assert row is not None
    return row


def noted() -> list[AuditEntry]:
    """What was noted since the sign-in, apart from looking."""
    return list(AuditEntry.objects.exclude(kind__in=["signed_in", "looked"]).order_by("id"))


def page(row: Model, name: str = "change") -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{name}", args=[row.pk])


def changeable() -> list[type[Model]]:
    request = RequestFactory().get("/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    found = [model for model, each in admin.site._registry.items() if each.has_change_permission(request)]
    return sorted(found, key=lambda model: model._meta.label)


def test_no_form_is_forgotten_here() -> None:
    assert set(changeable()) == set(NEW)


@pytest.mark.parametrize("model", changeable(), ids=lambda model: model._meta.label_lower)
def test_a_saved_form_is_one_entry(browser: Client, model: type[Model]) -> None:
    row = any_row(model)

    open_form(browser, page(row)).fill(**NEW[model]).save(browser)

    (entry,) = noted()
    assert entry.who == "olive"
    if model in (User, Group):
        assert entry.kind in ("person_changed", "roles_changed")
        return
    (field,) = NEW[model]
    column: Any = model._meta.get_field(field)
    assert entry.kind == "changed"
    assert entry.about.startswith(f"{model._meta.verbose_name}: ")
    assert str(column.verbose_name).casefold() in entry.note.casefold()


def test_a_change_of_stock_and_of_a_price_says_why_and_of_which_component(browser: Client) -> None:
    mend = Component.objects.get(slug="mend")
    form = open_form(browser, page(mend))

    form.fill(stock_ml="1000.000", surcharge=50, change_reason="Counted on Friday").save(browser)

    (entry,) = noted()
    assert (entry.kind, entry.who, entry.about) == ("changed", "olive", "component: Mend")
    assert entry.network == "127.0.0.1"
    assert entry.note == "Changed Surcharge and Stock, ml. Why: Counted on Friday"


def test_what_is_added_and_what_is_deleted_is_noted_each_row_by_itself(browser: Client) -> None:
    browser.post("/admin/configurator/flag/add/", {"name": "Bees", "slug": "bees"})
    rules = [make_rule(slug, left=["lift"], right=["calm"]) for slug in ("one", "two")]
    sent = {"action": "delete_selected", "_selected_action": [rule.pk for rule in rules], "post": "yes"}
    browser.post("/admin/configurator/rule/", {**sent, "change_reason": "They were for a test"})
    browser.post(page(Flag.objects.get(slug="bees"), "delete"), {"post": "yes", "change_reason": "A slip"})

    added, *rules_gone, flag_gone = [(entry.about, entry.note) for entry in noted()]
    assert added == ("flag: Bees", "Added.")
    assert sorted(rules_gone) == [
        ("rule: one", "Deleted. Why: They were for a test"),
        ("rule: two", "Deleted. Why: They were for a test"),
    ]
    assert flag_gone == ("flag: Bees", "Deleted. Why: A slip")


def test_a_decision_keeps_its_reason_without_who_bought(browser: Client) -> None:
    order = make_order(paid=True)
    address = f"/admin/orders/order/cancel/?order={order.pk}"
    form = open_form(browser, address)

    form.fill(reason="She rang us").save(browser)

    (entry,) = noted()
    assert (entry.kind, entry.about) == ("changed", f"order: {order.number}")
    assert entry.note == "Cancel and refund. Why: She rang us"
    assert order.email not in f"{entry.about} {entry.note}"


def test_days_that_are_closed_and_opened_again_are_one_entry_each(browser: Client) -> None:
    first = timezone.localdate() + timedelta(days=30)
    last = first + timedelta(days=6)
    browser.post("/admin/configurator/benchday/close/", {"first": first, "last": last, "note": "Fair"})
    days = BenchDay.objects.filter(is_closed=True)
    sent = {"action": "open_again", "_selected_action": [day.pk for day in days]}
    browser.post("/admin/configurator/benchday/", sent)

    closed, opened = noted()
    assert closed.note.startswith("Closed. Fair 2")
    assert opened.note.startswith("Open again. 2")
    assert closed.about == opened.about


def test_a_plan_and_its_end_are_noted_and_a_publish_only_as_one() -> None:
    make_rule("new-law", left=["lift"], right=["coil"])
    owner, now = make_owner(), timezone.now()

    plan = plan_publish(shampoo(), valid_from=now + timedelta(days=1), by=owner, note="Spring", now=now)
    call_off(plan, by=owner, now=now)

    assert [(entry.kind, entry.note) for entry in noted()] == [
        ("changed", "planned: Spring"),
        ("changed", "called off"),
    ]


def test_what_nobody_changed_is_not_noted(browser: Client) -> None:
    form = open_form(browser, page(Component.objects.get(slug="mend"))).fill(surcharge="-1")

    assert form.post(browser).status_code == 200

    assert noted() == []
    assert RecipeVersion.objects.count() == 1
