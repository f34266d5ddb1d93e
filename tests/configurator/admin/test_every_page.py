"""Every page that is registered in the admin opens for who may see it, and for nobody else."""

from datetime import date
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import Model
from django.test import Client, RequestFactory
from django.urls import reverse

from configurator.models import BenchDay, DeliveryTerms, PlannedPublish, SharedMix
from tests.configurator.plans import make_plan
from tests.configurator.shared_mixes import make_shared

pytestmark = pytest.mark.django_db

REGISTERED = sorted(admin.site._registry, key=lambda model: model._meta.label)
OURS = [model for model in REGISTERED if model._meta.app_label == "configurator"]
labels = pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model._meta.label_lower)
our_labels = pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label_lower)


def page(model: type[Model], name: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def any_row(model: type[Model]) -> Model:
    if model is SharedMix:
        make_shared()
    if model is BenchDay:
        BenchDay.objects.create(day=date(2026, 12, 25), is_closed=True)
    if model is PlannedPublish:
        make_plan()
    row = model._default_manager.first()
    assert row is not None, "the shipped catalogue holds at least one of everything"
    return row


def test_the_index_opens(owners_browser: Client) -> None:
    assert owners_browser.get("/admin/").status_code == 200
    assert owners_browser.get("/admin/configurator/").status_code == 200


@labels
def test_every_list_opens_and_can_be_searched(owners_browser: Client, model: type[Model]) -> None:
    assert owners_browser.get(page(model, "changelist")).status_code == 200
    if admin.site._registry[model].search_fields:
        assert owners_browser.get(page(model, "changelist"), {"q": "a b"}).status_code == 200


@labels
def test_every_form_to_add_opens_where_adding_is_possible(
    owners_browser: Client, owner: User, model: type[Model]
) -> None:
    request = RequestFactory().get("/")
    request.user = owner
    may_add = admin.site._registry[model].has_add_permission(request)

    assert owners_browser.get(page(model, "add")).status_code == (200 if may_add else 403)


@our_labels
def test_every_form_to_change_opens_with_its_history(owners_browser: Client, model: type[Model]) -> None:
    row = any_row(model)

    assert owners_browser.get(page(model, "change", row.pk)).status_code == 200
    assert owners_browser.get(page(model, "history", row.pk)).status_code == 200


@our_labels
def test_a_list_costs_a_bounded_number_of_queries(
    owners_browser: Client, model: type[Model], django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(9):
        owners_browser.get(page(model, "changelist"))


@labels
def test_staff_without_permission_see_nothing(client: Client, stranger: User, model: type[Model]) -> None:
    client.force_login(stranger)

    assert client.get("/admin/").status_code == 200
    assert client.get(page(model, "changelist")).status_code == 403
    assert client.get(page(model, "add")).status_code == 403
    assert client.post(page(model, "add"), {}).status_code == 403


@our_labels
def test_staff_without_permission_change_nothing(client: Client, stranger: User, model: type[Model]) -> None:
    client.force_login(stranger)
    row, count = any_row(model), model._default_manager.count()

    for name in ("change", "delete", "history"):
        assert client.get(page(model, name, row.pk)).status_code == 403
    for name in ("change", "delete"):
        assert client.post(page(model, name, row.pk), {"post": "yes"}).status_code == 403

    assert model._default_manager.count() == count


def test_staff_without_permission_cannot_search_through_the_fields_of_forms(
    client: Client, stranger: User
) -> None:
    client.force_login(stranger)
    query = {"app_label": "configurator", "model_name": "rule", "field_name": "left", "term": "mend"}

    assert client.get("/admin/autocomplete/", query).status_code == 403


@pytest.mark.parametrize(
    ("model_name", "field_name", "term", "found"),
    [
        ("rule", "left", "mend", ["Mend"]),
        ("rule", "left_slots", "second", ["Shampoo: Second shot"]),
        ("rule", "substances", "menthol", ["Menthol"]),
        ("rule", "recipe", "sham", ["Shampoo"]),
        ("component", "flags", "whea", ["wheat"]),
        ("component", "family", "shot", ["Super-shots"]),
        ("compositionpart", "substance", "lactic", ["Lactic Acid"]),
        ("starterpart", "component", "quench", ["Quench"]),
    ],
)
def test_forms_search_what_they_refer_to(
    owners_browser: Client, model_name: str, field_name: str, term: str, found: list[str]
) -> None:
    query = {
        "app_label": "configurator",
        "model_name": model_name,
        "field_name": field_name,
        "term": term,
    }

    answer = owners_browser.get("/admin/autocomplete/", query).json()

    assert [entry["text"] for entry in answer["results"]] == found


def test_the_delivery_terms_are_one_row_that_is_neither_added_to_nor_deleted(owners_browser: Client) -> None:
    terms = DeliveryTerms.objects.get()

    assert owners_browser.get(page(DeliveryTerms, "add")).status_code == 403
    assert owners_browser.post(page(DeliveryTerms, "delete", terms.pk), {"post": "yes"}).status_code == 403

    assert DeliveryTerms.objects.get() == terms
