"""No text that a shopper, a maker or staff wrote is anything but text on a page of the admin (A10)."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders.admin.job_deeds import JOB_DEEDS
from orders.admin.order_deeds import ORDER_DEEDS
from orders.holds import place_hold
from orders.models import (
    Hold,
    Job,
    JobTransition,
    LotUse,
    Order,
    OrderEvent,
    OrderLine,
    OutboxEntry,
    Shipment,
)
from orders.placing import Customer
from tests.orders.admin.people import make_boss
from tests.orders.make import STAFF, make_job

pytestmark = pytest.mark.usefixtures("catalogue")

EVIL = "<script>'\"&{{x}}</b>"
IN_AN_ADDRESS = "e'<script>\"@example.org"
JOBS, ORDERS = "/admin/orders/job/", "/admin/orders/order/"
OURS = [model for model in admin.site._registry if model._meta.app_label == "orders"]


@pytest.fixture
def job() -> Job:
    """A shipped job of which every text that anybody may write is markup."""
    ada = Customer(
        email=IN_AN_ADDRESS,
        full_name=EVIL,
        postcode="LS1 4DY",
        address_line1=EVIL,
        address_line2=EVIL,
        town=EVIL,
    )
    job = make_job("shipped", customer=ada, label_name="Ada")
    held = make_job("ready", customer=ada, label_name="Ada")
    place_hold(held.public_id, reason=Hold.Reason.OTHER, note=EVIL, by=STAFF, now=timezone.now())
    OrderLine.objects.update(label_name=EVIL)
    Order.objects.update(postcode=EVIL[:20])
    Job.objects.update(
        worker=EVIL,
        station=EVIL,
        batch=EVIL,
        failure_note=EVIL,
        cancellation_note=EVIL,
        made_of={"lot": EVIL},
    )
    JobTransition.objects.update(note=EVIL, by=EVIL)
    Shipment.objects.update(carrier=EVIL, tracking=EVIL, external_id=EVIL)
    LotUse.objects.update(lot=EVIL)
    OutboxEntry.objects.update(error=EVIL, attempts=1)
    OrderEvent.objects.create(
        order=job.order, kind="address_corrected", by=EVIL, note=EVIL, at=job.created_at
    )
    job.refresh_from_db()
    return job


def addresses(job: Job) -> Iterator[str]:
    held = Hold.objects.get()
    for one in Job.objects.all():
        yield from (f"{JOBS}{deed.slug}/?job={one.pk}" for deed in JOB_DEEDS)
        yield from (f"{ORDERS}{deed.slug}/?order={one.order_id}" for deed in ORDER_DEEDS)
        yield f"{ORDERS}{one.order_id}/address/"
        yield f"{JOBS}{one.pk}/hold/"
        yield f"{JOBS}{one.pk}/label/"
        yield f"{JOBS}{one.pk}/labels-to-print/"
    yield f"{JOBS}labels/?job={job.pk}&job={held.job_id}"
    yield f"{JOBS}labels/to-print/?job={job.pk}&job={held.job_id}"
    yield f"{JOBS}{held.job_id}/holds/{held.public_id}/release/"
    yield f"/admin/orders/lotuse/recall/?component={LotUse.objects.all()[0].component}&lot=%3Cscript%3E"
    yield "/admin/operations/"
    for path in (ORDERS, JOBS):
        yield f"{path}?q=%3Cscript%3E"
    for model in OURS:
        yield _page(model, "changelist")
        for row in model._default_manager.all():
            yield _page(model, "change", row.pk)
            yield _page(model, "history", row.pk)


def _page(model: type[Model], name: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def test_no_page_shows_what_was_written_as_markup(job: Job) -> None:
    boss = make_boss()
    seen = 0

    for address in addresses(job):
        page = _read(boss, address)
        assert EVIL not in page, address
        assert "<script>'" not in page, address
        assert "e'<script>\"" not in page, address
        seen += "&lt;script&gt;&#x27;&quot;&amp;{{x}}&lt;/b&gt;" in page

    assert seen >= 12, "the texts stand on many of the pages, so it is shown that they are escaped there"


def _read(staff: Client, address: str) -> str:
    response = staff.get(address)
    assert response.status_code == 200, address
    return response.content.decode()
