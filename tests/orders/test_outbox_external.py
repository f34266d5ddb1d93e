"""What goes to other people's servers: outside any transaction, under a lease, and never in the way of hand-offs."""

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import LazySettings
from django.db import connection, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from config.processes import BASE_DIR
from orders import outbox, sending
from orders.handoff import hand_off
from orders.models import Job, Order, OutboxEntry
from orders.outbox import GIVE_UP_AFTER, LEASE, add_entry, process_outbox, retry_entry
from orders.relaying import ERRANDS, relay_errands, relay_hand_offs, relay_outbox
from orders.sending import send_after_commit
from orders.tasks import process_outbox_entries
from tests.orders.mails import read_folder
from tests.orders.make import make_order
from tests.orders.racing import do_alone, do_at_once, shop_on_file
from tests.orders.stored import stored_rows
from tests.processes import make_settings

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOPIC = OutboxEntry.Topic.MAIL_CONFIRMED
S = OutboxEntry.State
SECOND = timedelta(seconds=1)


def make_errand(now: datetime = NOW) -> OutboxEntry:
    """The mail of a paid order, whose hand-off is done."""
    order = make_order(paid=True, now=now)
    order.outbox_entries.filter(topic="handoff").update(state=S.DONE)
    return order.outbox_entries.get(topic=TOPIC)


def handle_by(monkeypatch: pytest.MonkeyPatch, handle: Callable[[OutboxEntry, datetime], str | None]) -> None:
    monkeypatch.setitem(outbox.EXTERNAL, TOPIC, handle)


def fail(entry: OutboxEntry, now: datetime) -> None:
    raise ConnectionRefusedError("no mail server")


def test_an_errand_is_done_once_and_marked_done(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_errand()
    seen: list[tuple[OutboxEntry, datetime]] = []
    handle_by(monkeypatch, lambda entry, now: seen.append((entry, now)))

    assert process_outbox(entry.pk, now=NOW) is True

    entry.refresh_from_db()
    assert seen == [(entry, NOW)]
    assert (entry.state, entry.done_at, entry.attempts, entry.error) == (S.DONE, NOW, 0, "")
    before = stored_rows()
    assert process_outbox(entry.pk, now=NOW + timedelta(days=1)) is False
    assert len(seen) == 1
    assert stored_rows() == before


def test_why_there_was_nothing_to_do_is_kept_on_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_errand()
    handle_by(monkeypatch, lambda entry, now: "not sent: nobody wants it")

    assert process_outbox(entry.pk, now=NOW) is True

    entry.refresh_from_db()
    assert (entry.state, entry.error) == (S.DONE, "not sent: nobody wants it")


def test_an_errand_is_run_in_no_transaction_so_others_write_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = make_errand()
    running, go_on = threading.Event(), threading.Event()
    atomic: list[bool] = []

    def take_long(entry: OutboxEntry, now: datetime) -> None:
        atomic.append(connection.in_atomic_block)
        running.set()
        assert go_on.wait(30)

    def write_meanwhile() -> int:
        assert running.wait(30)
        changed = Order.objects.update(town="York")
        again = process_outbox(entry.pk, now=NOW + LEASE - SECOND)
        go_on.set()
        assert again is False, "it is under a lease"
        return changed

    handle_by(monkeypatch, take_long)
    with shop_on_file(tmp_path):
        outcomes = do_at_once([lambda: process_outbox(entry.pk, now=NOW), write_meanwhile])

    assert outcomes == [True, 1]
    assert atomic == [False]


def test_a_worker_that_dies_leaves_a_lease_of_2_minutes_and_no_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = make_errand()

    def die(entry: OutboxEntry, now: datetime) -> None:
        raise KeyboardInterrupt

    handle_by(monkeypatch, die)
    with pytest.raises(KeyboardInterrupt):
        process_outbox(entry.pk, now=NOW)

    entry.refresh_from_db()
    assert (entry.state, entry.attempts, entry.error) == (S.PENDING, 0, "")
    assert entry.next_attempt_at == NOW + timedelta(seconds=120)
    handle_by(monkeypatch, lambda entry, now: None)
    assert process_outbox(entry.pk, now=NOW + 119 * SECOND) is False
    assert process_outbox(entry.pk, now=NOW + 120 * SECOND) is True


def test_one_who_comes_back_after_his_lease_marks_it_done_if_he_did_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = make_errand()

    def be_overtaken(entry: OutboxEntry, now: datetime) -> None:
        handle_by(monkeypatch, fail)
        assert process_outbox(entry.pk, now=NOW + LEASE) is False

    handle_by(monkeypatch, be_overtaken)

    assert process_outbox(entry.pk, now=NOW) is True

    entry.refresh_from_db()
    assert (entry.state, entry.error) == (S.DONE, "")


def test_of_two_that_did_it_only_the_first_to_mark_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_errand()

    def be_overtaken(entry: OutboxEntry, now: datetime) -> None:
        handle_by(monkeypatch, lambda entry, now: "by the second")
        assert process_outbox(entry.pk, now=NOW + LEASE) is True

    handle_by(monkeypatch, be_overtaken)

    assert process_outbox(entry.pk, now=NOW) is False

    entry.refresh_from_db()
    assert (entry.state, entry.done_at, entry.error) == (S.DONE, NOW + LEASE, "by the second")


def test_one_who_fails_after_his_lease_counts_nothing_against_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = make_errand()

    def be_overtaken(entry: OutboxEntry, now: datetime) -> None:
        OutboxEntry.objects.filter(pk=entry.pk).update(next_attempt_at=NOW + 2 * LEASE)  # taken by another
        raise ConnectionResetError

    handle_by(monkeypatch, be_overtaken)

    assert process_outbox(entry.pk, now=NOW) is False

    entry.refresh_from_db()
    assert (entry.attempts, entry.error, entry.next_attempt_at) == (0, "", NOW + 2 * LEASE)


def test_waits_grow_fourfold_to_2_hours_and_after_12_failures_staff_are_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    entry = make_errand()
    handle_by(monkeypatch, fail)
    waits = []

    for _attempt in range(GIVE_UP_AFTER):
        now = entry.next_attempt_at
        assert process_outbox(entry.pk, now=now) is False
        entry.refresh_from_db()
        waits.append((entry.next_attempt_at - now).total_seconds())

    planned = [4, 16, 64, 256, 1024, 4096, 7200, 7200, 7200, 7200, 7200, 7200]
    assert all(0.8 * plan <= wait <= 1.2 * plan for plan, wait in zip(planned, waits, strict=True))
    error = "ConnectionRefusedError: no mail server"
    assert (entry.state, entry.attempts, entry.error) == (S.DEAD, 12, error)
    said = f"outbox entry {entry.pk} (mail_confirmed) was given up: {error}"
    assert [record.levelname for record in caplog.records if record.getMessage() == said] == ["ERROR"]
    assert not Job.objects.get().on_hold, "a mail holds up no bottle"


def test_an_errand_that_was_given_up_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_errand()
    OutboxEntry.objects.filter(pk=entry.pk).update(state=S.DEAD, attempts=12, error="gone")
    entry.refresh_from_db()
    handle_by(monkeypatch, lambda entry, now: None)

    assert retry_entry(entry, now=NOW) is True

    assert process_outbox(entry.pk, now=NOW) is True
    entry.refresh_from_db()
    assert (entry.state, entry.attempts, entry.error) == (S.DONE, 0, "")


def test_a_poisoned_errand_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [make_errand() for _ in range(3)]

    def fail_first(entry: OutboxEntry, now: datetime) -> None:
        if entry == entries[0]:
            raise ValueError("bad template")

    handle_by(monkeypatch, fail_first)

    assert relay_errands(now=NOW + 60 * SECOND) == 2

    states = OutboxEntry.objects.filter(topic=TOPIC).order_by("pk").values_list("state", "attempts")
    assert list(states) == [(S.PENDING, 1), (S.DONE, 0), (S.DONE, 0)]


def test_an_unknown_topic_is_an_error_for_staff_and_no_crash() -> None:
    entry = make_errand()
    OutboxEntry.objects.filter(pk=entry.pk).update(topic="telegram")

    assert relay_outbox(now=NOW + 60 * SECOND) == 0

    entry.refresh_from_db()
    assert (entry.state, entry.attempts, entry.error) == (S.PENDING, 1, "KeyError: 'telegram'")


def test_every_topic_of_a_mail_has_somebody_who_does_it() -> None:
    mails = {topic for topic in OutboxEntry.Topic.values if topic.startswith("mail_")}

    assert len(mails) == 7
    assert mails <= set(outbox.EXTERNAL)
    assert not set(outbox.EXTERNAL) & set(outbox.HANDLERS)


def test_the_relay_takes_hand_offs_first_and_then_a_few_errands(monkeypatch: pytest.MonkeyPatch) -> None:
    orders = [make_order(paid=True, now=NOW - number * SECOND) for number in range(ERRANDS + 2)]
    OutboxEntry.objects.filter(topic=TOPIC).update(next_attempt_at=NOW - 60 * SECOND)  # due for longest
    done: list[str] = []

    def note_hand_off(order: Order, now: datetime) -> None:
        hand_off(order, now)
        done.append("hand-off")

    monkeypatch.setitem(outbox.HANDLERS, OutboxEntry.Topic.HANDOFF, note_hand_off)
    handle_by(monkeypatch, lambda entry, now: done.append("mail"))

    assert relay_outbox(now=NOW + 60 * SECOND) == len(orders) + ERRANDS

    assert done == ["hand-off"] * len(orders) + ["mail"] * ERRANDS
    assert relay_hand_offs(now=NOW + 60 * SECOND) == 0
    assert relay_errands(now=NOW + 60 * SECOND) == 2


def test_what_is_written_down_twice_is_one_entry_and_the_first_stays() -> None:
    order = make_order(now=NOW)
    first = add_entry(TOPIC, order=order, now=NOW)
    OutboxEntry.objects.update(state=S.DONE, done_at=NOW, attempts=2)
    before = stored_rows()

    with transaction.atomic():
        again = add_entry(TOPIC, order=order, now=NOW + 60 * SECOND)
        assert OutboxEntry.objects.count() == 1, "and the transaction is sound"

    assert (again.pk, again.state, again.created_at) == (first.pk, S.DONE, NOW)
    assert stored_rows() == before


def test_a_key_tells_entries_of_one_topic_apart() -> None:
    order, other = make_order(now=NOW), make_order(now=NOW)

    late = OutboxEntry.Topic.MAIL_LATE
    entries = [
        add_entry(late, order=order, key="slip-1", now=NOW),
        add_entry(late, order=order, key="slip-2", now=NOW),
        add_entry(late, order=other, key="slip-1", now=NOW),
        add_entry(late, order=order, key="slip-1", now=NOW),
    ]

    assert len({entry.pk for entry in entries}) == 3
    assert entries[3] == entries[0]
    assert [(entry.order, entry.key) for entry in entries[:2]] == [(order, "slip-1"), (order, "slip-2")]


def test_what_many_write_down_at_once_is_one_entry(tmp_path: Path) -> None:
    order = make_order(now=NOW)

    with shop_on_file(tmp_path):
        added = do_at_once([lambda: add_entry(TOPIC, order=order, now=NOW).pk] * 8)
        count = do_alone(OutboxEntry.objects.count)

    assert len(set(map(str, added))) == count == 1


def test_several_entries_are_one_message_and_what_is_done_is_none(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent: list[tuple[int, ...]] = []
    monkeypatch.setattr(sending, "send", lambda *entry_ids: sent.append(entry_ids))
    first, second, done = (make_errand() for _ in range(3))
    done.state = S.DONE

    with django_capture_on_commit_callbacks(execute=True):
        send_after_commit(first, done, second)
        send_after_commit(done)

    assert sent == [(first.pk, second.pk)]


def test_tasks_delivered_3_times_beside_two_relays_write_each_mail_once(
    tmp_path: Path, settings: LazySettings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = "config.mail.FileBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    orders = [make_order(paid=True, now=NOW) for _ in range(6)]
    ids = [tuple(order.outbox_entries.order_by("id").values_list("pk", flat=True)) for order in orders]

    def deliver() -> int:
        for entry_ids in ids:
            process_outbox_entries.apply(entry_ids)
        return 0

    with shop_on_file(tmp_path):
        relays = [lambda: relay_outbox(now=NOW + 60 * SECOND)] * 2
        do_at_once([deliver, deliver, deliver, *relays])
        states = do_alone(lambda: set(OutboxEntry.objects.values_list("state", "attempts", "error")))

    assert states == {(S.DONE, 0, "")}
    assert sorted(read_folder(tmp_path / "mail")) == sorted(
        f"20260302T090000Z-{order.number}-confirmed.eml" for order in orders
    )
    assert caplog.text.count("is not sent but written to") == len(orders)


DIE_AFTER_SENDING = """
import os, sys, django
django.setup()
from orders import outbox
for topic, handle in list(outbox.EXTERNAL.items()):
    outbox.EXTERNAL[topic] = lambda entry, now, handle=handle: (handle(entry, now), os._exit(9))
outbox.process_outbox(int(sys.argv[1]))
"""


def test_a_process_killed_between_sending_and_marking_leads_to_the_same_file_and_no_second(
    tmp_path: Path, settings: LazySettings
) -> None:
    settings.EMAIL_BACKEND = "config.mail.FileBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    entry = make_errand()

    with shop_on_file(tmp_path) as url:
        died = subprocess.run(
            [sys.executable, "-c", DIE_AFTER_SENDING, str(entry.pk)],
            cwd=BASE_DIR,
            env=make_settings(tmp_path, port=8000, extra={"DATABASE_URL": url}),
            check=False,
        )
        [first] = read_folder(tmp_path / "mail").items()
        left = do_alone(lambda: OutboxEntry.objects.get(pk=entry.pk))
        with time_machine.travel(left.next_attempt_at, tick=False):
            again = do_alone(lambda: process_outbox(entry.pk))
        done = do_alone(lambda: OutboxEntry.objects.get(pk=entry.pk))

    assert died.returncode == 9
    assert (left.state, left.attempts) == (S.PENDING, 0)
    assert (again, done.state) == (True, S.DONE)
    [second] = read_folder(tmp_path / "mail").items()
    assert second == first
