"""Every address of the admin, read from its own URL map, with a row for each that needs one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from configurator.models import BenchDay
from orders.models import Hold, Job, Order, OutboxEntry
from orders.webhooks import add_endpoint
from staff.audit import Kind, record
from tests.configurator.plans import make_plan
from tests.configurator.shared_mixes import make_shared
from tests.orders.make import make_client, make_job, make_order

APPS = ["auth", "configurator", "orders", "staff"]  # whose index each role may or may not open


@dataclass(frozen=True, slots=True)
class Address:
    """One address of the admin in one sample: what the table calls it, and where it is."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str


def make_rows() -> None:
    """At least one row of everything that the admin has pages of."""
    make_shared()
    make_order(paid=True)
    BenchDay.objects.create(day=date(2026, 12, 25), is_closed=True)
    job = make_job("shipped")
    make_job("produced")
    make_plan()
    held = make_job("ready", on_hold=True)
    assert Hold.objects.filter(job=held).exists()
    assert OutboxEntry.objects.exists()
    add_endpoint(make_client(name="maker with a webhook").row, url="https://m.example/", now=timezone.now())
    User.objects.create_user("colleague", is_staff=True)
    record(Kind.EXPORTED, who="colleague")
    assert job.shipment_id


def admin_addresses() -> Iterator[Address]:
    """All of them; `make_rows` comes first."""
    (site,) = [
        each
        for each in get_resolver().url_patterns
        if isinstance(each, URLResolver) and str(each.pattern) == "admin/"
    ]
    for pattern in _walk(site.url_patterns):
        if not pattern.name:
            continue  # leads on to one of the others
        if pattern.name == "app_list":
            yield from (Address(f"app_list {app}", reverse("admin:app_list", args=[app])) for app in APPS)
            continue
        values = {name: _sample(pattern.name, name) for name in pattern.pattern.converters}
        yield Address(pattern.name, reverse(f"admin:{pattern.name}", kwargs=values))


def open_all(browser: Client) -> dict[Address, Answer]:
    """What is answered at every address; `make_rows` comes first."""
    return {address: _read(browser.get(address.path)) for address in admin_addresses()}


def _read(response: Any) -> Answer:
    body = b"".join(response) if response.streaming else response.content
    return Answer(response.status_code, response.headers, body.decode(errors="replace"))


def _walk(patterns: list[Any]) -> Iterator[URLPattern]:
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns)
        else:
            yield each


def _sample(pattern: str, name: str) -> Any:
    """A value for one part of an address."""
    if name == "hold_id":
        return Hold.objects.get().public_id
    if pattern == "view_on_site":  # the shop's page of an order, which shows where it goes
        row = ContentType.objects.get_for_model(Order) if name == "content_type_id" else _any_row(Order)
        return row.pk
    if name == "job_id":
        return Job.objects.get(state="produced").public_id
    if name == "number":
        return Job.objects.get(state="produced").order.number
    if name == "job_pk":
        return Hold.objects.get().job_id if "hold" in pattern else Job.objects.get(state="shipped").pk
    if name in ("object_id", "id") or name.endswith("_pk"):
        app, model = pattern.split("_")[:2]
        return _any_row(apps.get_model(app, model)).pk
    raise AssertionError(f"say here what a sample of <{name}> in {pattern} is")


def _any_row(model: type[Model]) -> Model:
    rows = model._default_manager.order_by("pk")
    row = rows.get(username="colleague") if model is User else rows.first()
    assert row is not None, f"make_rows makes no {model.__name__}"
    return row
