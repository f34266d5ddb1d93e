"""The first page of the admin: what is late with no click at all, figures with their lists, only what one may see."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from configurator import unpublished
from configurator.models import Component, Recipe
from orders.lately import Punctuality
from orders.lateness import tell_of_slips
from orders.models import Job, Order
from tests.orders.admin.people import make_boss, make_clerk
from tests.orders.make import copy_job, make_client, make_job, make_order
from tests.orders.pages import read

pytestmark = pytest.mark.usefixtures("catalogue")

S = Job.State
INDEX = "/admin/"


def promise(job: Job, day: date) -> Job:
    """The job and its order were promised for this day, and planned to be made then."""
    Job.objects.filter(order=job.order).update(promised_on=day)
    Order.objects.filter(pk=job.order_id).update(promised_on=day, expected_on=day)
    return job


def counted(page: str) -> list[tuple[int, str]]:
    """(number, address) of every whole figure that leads to a list of the admin."""
    found = re.findall(r'<a href="([^"]+_?/\?[^"]+)"\s+aria-label="[^"]+">(\d+)</a>', page)
    return [(int(number), unescape(address)) for address, number in found]


def section(page: str, heading: str) -> str:
    return page.split(f"<h2>{heading}</h2>")[1].split("<h2>", maxsplit=1)[0]


def open_index(staff: Client) -> str:
    response = staff.get(INDEX)
    assert response.status_code == 200
    return response.content.decode()


def test_late_orders_stand_there_without_a_click() -> None:
    today = timezone.localdate()
    late = promise(make_job(), today - timedelta(days=1))
    soon = promise(make_job(), today)
    fine = make_job()
    sent = promise(make_job(S.SHIPPED), today - timedelta(days=1))

    page = open_index(make_boss())

    assert late.order.number in section(page, "Orders that are late")
    assert soon.order.number in section(page, "Orders that will be late")
    listed = section(page, "Orders that are late") + section(page, "Orders that will be late")
    assert fine.order.number not in listed
    assert sent.order.number not in listed


def test_what_is_held_or_failed_will_be_late_before_its_day_comes() -> None:
    job = make_job(S.FAILED)
    promise(job, job.promised_on - timedelta(days=1))

    page = open_index(make_boss())

    row = section(page, "Orders that will be late")
    assert job.order.number in row
    assert "something went wrong" in row


def test_each_figure_leads_to_a_list_of_just_so_many() -> None:
    today = timezone.localdate()
    for state in S.values:
        make_job(state)
    promise(make_job(), today - timedelta(days=3))
    promise(make_job(S.CLAIMED), today - timedelta(days=3))
    in_sandbox = make_job()
    Job.objects.filter(pk=in_sandbox.pk).update(sandbox=make_client().row)
    make_order()
    Component.objects.filter(slug="mend").update(stock_ml=Decimal(0), reserved_ml=0)
    Recipe.objects.update(name="Shampoo anew")
    boss = make_boss()

    figures = counted(open_index(boss))

    assert [number for number, _address in figures] == [2, 5, 1, 1, 1]
    for number, address in figures:
        response = boss.get(address)
        assert response.status_code == 200, address
        assert response.context["cl"].result_count == number, address


def test_the_list_behind_names_who_is_late_and_who_is_waited_for() -> None:
    today = timezone.localdate()
    job = promise(make_job(), today)
    Order.objects.filter(pk=job.order_id).update(made_on=today)
    tell_of_slips(now=timezone.now())
    sent = promise(make_job(S.SHIPPED), today - timedelta(days=5))
    boss = make_boss()

    page = boss.get("/admin/late/").content.decode()

    assert job.order.number in page.split('id="soon"')[1].split('id="waiting"')[0]
    assert job.order.number in page.split('id="waiting"')[1].split('id="sent"')[0]
    assert sent.order.number in page.split('id="sent"')[1]


def test_four_late_of_a_hundred_ring_the_alarm() -> None:
    assert Punctuality(100, 4).is_alarming
    assert not Punctuality(101, 4).is_alarming
    assert not Punctuality(0, 0).is_alarming
    assert Punctuality(100, 4).percent_on_time == 96


def test_the_pace_is_told_of_what_was_sent() -> None:
    make_job(S.SHIPPED, now=timezone.now() - timedelta(seconds=1))

    page = read(make_boss().get(INDEX)).text

    assert "from paid to sent, median of this week 0.0 hours" in page
    assert "on time, of the last 28 days 100.0 % 0 of 1 late; 4 % or more is too many" in page


@pytest.mark.parametrize(
    ("took", "said"),
    [
        (timedelta(minutes=59), "0.9 hours"),
        (timedelta(minutes=78), "1.3 hours"),
        (timedelta(hours=32), "1.3 days"),
    ],
)
def test_a_figure_with_a_decimal_is_in_the_plural_even_near_1(took: timedelta, said: str) -> None:
    job = make_job(S.SHIPPED, now=timezone.now() - timedelta(seconds=1))
    Order.objects.filter(pk=job.order_id).update(paid_at=F("paid_at") - took)

    page = read(make_boss().get(INDEX)).text

    assert f"from paid to sent, median of this week {said} " in page


def test_components_are_short_by_the_pace_at_which_they_go() -> None:
    make_job(S.PRODUCED)  # 10 ml of Mend within one day
    Component.objects.filter(slug="mend").update(stock_ml=Decimal(95), reserved_ml=0)
    boss = make_boss()
    assert "Mend: 9 days" in read(boss.get(INDEX)).text

    Component.objects.filter(slug="mend").update(stock_ml=Decimal(100))
    assert "Mend:" not in read(boss.get(INDEX)).text

    Component.objects.filter(slug="mend").update(stock_ml=Decimal(100), reserved_ml=Decimal(100))
    assert "Mend: 0 days" in read(boss.get(INDEX)).text


def test_only_what_one_may_see_is_shown_and_read() -> None:
    promise(make_job(), timezone.localdate() - timedelta(days=1))
    Recipe.objects.update(name="Shampoo anew")

    page = read(make_clerk("view_recipe").get(INDEX)).text

    assert "drafts not published 1" in page
    for said in ("late", "payment", "stock for less", "To blend", "paid to sent", "Bench"):
        assert said not in page


def test_it_says_which_drafts_were_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpublished, "MOST_READ", 0)

    page = read(make_clerk("view_recipe").get(INDEX)).text

    assert "drafts not published 0 1 more recipe is not compared here" in page


def test_who_makes_bottles_sees_what_is_late_and_no_order_page() -> None:
    job = promise(make_job(), timezone.localdate() - timedelta(days=1))
    mixologist = make_clerk("view_job")

    page = open_index(mixologist)

    assert job.order.number in section(page, "Orders that are late")
    assert "/admin/orders/order/" not in page
    assert "/admin/orders/shipment/" not in page
    assert mixologist.get("/admin/late/").status_code == 200


def test_the_list_behind_is_for_who_may_see_jobs() -> None:
    assert make_clerk("view_recipe").get("/admin/late/").status_code == 403


def test_the_page_costs_as_many_queries_for_many_jobs() -> None:
    boss = make_boss()
    counts = []
    for _ in range(2):
        for state in (S.READY, S.CLAIMED, S.FAILED, S.PRODUCED, S.SHIPPED):
            promise(make_job(state), timezone.localdate() - timedelta(days=1))
        copy_job(make_job(), 30)
        with CaptureQueriesContext(connection) as queries:
            boss.get(INDEX)
        counts.append(len(queries))

    assert counts[0] == counts[1], _names(queries)
    assert counts[1] <= 45, _names(queries)


def _names(queries: Any) -> str:
    return "\n".join(query["sql"][:200] for query in queries)
