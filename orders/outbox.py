"""Rows that say what still has to be done outside a transaction, and the one function that does it."""

import logging
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from orders.handoff import hand_off, hold_jobs
from orders.models import Order, OutboxEntry

logger = logging.getLogger(__name__)

GIVE_UP_AFTER = 12
LONGEST_WAIT_SECONDS = 300

HANDLERS: dict[str, Callable[[Order, datetime], None]] = {OutboxEntry.Topic.HANDOFF: hand_off}


def add_entry(topic: str, *, order: Order, now: datetime, key: str = "") -> OutboxEntry:
    """Write down that `topic` is to be done for an order. Call it inside the transaction that causes it."""
    return OutboxEntry.objects.create(topic=topic, order=order, key=key, created_at=now, next_attempt_at=now)


def add_entries(topic: str, *, keys: Sequence[tuple[Order, str]], now: datetime) -> None:
    """The same for many orders, each with its key, in one query; what is written down already stays as it is."""
    OutboxEntry.objects.bulk_create(
        [
            OutboxEntry(topic=topic, order=order, key=key, created_at=now, next_attempt_at=now)
            for order, key in keys
        ],
        ignore_conflicts=True,
    )


def process_outbox(entry_id: int, *, now: datetime | None = None) -> bool:
    """Do what a due entry says and mark it done, in one transaction; True if this call did it.

    Safe to call from anywhere, any number of times: the row is locked (SQLite: by the transaction itself, which begins
    with the write lock), and who finds it taken or done leaves it. A failure is written on the row with the time of
    the next attempt; after GIVE_UP_AFTER failures the entry is dead and the order's jobs are held for staff.
    """
    now = now or timezone.now()
    seen: int | None = None
    try:
        with transaction.atomic():
            due = OutboxEntry.objects.filter(
                pk=entry_id, state=OutboxEntry.State.PENDING, next_attempt_at__lte=now
            )
            entry = due.select_for_update(skip_locked=True, of=("self",)).select_related("order").first()
            if entry is None:
                return False
            seen = entry.attempts
            HANDLERS[entry.topic](entry.order, now)
            entry.state, entry.done_at, entry.error = OutboxEntry.State.DONE, now, ""
            entry.save(update_fields=["state", "done_at", "error"])
            return True
    except Exception as error:
        logger.exception("outbox entry %s failed", entry_id)
        _note_failure(entry_id, error, seen=seen, now=now)
        return False


def _note_failure(entry_id: int, error: Exception, *, seen: int | None, now: datetime) -> None:
    """Count a failure of an entry that was read with `seen` failures: once, if another failed on it meanwhile."""
    with transaction.atomic():
        entry = OutboxEntry.objects.select_for_update().get(pk=entry_id)
        if entry.state != OutboxEntry.State.PENDING or entry.attempts != seen:
            return
        entry.attempts += 1
        entry.error = f"{type(error).__name__}: {error}"
        if entry.attempts >= GIVE_UP_AFTER:
            entry.state = OutboxEntry.State.DEAD
            hold_jobs(entry.order_id, reason="The hand-off failed too often; see the outbox.")
        wait = min(2**entry.attempts, LONGEST_WAIT_SECONDS) * random.uniform(0.8, 1.2)  # noqa: S311 jitter, no secret
        entry.next_attempt_at = now + timedelta(seconds=wait)
        entry.save(update_fields=["attempts", "error", "state", "next_attempt_at"])


def retry_entry(entry: OutboxEntry, *, now: datetime) -> bool:
    """Give a dead entry a fresh start, at once; its jobs are released when it succeeds. False if it is not dead."""
    dead = OutboxEntry.objects.filter(pk=entry.pk, state=OutboxEntry.State.DEAD)
    return bool(dead.update(state=OutboxEntry.State.PENDING, attempts=0, next_attempt_at=now))
