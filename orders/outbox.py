"""Rows that say what still has to be done outside a transaction, and the one function that does it."""

import logging
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from configurator.models import PlannedPublish
from orders.handoff import hand_off, hold_jobs
from orders.log_context import current_request_id, log_about, log_about_entry
from orders.masking import mask
from orders.models import Order, OutboxEntry
from orders.refunds import refund_payment

logger = logging.getLogger(__name__)

GIVE_UP_AFTER = 12
LEASE = timedelta(seconds=120)  # longer than Celery lets a task run
WAIT_INSIDE = (2, 300)  # of seconds: the base that each failure multiplies the wait by, and the longest wait
WAIT_OUTSIDE = (4, 7200)  # twelve failures take half a day: other people's servers are down for longer

# Done inside the transaction that marks the entry done: all of it, or nothing.
HANDLERS: dict[str, Callable[[Order, datetime], None]] = {OutboxEntry.Topic.HANDOFF: hand_off}

# Done outside any transaction, because they talk to the network; `apps` adds those that are made of pages' content.
# Whoever dies between doing and marking has it done again after the lease. So each must do nothing the second time, or
# do what others know as the same: a mail by its Message-ID and its file's name, a refund by the provider's idempotency
# key. What one returns is kept on the row, such as why there was nothing to do.
EXTERNAL: dict[str, Callable[[OutboxEntry, datetime], str | None]] = {
    OutboxEntry.Topic.REFUND: refund_payment
}


def add_entry(topic: str, *, order: Order, now: datetime, key: str = "") -> OutboxEntry:
    """Write down that `topic` is to be done for an order. Call it inside the transaction that causes it.

    `key` says which one, where an order can have several. What is written down already, done or not, stays as it is
    and is returned: a second call adds nothing, even beside the first one. For an order of a sandbox nothing is to be
    done: its entry is not written down and comes back as done.
    """
    if order.sandbox_id is not None:
        return OutboxEntry(topic=topic, order=order, key=key, state=OutboxEntry.State.DONE)
    add_entries(topic, keys=[(order, key)], now=now)
    return OutboxEntry.objects.get(topic=topic, order=order, key=key)


def add_first_entries(*topics: str, order: Order, now: datetime) -> list[OutboxEntry]:
    """Entries that an order can have only from this moment on, such as when it is paid, in one query, in that order.

    Raises IntegrityError for what is written down already. Call it inside the transaction that causes them.
    """
    request_id = current_request_id()
    return OutboxEntry.objects.bulk_create(
        OutboxEntry(topic=topic, order=order, created_at=now, next_attempt_at=now, request_id=request_id)
        for topic in topics
    )


def add_plan_entry(topic: str, *, plan: PlannedPublish, now: datetime) -> OutboxEntry:
    """As `add_entry`, about a planned version instead of an order."""
    entry = OutboxEntry(
        topic=topic, plan=plan, created_at=now, next_attempt_at=now, request_id=current_request_id()
    )
    OutboxEntry.objects.bulk_create([entry], ignore_conflicts=True)
    return OutboxEntry.objects.get(topic=topic, plan=plan)


def add_entries(topic: str, *, keys: Sequence[tuple[Order, str]], now: datetime) -> None:
    """The same for many orders, each with its key, in one query; what is written down already stays as it is.

    Each row keeps the id of the request that caused it.
    """
    request_id = current_request_id()
    OutboxEntry.objects.bulk_create(
        [
            OutboxEntry(
                topic=topic,
                order=order,
                key=key,
                created_at=now,
                next_attempt_at=now,
                request_id=request_id,
            )
            for order, key in keys
        ],
        ignore_conflicts=True,  # an error would spoil the whole transaction
    )


def process_outbox(entry_id: int, *, now: datetime | None = None) -> bool:
    """Do what a due entry says and mark it done; True if this call did it.

    Safe to call from anywhere but inside a transaction, any number of times: the row is locked (SQLite: by the
    transaction itself, which begins with the write lock), and a caller that finds the row locked or done returns
    False. What is in HANDLERS is done in the transaction of that lock. What is in EXTERNAL is done after it, under a
    lease: for so long nobody else finds it due, and nothing is locked. A failure is written on the row with the time of
    the next attempt; after GIVE_UP_AFTER failures the entry is dead, which staff read in the log and in the list of
    entries; the jobs of a hand-off are held for them. What is logged meanwhile names the entry and the request that
    caused it.
    """
    with log_about(entry=entry_id):
        return _process(entry_id, now=now or timezone.now())


def _process(entry_id: int, *, now: datetime) -> bool:
    entry: OutboxEntry | None = None
    try:
        with transaction.atomic():
            due = OutboxEntry.objects.filter(
                pk=entry_id, state=OutboxEntry.State.PENDING, next_attempt_at__lte=now
            )
            entry = due.select_for_update(skip_locked=True, of=("self",)).select_related("order").first()
            if entry is None:
                return False
            log_about_entry(entry)
            handle = EXTERNAL.get(entry.topic)
            if handle is None:
                HANDLERS[entry.topic](entry.order, now)
                done = _mark_done(entry, now=now)
            else:
                _lease(entry, now=now)
        if handle is not None:
            done = _mark_done(entry, now=now, note=handle(entry, now) or "")
        if done:
            logger.info("outbox entry %s is done", entry_id)
        return done
    except Exception as error:
        logger.exception("outbox entry %s failed", entry_id)
        if entry is not None:
            _note_failure(entry, error, now=now)
        return False


def _lease(entry: OutboxEntry, *, now: datetime) -> None:
    entry.next_attempt_at = now + LEASE
    entry.save(update_fields=["next_attempt_at"])


def _mark_done(entry: OutboxEntry, *, now: datetime, note: str = "") -> bool:
    """What is done is done, even if it took longer than its lease and others have failed at it meanwhile."""
    undone = OutboxEntry.objects.filter(pk=entry.pk).exclude(state=OutboxEntry.State.DONE)
    return bool(undone.update(state=OutboxEntry.State.DONE, done_at=now, error=note))


def _note_failure(seen: OutboxEntry, error: Exception, *, now: datetime) -> None:
    """Count a failure of an entry, as it was `seen`: once, if another failed on it or took it over meanwhile."""
    with transaction.atomic():
        entry = OutboxEntry.objects.select_for_update().get(pk=seen.pk)
        as_seen = (OutboxEntry.State.PENDING, seen.attempts, seen.next_attempt_at)
        if (entry.state, entry.attempts, entry.next_attempt_at) != as_seen:
            return
        entry.attempts += 1
        entry.error = mask(f"{type(error).__name__}: {error}")
        if entry.attempts >= GIVE_UP_AFTER:
            _give_up(entry, now=now)
        entry.next_attempt_at = now + _wait_after(entry)
        entry.save(update_fields=["attempts", "error", "state", "next_attempt_at"])


def _give_up(entry: OutboxEntry, *, now: datetime) -> None:
    entry.state = OutboxEntry.State.DEAD
    logger.error("outbox entry %s (%s) was given up: %s", entry.pk, entry.topic, entry.error)
    if entry.topic == OutboxEntry.Topic.HANDOFF:
        hold_jobs(entry.order.pk, note="The hand-off failed too often; see the outbox.", now=now)


def _wait_after(entry: OutboxEntry) -> timedelta:
    base, longest = WAIT_OUTSIDE if entry.topic in EXTERNAL else WAIT_INSIDE
    seconds: int = min(base**entry.attempts, longest)
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 jitter, no secret


def retry_entry(entry: OutboxEntry, *, now: datetime) -> bool:
    """Give a dead entry a fresh start, at once; its jobs are released when it succeeds. False if it is not dead."""
    dead = OutboxEntry.objects.filter(pk=entry.pk, state=OutboxEntry.State.DEAD)
    return bool(dead.update(state=OutboxEntry.State.PENDING, attempts=0, next_attempt_at=now))
