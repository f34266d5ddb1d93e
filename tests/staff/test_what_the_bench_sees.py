"""A mixologist sees what to make and for which name, and neither who ordered it nor where it goes.

test_every_page.py looks for a customer on every page that opens for her.
"""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from configurator.models import BenchDay, Need
from orders.models import Order
from staff.roles import MIXOLOGIST
from tests.orders.make import ADA, make_job
from tests.staff.people import sign_in_as

pytestmark = pytest.mark.usefixtures("catalogue")

PERSONAL = (ADA.email, ADA.full_name, ADA.address_line1, ADA.postcode)
JOBS = "/admin/orders/job/"
CLOSE = "/admin/configurator/benchday/close/"


def test_she_sees_the_name_on_the_label_and_what_it_is_for() -> None:
    job = make_job("ready", label_name="Ada")

    page = sign_in_as(MIXOLOGIST).get(f"{JOBS}{job.pk}/change/").content.decode()

    assert "Ada" in page
    assert Need.objects.get(component__slug="mend").wording in page
    assert job.order.number in page


@pytest.mark.parametrize(
    "query",
    [
        "order__email__startswith=a",
        "order__town=Leeds",
        "order__full_name__contains=A",
        "line__order__email=a",
    ],
)
def test_a_list_of_jobs_cannot_be_asked_about_customers(query: str) -> None:
    make_job("ready")

    answer = sign_in_as(MIXOLOGIST).get(f"{JOBS}?{query}")

    assert answer.status_code == 400


@pytest.mark.parametrize("asked", [ADA.email, ADA.full_name, ADA.postcode])
def test_a_search_does_not_find_a_job_by_its_customer(asked: str) -> None:
    job = make_job("ready")

    page = sign_in_as(MIXOLOGIST).get(JOBS, {"q": asked}).content.decode()

    assert Order.objects.filter(pk=job.order_id).exists()
    assert job.order.number not in page


def test_who_closes_booked_days_reads_how_many_bottles_and_no_way_to_their_orders() -> None:
    day = timezone.localdate() + timedelta(days=30)
    BenchDay.objects.create(day=day, booked=3)
    bench, days = sign_in_as(MIXOLOGIST), {"first": day, "last": day, "note": "Stocktaking"}

    asked = bench.post(CLOSE, days)
    seen = re.findall(r'name="seen" value="([^"]*)"', asked.content.decode())
    done = bench.post(CLOSE, {**days, "seen": unescape(seen[0])}, follow=True)

    assert "3 bottles are booked on these days." in asked.content.decode()
    assert "3 bottles were to be made then." in done.content.decode()
    assert BenchDay.objects.get(day=day).is_closed
    for page in (asked, done):
        assert "/admin/orders/order/" not in page.content.decode()
