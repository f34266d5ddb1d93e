"""Repeating a request without repeating what it did: its answer is stored in the transaction of its effect."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from orders.models import FulfilmentKey, IdempotentAnswer

KEPT_FOR = timedelta(hours=72)
FORGOTTEN_AT_ONCE = 5000


class KeyReusedError(Exception):
    """The key was used before, for another request."""


class KeyInFlightError(Exception):
    """A request with the same key is being answered at this very moment."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of an answer; `is_replay` if it was stored by an earlier request."""

    body: str
    is_replay: bool


def answer_once(
    client: FulfilmentKey, *, key: str, request_sha256: str, work: Callable[[], str | None], now: datetime
) -> Answer | None:
    """The stored answer to a request that was answered before under this client's `key`; else that of `work()`.

    What `work` does and its answer are committed together or not at all: whoever dies in between leaves neither. What
    it raises is passed on and nothing is stored, and if it gives None (it found nothing to do, so there is nothing
    that must not be done twice), nothing is stored either; the key may then be used again. `request_sha256` is the
    hash of method, path and body.

    Of two requests with one key at once, PostgreSQL refuses the second with KeyInFlightError; on SQLite it waits for
    the write lock, with which every transaction begins, and gets the first one's answer. Raises KeyReusedError for a
    known key with another hash.
    """
    with transaction.atomic():
        _take_turn(client, key)
        stored = IdempotentAnswer.objects.filter(client=client, key=key).first()
        if stored is not None:
            if stored.request_sha256 != request_sha256:
                raise KeyReusedError(key)
            return Answer(stored.body, is_replay=True)
        body = work()
        if body is None:
            return None
        IdempotentAnswer.objects.create(
            client=client, key=key, request_sha256=request_sha256, status=200, body=body, created_at=now
        )
        return Answer(body, is_replay=False)


def forget_old_answers(*, now: datetime) -> int:
    """Delete answers that were stored over 72 hours ago, some at a time; returns how many."""
    old = IdempotentAnswer.objects.filter(created_at__lt=now - KEPT_FOR).order_by("created_at")
    return IdempotentAnswer.objects.filter(
        pk__in=list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    ).delete()[0]


def lock_number(client: FulfilmentKey, key: str) -> int:
    """The number by which PostgreSQL knows the lock on a client's key: 64 bits of its hash."""
    digest = hashlib.sha256(f"{client.pk}:{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _take_turn(client: FulfilmentKey, key: str) -> None:
    """On PostgreSQL, a lock on the key that ends with the transaction."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock_number(client, key)])
        [is_ours] = cursor.fetchone()
    if not is_ours:
        raise KeyInFlightError(key)
