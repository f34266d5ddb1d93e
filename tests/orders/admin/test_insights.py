"""Insights: sums over some days, each with a table, and lists where there are any."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from configurator import tallying
from configurator.models import Component, Rule
from orders.counting import write_counts
from orders.models import Job, Order
from orders.remaking import remake_job
from tests.orders.admin.people import make_boss, make_clerk
from tests.orders.make import MIX, make_client, make_job, make_order
from tests.orders.pages import read

pytestmark = pytest.mark.usefixtures("catalogue")

PAGE = "/admin/insights/"
S = Job.State


def said() -> str:
    response = make_boss().get(PAGE)
    assert response.status_code == 200
    return read(response).text


def test_the_funnel_has_what_was_counted_and_what_was_sold() -> None:
    today = timezone.localdate()
    for name, times in (("page:home", 3), ("page:mixer", 2)):
        for _ in range(times):
            tallying.tally.count(name, day=today)
    tallying.tally.count("page:home", day=today - timedelta(days=28))
    write_counts(now=timezone.now())
    make_order()
    make_order(paid=True)

    boss = make_boss()
    text, longer = (read(boss.get(f"{PAGE}?days={days}")).text for days in (28, 90))

    assert "home page opened 4" in longer
    assert (
        "home page opened 3 mixer opened 2 basket opened 0 checkout opened 0 orders placed 2 orders paid 1"
        in text
    )


def test_before_anything_is_counted_it_says_when_figures_come_in() -> None:
    text = said()

    assert "No page has been counted so far. What is opened now stands here within 15 seconds" in text


def test_mixes_are_ranked_by_what_was_sold_of_them() -> None:
    make_order(paid=True, quantity=2)
    make_order(paid=True, quantity=2)
    make_order(paid=True, mix={**MIX, "second": "coil"}, quantity=3)
    make_order(mix={**MIX, "second": "calm"}, quantity=9)
    boss = make_boss()

    response = boss.get(PAGE)

    text = read(response).text
    first, second = "Warm Hearth with Mend and Quench 4", "Warm Hearth with Mend and Coil 3"
    assert text.index(first) < text.index(second)
    assert "Calm" not in text
    found = re.search(r'<a href="([^"]+)"\s+aria-label="[^"]*Mend and Quench: 4"', response.content.decode())
    assert found is not None
    mixer = read(boss.get(unescape(found[1]), follow=True)).text
    assert "Warm Hearth with Mend and Quench" in mixer


def count(name: str, times: int) -> None:
    for _ in range(times):
        tallying.tally.count(name, day=timezone.localdate())
    write_counts(now=timezone.now())


def test_the_pairs_that_were_refused_most_lead_to_the_rule_that_refuses_them() -> None:
    for name, times in (("gleam+mend", 3), ("mend+mend", 1), ("coil+quench", 2), ("gone+mend", 1)):
        count(f"refused:shampoo:{name}", times)
    count("refused:no-such-recipe:a+b", 9)
    boss = make_boss()

    page = boss.get(PAGE)

    text = read(page).text
    said = "Shampoo: Gleam with Mend 3 Gleam's acid clouds Mend's wheat protein"
    assert text.index(said) < text.index("Shampoo: Coil with Quench 2 no rule refuses it any more")
    assert "Shampoo: Mend with Mend 1 Too much protein makes hair brittle" in text
    assert "Shampoo: gone with Mend 1" in text
    assert "no-such-recipe" not in text
    found = re.search(r'<a href="([^"]+)"\s+aria-label="[^"]*Gleam with Mend: 3"', page.content.decode())
    assert found is not None
    desk = boss.get(unescape(found[1]))
    rule = Rule.objects.get(reason__startswith="Gleam's acid clouds")
    assert f"Edit the rule {rule.slug}" in read(desk).text


def test_who_may_not_see_recipes_gets_the_pairs_without_ways_to_them() -> None:
    count("refused:shampoo:gleam+mend", 1)

    page = make_clerk("view_order").get(PAGE)

    assert "Gleam with Mend 1" in read(page).text
    assert "/desk/" not in page.content.decode()


def test_remakes_count_for_each_component_of_the_bottle() -> None:
    bad = make_job(S.PRODUCED)
    make_job()
    remake_job(bad, reason="Leaks", by="grace", now=timezone.now())
    boss = make_boss()

    response = boss.get(PAGE)

    assert "Mend 1 50.0 % of 2" in read(response).text
    for name in ("all together", "Mend"):
        assert boss.get(link_of(response, f"{name}: 1")).context["cl"].result_count == 1


def link_of(response: Any, said: str) -> str:
    """Where the number leads that is told as `said`."""
    found = re.search(rf'<a href="([^"]+)"\s+aria-label="[^"]*{said}"', response.content.decode())
    assert found is not None, said
    return unescape(found[1])


def test_who_buys_twice_is_counted_once_and_not_named() -> None:
    for email in ("a@example.org", "A@example.org", "b@example.org"):
        Order.objects.filter(pk=make_order(paid=True).pk).update(email=email)
    make_order()

    boss = make_boss()
    page = boss.get(PAGE)

    text = read(page).text
    assert "buyers 2 of them with more than one order, ever 1 50.0 % of 2" in text
    assert "example.org" not in text
    assert boss.get(link_of(page, "buyers: 2")).context["cl"].result_count == 3


def test_what_is_to_be_left_out_is_counted_by_its_name() -> None:
    count("avoid:nuts", 1)
    count("avoid:gone", 2)
    boss = make_boss()

    page = boss.get(PAGE)

    assert "gone 2 nuts 1" in read(page).text
    with_nuts = Component.objects.filter(flags__slug="nuts").count()
    assert boss.get(link_of(page, "nuts: 1")).context["cl"].result_count == with_nuts > 0


def test_what_is_only_tried_out_is_left_out() -> None:
    job = make_job()
    key = make_client().row
    Job.objects.update(sandbox=key)
    Order.objects.filter(pk=job.order_id).update(sandbox=key)

    text = said()

    assert "orders placed 0 orders paid 0" in text
    assert "buyers 0" in text


def test_the_days_are_chosen_and_nonsense_is_the_usual() -> None:
    boss = make_boss()

    assert boss.get(f"{PAGE}?days=7").context["days"] == 7
    for nonsense in ("8", "x", "-1", "7.0"):
        assert boss.get(PAGE, {"days": nonsense}).context["days"] == 28


def test_it_is_for_who_may_see_orders() -> None:
    assert make_clerk("view_job").get(PAGE).status_code == 403


def test_it_costs_a_bounded_number_of_queries() -> None:
    for second in ("coil", "quench"):
        make_order(paid=True, mix={**MIX, "second": second})
    boss = make_boss()
    boss.get(PAGE)

    with CaptureQueriesContext(connection) as queries:
        boss.get(PAGE)

    assert len(queries) <= 18
