"""Stock is counted while staff look at a component: saving her page takes nothing of that back."""

from decimal import Decimal

import pytest
from django.db.models import F
from django.test import Client

from configurator.models import Component
from tests.configurator.admin.forms import open_form

pytestmark = pytest.mark.django_db


def mend() -> Component:
    return Component.objects.get(slug="mend")


def sell() -> None:
    """As an order does that is placed, and one that is made."""
    Component.objects.filter(slug="mend").update(
        stock_ml=F("stock_ml") - 10, reserved_ml=F("reserved_ml") + 5
    )


def test_what_was_sold_while_the_page_was_open_stays_sold(owners_browser: Client) -> None:
    before = mend()
    form = open_form(owners_browser, f"/admin/configurator/component/{before.pk}/change/")
    sell()

    form.fill(tagline="Wheat protein").save(owners_browser)

    after = mend()
    assert after.tagline == "Wheat protein"
    assert before.stock_ml is not None
    assert (after.stock_ml, after.reserved_ml) == (before.stock_ml - 10, before.reserved_ml + 5)


def test_a_count_that_was_typed_is_taken(owners_browser: Client) -> None:
    before = mend()
    form = open_form(owners_browser, f"/admin/configurator/component/{before.pk}/change/")
    sell()

    form.fill(stock_ml="4321").save(owners_browser)

    after = mend()
    assert (after.stock_ml, after.reserved_ml) == (Decimal(4321), before.reserved_ml + 5)
