"""A mixologist sees what to make and for which name, and neither who ordered it nor where it goes."""

import re

import pytest
from django.test import Client

from configurator.models import Need
from orders.models import Order
from staff.roles import MIXOLOGIST
from tests.orders.make import ADA, make_job
from tests.staff.admin_addresses import admin_addresses, make_rows
from tests.staff.people import sign_in_as

pytestmark = pytest.mark.usefixtures("catalogue")

PERSONAL = (ADA.email, ADA.full_name, ADA.address_line1, ADA.postcode)
JOBS = "/admin/orders/job/"


def pages_of(bench: Client) -> dict[str, str]:
    """What she is answered at every address that opens for her."""
    make_rows()
    answers = {
        address.path: bench.get(address.path) for address in admin_addresses() if "logout" not in address.name
    }
    return {path: answer.content.decode() for path, answer in answers.items() if answer.status_code == 200}


def test_no_page_of_hers_shows_a_customer_or_leads_where_she_is_refused() -> None:
    bench = sign_in_as(MIXOLOGIST)

    pages = pages_of(bench)

    assert JOBS in pages
    links = set()
    for path, page in pages.items():
        for said in PERSONAL:
            assert said not in page, path
        links |= set(re.findall(r'href="(/admin/[^"?#]*)', page))
    assert [link for link in sorted(links) if bench.get(link).status_code == 403] == []


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
