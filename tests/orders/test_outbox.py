"""The outbox: each entry is done once, a failure is tried again ever later, and one poisoned order harms no other."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orders import outbox
from orders.handoff import hand_off
from orders.models import Job, JobTransition, Order, OutboxEntry
from orders.outbox import GIVE_UP_AFTER, process_outbox, retry_entry
from orders.relaying import relay_outbox
from tests.orders.make import make_hand_off
from tests.orders.racing import do_alone, do_at_once, shop_on_file
from tests.orders.stored import stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
S = OutboxEntry.State


def make_entry(now: datetime = NOW) -> OutboxEntry:
    return make_hand_off(now=now)


def poison(monkeypatch: pytest.MonkeyPatch, *orders: Order) -> None:
    """The hand-off of these orders (of all, if none is named) gets half way and fails."""

    def fail(order: Order, now: datetime) -> None:
        hand_off(order, now)
        if not orders or order in orders:
            raise ValueError("bad mix")

    monkeypatch.setitem(outbox.HANDLERS, OutboxEntry.Topic.HANDOFF, fail)


def fail_until_dead(entry: OutboxEntry) -> None:
    for _ in range(GIVE_UP_AFTER):
        entry.refresh_from_db()
        assert process_outbox(entry.pk, now=entry.next_attempt_at) is False
    entry.refresh_from_db()


def test_a_due_entry_is_done_once() -> None:
    entry = make_entry()

    assert process_outbox(entry.pk, now=NOW) is True

    done = stored_rows()
    [row] = done["OutboxEntry"]
    assert (row["state"], row["done_at"], row["attempts"], row["error"]) == ("done", NOW, 0, "")
    assert [job["state"] for job in done["Job"]] == ["ready"]
    assert process_outbox(entry.pk, now=NOW + timedelta(days=1)) is False
    assert stored_rows() == done


def test_an_entry_is_not_touched_before_its_time() -> None:
    entry = make_entry()
    before = stored_rows()

    assert process_outbox(entry.pk, now=NOW - timedelta(microseconds=1)) is False

    assert stored_rows() == before
    assert process_outbox(entry.pk, now=NOW) is True


def test_an_entry_that_is_gone_is_nobodys_error(caplog: pytest.LogCaptureFixture) -> None:
    assert process_outbox(404, now=NOW) is False

    assert not caplog.records


def test_a_failure_keeps_the_error_and_takes_back_what_was_half_done(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    entry = make_entry()
    poison(monkeypatch)
    before = stored_rows()

    assert process_outbox(entry.pk, now=NOW) is False

    after = stored_rows()
    [row] = after["OutboxEntry"]
    assert (row["state"], row["attempts"], row["error"]) == ("pending", 1, "ValueError: bad mix")
    assert {**after, "OutboxEntry": before["OutboxEntry"]} == before
    assert f"outbox entry {entry.pk} failed" in caplog.text


def test_each_failure_doubles_the_wait_up_to_5_minutes_give_or_take_a_fifth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = make_entry()
    poison(monkeypatch)
    waits = []

    for attempt in range(1, GIVE_UP_AFTER):
        now = entry.next_attempt_at
        process_outbox(entry.pk, now=now)
        entry.refresh_from_db()
        assert (entry.attempts, entry.state) == (attempt, S.PENDING)
        waits.append((entry.next_attempt_at - now).total_seconds())

    planned = [2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert all(0.8 * plan <= wait <= 1.2 * plan for plan, wait in zip(planned, waits, strict=True))
    assert len({wait / plan for plan, wait in zip(planned, waits, strict=True)}) > 5, "spread by chance"


def test_after_12_failures_it_is_dead_its_jobs_are_held_and_nobody_tries_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = make_entry()
    poison(monkeypatch)

    fail_until_dead(entry)

    job = Job.objects.get()
    assert (entry.state, entry.attempts, entry.error) == (S.DEAD, 12, "ValueError: bad mix")
    assert (job.state, job.version, job.on_hold) == (Job.State.PENDING, 1, True)
    assert job.holds.get().note == "The hand-off failed too often; see the outbox."
    before = stored_rows()
    monkeypatch.undo()
    assert process_outbox(entry.pk, now=NOW + timedelta(days=9)) is False
    assert relay_outbox(now=NOW + timedelta(days=9)) == 0
    assert stored_rows() == before


def test_eleven_failures_hold_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_entry()
    poison(monkeypatch)
    OutboxEntry.objects.update(attempts=10)

    process_outbox(entry.pk, now=NOW)

    assert OutboxEntry.objects.values_list("attempts", "state").get() == (11, S.PENDING)
    assert not Job.objects.get().on_hold


def test_a_retry_of_a_dead_entry_succeeds_and_releases_the_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_entry()
    poison(monkeypatch)
    fail_until_dead(entry)
    monkeypatch.undo()
    later = NOW + timedelta(days=2)

    assert retry_entry(entry, now=later) is True
    entry.refresh_from_db()
    assert (entry.state, entry.attempts, entry.next_attempt_at) == (S.PENDING, 0, later)
    assert Job.objects.get().on_hold, "until it has worked"
    assert process_outbox(entry.pk, now=later) is True

    entry.refresh_from_db()
    job = Job.objects.get()
    assert (entry.state, entry.error) == (S.DONE, "")
    assert (job.state, job.on_hold) == (Job.State.READY, False)
    assert job.holds.get().released_by == "hand-off"


@pytest.mark.parametrize("state", [S.PENDING, S.DONE])
def test_only_a_dead_entry_can_be_retried(state: str) -> None:
    entry = make_entry()
    OutboxEntry.objects.update(state=state, attempts=3)
    entry.refresh_from_db()
    before = stored_rows()

    assert retry_entry(entry, now=NOW + timedelta(hours=1)) is False

    assert stored_rows() == before


def test_a_dead_entry_that_two_people_retry_is_retried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_entry()
    OutboxEntry.objects.update(state=S.DEAD, attempts=12)
    entry.refresh_from_db()
    seen_by_both = OutboxEntry.objects.get()
    assert retry_entry(entry, now=NOW) is True
    process_outbox(entry.pk, now=NOW)
    before = stored_rows()

    assert retry_entry(seen_by_both, now=NOW) is False

    assert stored_rows() == before


def test_a_poisoned_order_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    orders = [make_entry().order for _ in range(3)]
    poison(monkeypatch, orders[0])

    assert relay_outbox(now=NOW + timedelta(minutes=1)) == 2

    assert [order.jobs.get().state for order in orders] == ["pending", "ready", "ready"]
    assert list(OutboxEntry.objects.values_list("state", "attempts")) == [
        ("pending", 1),
        ("done", 0),
        ("done", 0),
    ]


def test_an_entry_that_many_take_at_once_is_done_once(tmp_path: Path) -> None:
    entry = make_entry()

    with shop_on_file(tmp_path):
        outcomes = do_at_once([lambda: process_outbox(entry.pk, now=NOW)] * 12)
        ready = do_alone(lambda: list(JobTransition.objects.filter(to_state="ready").values_list("version")))
        row = do_alone(lambda: OutboxEntry.objects.values_list("state", "attempts", "error").get())

    assert sorted(outcomes, key=str) == [False] * 11 + [True]
    assert ready == [(2,)]
    assert row == ("done", 0, "")


def test_an_entry_that_fails_for_two_at_once_counts_one_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_entry()
    poison(monkeypatch)

    def fail_for_another_meanwhile(*args: object) -> None:
        monkeypatch.setattr(outbox.logger, "exception", lambda *args: None)
        process_outbox(entry.pk, now=NOW)

    monkeypatch.setattr(outbox.logger, "exception", fail_for_another_meanwhile)

    assert process_outbox(entry.pk, now=NOW) is False

    entry.refresh_from_db()
    assert entry.attempts == 1
    assert entry.next_attempt_at <= NOW + timedelta(seconds=2.4)
