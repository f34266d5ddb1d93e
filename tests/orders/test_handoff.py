"""Hand-off: the jobs of a paid order become ready together, or none of them and staff are told."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from configurator.models import Rule
from orders.handoff import hand_off, hold_jobs
from orders.jobs import move_job
from orders.models import Job, JobTransition, Order, OrderLine, OutboxEntry
from orders.outbox import GIVE_UP_AFTER, process_outbox
from orders.snapshot import NotReadyError
from tests.configurator.drafts import make_rule, publish
from tests.orders.make import MIX, STAFF, make_job, make_order, pay_order
from tests.orders.stored import stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
FORBIDDEN = {"base": "quiet-linen", "main": "gleam", "second": "mend"}
UNKNOWN = {**MIX, "main": "glitter"}


def make_paid_order(*mixes: Mapping[str, str]) -> Order:
    """A paid order of these mixes; written as they are, past all checks of placing."""
    order = make_order(now=NOW)
    order.lines.update(mix=mixes[0])
    for position, mix in enumerate(mixes[1:], 2):
        line = order.lines.first()
        assert line is not None
        OrderLine.objects.create(
            order=order, position=position, version=line.version, mix=mix, size="50ml", unit_price=450
        )
    pay_order(order, now=NOW)
    return order


def test_all_jobs_of_an_order_become_ready_with_their_snapshots() -> None:
    order = make_paid_order(MIX, {**MIX, "main": "quench"})

    hand_off(order, NOW)

    jobs = list(order.jobs.order_by("id"))
    assert [(job.state, job.version, bool(job.snapshot)) for job in jobs] == [("ready", 2, True)] * 2
    assert len({job.snapshot_sha256 for job in jobs}) == 2
    steps = JobTransition.objects.filter(version=2).values_list("from_state", "to_state", "by", "at")
    assert list(steps) == [("pending", "ready", "hand-off", NOW)] * 2


def test_a_second_hand_off_changes_nothing() -> None:
    order = make_paid_order(MIX)
    hand_off(order, NOW)
    before = stored_rows()

    hand_off(order, NOW + timedelta(hours=1))

    assert stored_rows() == before


@pytest.mark.parametrize("wrong", [FORBIDDEN, UNKNOWN, {"base": "warm-hearth"}])
def test_one_line_that_its_version_forbids_keeps_all_jobs_of_the_order_back(wrong: dict[str, str]) -> None:
    order = make_paid_order(MIX, wrong)
    before = stored_rows()

    with pytest.raises((NotReadyError, KeyError)), transaction.atomic():
        hand_off(order, NOW)

    assert stored_rows() == before


@pytest.mark.parametrize("wrong", [FORBIDDEN, UNKNOWN])
def test_a_forbidden_line_goes_from_error_to_hold_and_never_becomes_ready(wrong: dict[str, str]) -> None:
    order = make_paid_order(wrong)
    entry = order.outbox_entries.get(topic="handoff")

    for _ in range(GIVE_UP_AFTER):
        entry.refresh_from_db()
        process_outbox(entry.pk, now=entry.next_attempt_at)

    entry.refresh_from_db()
    job = order.jobs.get()
    assert entry.state == OutboxEntry.State.DEAD
    assert entry.error.startswith(("NotReadyError: ", "KeyError: "))
    assert (job.state, job.snapshot, job.on_hold) == (Job.State.PENDING, "", True)
    assert JobTransition.objects.filter(to_state="ready").count() == 0


def test_a_rule_made_after_the_sale_does_not_stop_what_was_sold() -> None:
    order = make_paid_order(MIX)
    make_rule("mend-quench", kind=Rule.Kind.NEVER_TOGETHER, left=["mend"], right=["quench"])
    publish(note="no more of that")

    hand_off(order, NOW)

    assert order.jobs.get().state == Job.State.READY


def test_a_job_that_was_cancelled_meanwhile_stays_cancelled() -> None:
    order = make_paid_order(MIX, MIX)
    first, second = order.jobs.order_by("id")
    move_job(first, Job.State.CANCELLED, by=STAFF, now=NOW)

    hand_off(order, NOW)

    assert [job.state for job in order.jobs.order_by("id")] == ["cancelled", "ready"]
    assert second.pk == order.jobs.get(state="ready").pk


def test_jobs_of_other_orders_are_left_alone() -> None:
    order, other = make_paid_order(MIX), make_paid_order(MIX)

    hand_off(order, NOW)

    assert (order.jobs.get().state, other.jobs.get().state) == ("ready", "pending")


def test_a_hold_takes_what_waits_for_the_hand_off_only_of_its_own_order() -> None:
    states = ("pending", "ready", "claimed", "in_production", "produced", "shipped", "failed", "cancelled")
    jobs = {state: make_job(state) for state in states}
    make_job("pending")

    for job in jobs.values():
        hold_jobs(job.order_id, note="see the outbox", now=NOW)

    [held] = Job.objects.filter(on_hold=True)
    assert (held, held.holds.get().note) == (jobs["pending"], "see the outbox")
