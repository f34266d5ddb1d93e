"""The figures are those of the rows, whatever was sold long ago, and cost ten queries."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from orders.claiming import expire_leases, reclaim_job
from orders.figures import Figures, JobFigures, read_figures
from orders.metrics import write_metrics
from orders.models import FeedEvent, Job, Order, OutboxEntry, WebhookEndpoint
from orders.outbox import process_outbox
from orders.pulse import show_life
from orders.staff_decisions import make_again
from tests.orders.make import make_client, make_hand_off, make_job, make_order

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = timezone.now()
S = Job.State


def figures(**later: Any) -> Figures:
    return read_figures(now=NOW + timedelta(**later))


def test_an_empty_shop_has_noughts() -> None:
    found = figures()

    assert set(found.pending.by_topic.values()) == {0}
    assert (found.pending.oldest_at, found.oldest_pending_seconds, found.dead) == (None, 0.0, 0)
    assert found.oldest_hand_off_seconds == 0.0
    assert set(found.jobs.values()) == {JobFigures()}
    assert (found.moves.claims, found.moves.hand_offs, found.moves.seconds) == (0, 0, 0.0)
    assert (found.placed, found.paid, found.webhooks_failing, found.webhooks_off) == (0, 0, 0, 0)


def test_jobs_are_counted_by_state_with_those_held_and_late() -> None:
    make_job(S.READY)
    make_job(S.READY, on_hold=True)
    make_job(S.PRODUCED, promised_on=timezone.localdate(NOW) - timedelta(days=1))
    make_job(S.READY, promised_on=timezone.localdate(NOW))
    make_job(S.SHIPPED, promised_on=timezone.localdate(NOW) - timedelta(days=1))
    make_job(S.CANCELLED)

    found = figures()

    assert {state: each for state, each in found.jobs.items() if each.jobs} == {
        "ready": JobFigures(jobs=3, held=1),
        "produced": JobFigures(jobs=1, late=1),
    }
    assert (found.late, found.held, found.lapsed) == (1, 1, 0)


def test_a_job_whose_lease_ran_out_in_production_counts_until_it_is_reclaimed() -> None:
    make_job(S.CLAIMED, lease_seconds=600, now=NOW)
    job = make_job(S.IN_PRODUCTION, lease_seconds=600, now=NOW)
    make_job(S.IN_PRODUCTION, lease_seconds=900, now=NOW)
    later = NOW + timedelta(seconds=601)
    expire_leases(now=later)

    assert figures(seconds=601).jobs["in_production"] == JobFigures(jobs=2, lapsed=1)
    assert figures(seconds=601).lapsed == 1

    reclaim_job(make_client().row, job.public_id, worker="w", lease_seconds=600, now=later)
    assert figures(seconds=602).lapsed == 0


def test_a_failed_job_counts_until_it_is_made_again() -> None:
    job = make_job(S.FAILED)
    assert figures().jobs["failed"].jobs == 1

    make_again(job, by="grace", now=NOW)

    assert figures().jobs["failed"].jobs == 0
    assert sum(each.jobs for each in figures().jobs.values()) == 1


def test_what_is_only_tried_out_is_not_counted() -> None:
    job = make_job(S.CLAIMED)
    key = make_client().row
    Order.objects.update(sandbox=key)
    Job.objects.update(sandbox=key, lapsed=True)
    FeedEvent.objects.update(sandbox=key)

    found = figures(seconds=1)

    assert job.pk
    assert set(found.jobs.values()) == {JobFigures()}
    assert (found.moves.claims, found.moves.hand_offs, found.placed, found.paid) == (0, 0, 0, 0)


def test_hand_offs_are_measured_from_payment_and_forgotten_after_15_minutes() -> None:
    for seconds in (0.4, 3, 400):
        entry = make_hand_off(now=NOW - timedelta(seconds=seconds))
        assert process_outbox(entry.pk, now=NOW)

    moves = figures(seconds=1).moves

    assert moves.hand_offs == 3
    assert moves.seconds == pytest.approx(403.4)
    assert moves.within == {0.5: 1, 1: 1, 2: 1, 5: 2, 10: 2, 30: 2, 60: 2, 300: 2}
    assert figures(minutes=15, seconds=1).moves.hand_offs == 0


def test_claims_of_the_last_15_minutes_are_counted() -> None:
    make_job(S.CLAIMED, now=NOW)
    make_job(S.PRODUCED, now=NOW)

    assert figures(minutes=14).moves.claims == 2
    assert figures(minutes=15).moves.claims == 0


def test_orders_of_the_last_hour_are_counted_when_placed_and_when_paid() -> None:
    make_order(now=NOW)
    make_order(now=NOW - timedelta(hours=1))
    make_order(now=NOW, paid=True)
    old = make_order(now=NOW - timedelta(hours=2), paid=True)
    FeedEvent.objects.filter(order=old).update(at=NOW - timedelta(minutes=5))  # it was paid later

    found = figures(seconds=1)

    assert (found.placed, found.paid) == (2, 2)


def test_the_outbox_is_counted_by_topic_with_its_oldest_entry_and_the_dead() -> None:
    make_order(now=NOW - timedelta(minutes=5), paid=True)
    entry = make_hand_off(now=NOW - timedelta(minutes=9))
    OutboxEntry.objects.filter(pk=entry.pk).update(state="dead")

    found = figures()

    assert {topic: count for topic, count in found.pending.by_topic.items() if count} == {
        "handoff": 1,
        "mail_confirmed": 1,
    }
    assert (found.oldest_pending_seconds, found.oldest_hand_off_seconds, found.dead) == (300.0, 300.0, 1)


def test_a_mail_that_waits_is_no_hand_off_that_waits() -> None:
    make_order(now=NOW - timedelta(minutes=5), paid=True)
    OutboxEntry.objects.filter(topic="handoff").update(created_at=NOW - timedelta(seconds=2))

    found = figures()

    assert (found.oldest_pending_seconds, found.oldest_hand_off_seconds) == (300.0, 2.0)


def test_webhooks_count_as_failing_or_off() -> None:
    key = make_client().row
    common = {"client": key, "url": "https://maker.example", "created_at": NOW}
    WebhookEndpoint.objects.create(**common)
    WebhookEndpoint.objects.create(**common, failing_since=NOW)
    WebhookEndpoint.objects.create(**common, failing_since=NOW, disabled_at=NOW)

    assert (figures().webhooks_failing, figures().webhooks_off) == (1, 1)


def test_they_cost_ten_queries_however_much_there_is() -> None:
    make_job(S.PRODUCED)
    make_order(paid=True)

    with CaptureQueriesContext(connection) as captured:
        figures()

    assert len(captured) == 10


def test_alerts_and_the_guide_name_metrics_that_there_are(settings: LazySettings) -> None:
    for part in ("relay", "worker", "invariants"):
        show_life(part, now=NOW)
    written = write_metrics(figures()).decode()
    names = {family.name for family in text_string_to_metric_families(written)}
    for file in ("prometheus-alerts.yml", "operations.md"):
        named = set(re.findall(r"\bconcoct_\w+", (settings.BASE_DIR / "docs" / file).read_text()))
        assert len(named) > 8
        assert {name.removesuffix("_bucket") for name in named} <= names, file


def scrape(text: str, **headers: str) -> Any:
    return Client(headers={"Authorization": f"Bearer {text}", **headers}).get("/metrics")


def test_prometheus_reads_them_with_a_key() -> None:
    make_job(S.CLAIMED)
    make_order(paid=True)
    Job.objects.filter(state=S.CLAIMED).update(lapsed=True)
    show_life("relay", now=timezone.now())
    made = make_client(scopes=["metrics:read"])

    response = scrape(made.text, Accept="application/openmetrics-text;version=1.0.0,text/plain;q=0.3")

    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain")
    assert "no-store" in response["Cache-Control"]
    values = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }
    assert values["concoct_outbox_pending", "handoff"] == 2
    assert values["concoct_jobs", "claimed"] == 1
    assert values["concoct_jobs", "pending"] == 1
    assert (values["concoct_jobs_late",], values["concoct_jobs_lapsed",]) == (0, 1)
    assert values["concoct_claims_recent",] == 1
    assert values["concoct_handoff_seconds_bucket", "+Inf"] == 1
    assert values["concoct_orders_paid_last_hour",] == 2
    assert 0 <= values["concoct_pulse_age_seconds", "relay"] < 60
    assert ("concoct_pulse_age_seconds", "worker") not in values


def test_nobody_else_reads_them() -> None:
    without = make_client(scopes=["jobs:read"])
    for_tests = make_client(scopes=["metrics:read"])
    for_tests.row.is_test = True
    for_tests.row.save(update_fields=["is_test"])

    for response, status in (
        (Client().get("/metrics"), 401),
        (scrape("cct_live_x"), 401),
        (scrape(without.text), 403),
        (scrape(for_tests.text), 403),
    ):
        assert response.status_code == status
        assert b"concoct_" not in response.content
    assert Client(headers={"Authorization": f"Bearer {without.text}"}).head("/metrics").status_code == 403
