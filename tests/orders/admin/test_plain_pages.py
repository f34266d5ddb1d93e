"""Pages of orders, jobs and figures that lead on and say it in words of people."""

import html
import re

import pytest
from django.test import Client
from django.utils import timezone

from orders.models import Order
from tests.orders.admin.people import make_boss
from tests.orders.make import make_job, make_order

pytestmark = pytest.mark.usefixtures("catalogue")


def read(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return html.unescape(" ".join(answer.content.decode().split()))


def test_what_can_be_done_about_an_order_stands_before_all_that_is_known_of_it() -> None:
    order = make_order(paid=True)

    text = read(make_boss(), f"/admin/orders/order/{order.pk}/change/")

    assert text.index("What can be done") < text.index("Full name") < text.index("Everything that happened")
    assert text.count("What can be done") == 1


def test_a_job_says_where_each_step_came_from_in_words() -> None:
    job = make_job("ready")

    text = read(make_boss(), f"/admin/orders/job/{job.pk}/change/")

    cells = re.findall(r'<td class="field-came_from">\s*<p>([^<]*)</p>', text)
    assert cells == ["-", "paid, being handed off"]


def test_the_history_of_what_nobody_edited_leads_back_to_its_page() -> None:
    order = make_order(paid=True)

    text = read(make_boss(), f"/admin/orders/order/{order.pk}/history/")

    assert f'<a href="/admin/orders/order/{order.pk}/change/">Open {order.number}</a>' in text
    assert "admin site" not in text


def test_insights_lead_to_the_orders_of_buyers_who_came_back_and_say_that_pages_have_no_list() -> None:
    twice = [make_order(paid=True), make_order(paid=True)]
    once = make_order(paid=True)
    Order.objects.filter(pk=twice[1].pk).update(email="ADA@example.org")
    Order.objects.filter(pk=once.pk).update(email="eve@example.org")
    boss = make_boss()

    text = read(boss, "/admin/insights/")
    (address,) = re.findall(r'href="([^"]*came_back=yes)"', text)
    found = read(boss, address)

    assert "Of pages only their number is kept: there is no list behind it." in text
    assert all(order.number in found for order in twice)
    assert once.number not in found
    others = read(boss, "/admin/orders/order/?came_back=no")
    assert once.number in others
    assert not any(order.number in others for order in twice)


def test_an_order_that_was_not_paid_makes_nobody_come_back() -> None:
    paid = make_order(paid=True)
    make_order(now=timezone.now())

    assert paid.number in read(make_boss(), "/admin/orders/order/?came_back=no")


def test_whether_a_job_is_on_hold_is_a_word_and_no_red_or_green_mark() -> None:
    held, boss = make_job("ready", on_hold=True), make_boss()
    make_job("ready")

    listed = read(boss, "/admin/orders/job/")
    pages = [
        read(boss, f"/admin/orders/{page}/change/") for page in (f"job/{held.pk}", f"order/{held.order_id}")
    ]

    assert sorted(re.findall(r'class="field-is_held">([^<]*)<', listed)) == ["-", "Yes"]
    for page in (listed, *pages):
        assert "icon-yes" not in page
        assert "icon-no" not in page
    assert re.search(r'On hold:</label>\s*<div class="readonly">Yes<', pages[0])
