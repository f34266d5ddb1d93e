"""The page of operations: each figure leads to just what it counts, and what was given up can be tried again."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orders.claiming import expire_leases
from orders.models import (
    FulfilmentKey,
    Job,
    Order,
    OutboxEntry,
    Pulse,
    WebhookDelivery,
    WebhookEndpoint,
)
from orders.outbox import process_outbox
from orders.pulse import show_life, take_turn
from orders.remaking import remake_job
from orders.staff_decisions import give_up, make_again
from tests.orders.admin.people import make_boss, make_clerk
from tests.orders.make import make_client, make_hand_off, make_job, make_order
from tests.orders.pages import read

pytestmark = pytest.mark.usefixtures("catalogue")

PAGE = "/admin/operations/"
S = Job.State


@pytest.fixture(autouse=True)
def broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders.health.broker_answers", lambda: True)


def make_all_kinds() -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    for state in S.values:
        make_job(state, promised_on=yesterday)
    make_again(make_job(S.FAILED), by="grace", now=timezone.now())
    make_job(S.READY, on_hold=True)
    make_lapsed_job()
    make_order()
    in_sandbox = make_job(S.READY)
    key = make_client().row
    Job.objects.filter(pk=in_sandbox.pk).update(sandbox=key)
    Order.objects.filter(pk=in_sandbox.order_id).update(sandbox=key)
    in_sandbox.order.feed_events.update(sandbox=key)


def make_lapsed_job() -> Job:
    now = timezone.now()
    job = make_job(S.IN_PRODUCTION, lease_seconds=60, now=now - timedelta(seconds=61))
    expire_leases(now=now)
    return job


def make_dead(topic: str = "handoff") -> OutboxEntry:
    entry = make_hand_off()
    OutboxEntry.objects.filter(pk=entry.pk).update(
        topic=topic, state="dead", attempts=12, error="ValueError: bad mix"
    )
    entry.refresh_from_db()
    return entry


def counted(page: str) -> list[tuple[int, str]]:
    """(number, address) of every figure that is a link."""
    found = re.findall(r'<a href="([^"]+)"\s+aria-label="[^"]+">(\d+)</a>', page)
    return [(int(number), unescape(address)) for address, number in found]


def open_page(staff: Client) -> str:
    response = staff.get(PAGE)
    assert response.status_code == 200
    return str(response.content.decode())


def test_each_figure_leads_to_a_list_of_just_so_many() -> None:
    make_all_kinds()
    boss = make_boss()

    figures = counted(open_page(boss))

    jobs, troubles, sales, webhooks = 6, 3, 2, 2
    assert len(figures) == len(OutboxEntry.Topic.values) + jobs + troubles + sales + webhooks
    assert {number for number, _address in figures} > {0, 1}
    for number, address in figures:
        response = boss.get(address)
        assert response.status_code == 200, address
        assert response.context["cl"].result_count == number, address


def test_a_job_whose_lease_ran_out_in_production_is_told_of_until_it_is_settled() -> None:
    boss = make_boss()
    job = make_lapsed_job()

    assert "time ran out while it was made 1 look here Ask the maker" in read(boss.get(PAGE)).text
    [address] = [address for _number, address in counted(open_page(boss)) if "lapsed__exact=1" in address]
    assert job.order.number in boss.get(address).content.decode()

    Job.objects.filter(pk=job.pk).update(state="failed", lapsed=False)
    assert "time ran out while it was made 0 Ask the maker" in read(boss.get(PAGE)).text


def test_it_says_how_old_the_oldest_entry_is_and_how_quick_hand_offs_were() -> None:
    now, boss = timezone.now(), make_boss()
    assert "the oldest of them -" in read(boss.get(PAGE)).text
    for seconds in (3, 7, 30):
        assert process_outbox(make_hand_off(now=now - timedelta(seconds=seconds)).pk, now=now)
    make_hand_off(now=now - timedelta(seconds=10))
    calm = read(boss.get(PAGE)).text
    make_hand_off(now=now - timedelta(hours=1))

    page = read(boss.get(PAGE)).text

    assert re.search(r"the oldest of them 1\d s (?!look here)", calm)
    assert "the oldest of them 1 hour look here Its last error says why" in page
    assert "Within 5 s: 1. Within 10 s: 2." in page


def test_it_says_which_parts_are_alive() -> None:
    now = timezone.now()
    show_life("relay", now=now - timedelta(minutes=5))
    boss = make_boss()

    page = read(boss.get(PAGE)).text

    assert "Relay down" in page
    assert "Start the relay again" in page
    assert "Redis well" in page
    assert "Invariants not looked at yet" in page


def test_it_says_how_the_last_look_at_the_invariants_ended() -> None:
    now = timezone.now()
    boss = make_boss()
    take_turn("invariants", every=timedelta(hours=1), now=now - timedelta(minutes=5))
    assert "Invariants broken" in read(boss.get(PAGE)).text

    show_life("invariants", now=now)
    assert "Invariants all hold" in read(boss.get(PAGE)).text

    Pulse.objects.filter(name="invariants").update(asked_at=timezone.now() + timedelta(seconds=1))
    assert "Invariants being looked at" in read(boss.get(PAGE)).text


@pytest.mark.parametrize(
    ("topic", "said"),
    [
        ("handoff", "Its jobs are on hold."),
        ("refund", "payment provider"),
        ("mail_late", "mail server"),
    ],
)
def test_what_was_given_up_says_what_to_do(topic: str, said: str) -> None:
    entry = make_dead(topic)

    page = open_page(make_boss())

    assert "ValueError: bad mix" in page
    assert entry.order.number in page
    assert said in page


def test_what_was_given_up_is_tried_again_from_there() -> None:
    entry, other = make_dead(), make_dead()
    boss = make_boss()
    form = re.search(
        r'<form method="post"\s+action="([^"]+)"', open_page(boss).split('class="operations"')[1]
    )
    assert form is not None

    boss.post(unescape(form[1]), {"action": "retry", "_selected_action": [entry.pk]}, follow=True)

    entry.refresh_from_db()
    other.refresh_from_db()
    assert (entry.state, entry.attempts, other.state) == ("pending", 0, "dead")


def test_who_may_only_look_is_offered_no_retry() -> None:
    make_dead()

    page = open_page(make_clerk("view_job"))

    assert "ValueError: bad mix" in page
    assert "_selected_action" not in page


def test_failed_deliveries_are_shown_and_good_ones_are_not() -> None:
    now = timezone.now()
    endpoint = WebhookEndpoint.objects.create(
        client=make_client(name="acme").row, url="https://maker.example/x", created_at=now
    )
    common: dict[str, Any] = {"endpoint": endpoint, "seq": 1, "milliseconds": 5, "at": now}
    WebhookDelivery.objects.create(message_id="m1", status=204, **common)
    assert "No delivery failed lately" in open_page(make_boss())

    WebhookDelivery.objects.create(message_id="m2", status=500, **common)
    WebhookDelivery.objects.create(message_id="m3", error="timed out", **common)

    page = read(make_clerk("view_job").get(PAGE)).text
    assert "acme 500" in page
    assert "timed out" in page
    assert "204" not in page
    assert FulfilmentKey.objects.count() == 1


def test_it_is_for_staff_who_may_see_jobs() -> None:
    assert Client().get(PAGE)["Location"].startswith("/admin/login/")
    assert make_clerk("view_order").get(PAGE).status_code == 403


def test_the_index_leads_to_it_for_who_may_open_it() -> None:
    assert f'href="{PAGE}"' in make_boss().get("/admin/").content.decode()
    assert f'href="{PAGE}"' not in make_clerk("view_order").get("/admin/").content.decode()


def test_nothing_keeps_it_and_it_is_only_read() -> None:
    boss = make_boss()

    assert "no-store" in boss.get(PAGE)["Cache-Control"]
    assert boss.post(PAGE).status_code == 405


def test_a_job_whose_remake_was_given_up_is_counted_and_listed() -> None:
    given_up, made_anew = make_job(S.PRODUCED), make_job(S.PRODUCED)
    for job in (given_up, made_anew):
        anew = remake_job(job, reason="it looked odd", by="grace", now=timezone.now())
        if job == given_up:
            give_up(anew, by="grace", now=timezone.now())
    boss = make_boss()

    figures = [(number, address) for number, address in counted(open_page(boss)) if "=produced" in address]

    [(number, address)] = figures
    assert number == 1
    assert list(boss.get(address).context["cl"].queryset) == [given_up]
