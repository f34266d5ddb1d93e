"""Filters of lists say Yes and No, and what they ask in plain words."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders.models import Order
from tests.orders.make import make_order

LISTS = [model._meta for model, page in admin.site._registry.items() if page.list_filter]


@pytest.mark.parametrize("opts", LISTS, ids=lambda opts: opts.model_name)
@pytest.mark.usefixtures("catalogue")
def test_no_list_filters_by_empty_or_by_the_name_of_a_column(admin_client: Client, opts: Any) -> None:
    text = admin_client.get(reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")).content.decode()

    titles = re.findall(r'data-filter-title="([^"]*)"', text)
    assert titles or "changelist-filter" not in text
    assert not {"Empty", "Not empty"} & set(re.findall(r'">([^<]*)</a></li>', text))
    assert not {"force", "groups", "at", "fails since", "lease ran out in production"} & set(titles)


@pytest.mark.usefixtures("catalogue")
def test_orders_that_are_asked_to_be_cancelled_are_those_under_yes(admin_client: Client) -> None:
    asked, other = make_order(paid=True), make_order(paid=True)
    Order.objects.filter(pk=asked.pk).update(cancel_asked_at=timezone.now())
    path = reverse("admin:orders_order_changelist")

    text = admin_client.get(path).content.decode()
    (yes,) = re.findall(r'<a href="(\?cancel_asked_at__isempty=\d)">Yes</a>', text)
    found = admin_client.get(path + yes).content.decode()

    assert asked.number in found
    assert other.number not in found
