"""Telling webhooks that there is something new: once for all that is new, again when it fails, in the end no more."""

import logging
import random
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta

from django.db import connections
from django.db.models import Max, Q
from django.utils import timezone

from orders.feed import events_for, number_events
from orders.models import FeedEvent, WebhookEndpoint
from orders.webhook_targets import Answer
from orders.webhooks import deliver

logger = logging.getLogger(__name__)

AT_ONCE = 16  # receivers that are waited for at the same time
LEASE = timedelta(seconds=60)  # longer than an attempt takes
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 5, 3600
GIVE_UP_AFTER = timedelta(days=3)

Start = Callable[[Callable[[], None]], object]


def ring_endpoints(*, now: datetime, most: int = AT_ONCE, start: Start = lambda ring: ring()) -> int:
    """Tell each endpoint whose client has events that it was not told of; returns how many were begun.

    Numbers the feed first. An endpoint is taken by a conditional update of its next attempt, so two relays do not tell
    it twice. `start` runs each attempt: here and now, or in a thread, so that a receiver that hangs holds up no other.
    """
    last_seq = number_events()
    usable = Q(client__expires_at=None) | Q(client__expires_at__gt=now)
    due = WebhookEndpoint.objects.filter(
        usable, Q(next_attempt_at=None) | Q(next_attempt_at__lte=now),
        disabled_at=None, client__revoked_at=None, sent_to__lt=last_seq,
    )  # fmt: skip
    begun = 0
    for endpoint in due.select_related("client").order_by("next_attempt_at", "id")[:most]:
        lease_end = now + LEASE
        as_seen = WebhookEndpoint.objects.filter(
            pk=endpoint.pk,
            next_attempt_at=endpoint.next_attempt_at,
            sent_to=endpoint.sent_to,
            disabled_at=None,
        )
        news = events_for(endpoint.client).filter(seq__gt=endpoint.sent_to).aggregate(last=Max("seq"))["last"]
        if news is None:  # what is new is not for this client
            as_seen.update(sent_to=last_seq)
        elif as_seen.update(next_attempt_at=lease_end):
            start(_attempt(endpoint, _message_for(endpoint, news), lease_end=lease_end, now=now))
            begun += 1
    return begun


def _message_for(endpoint: WebhookEndpoint, news: int) -> tuple[str, int]:
    """(its id, up to which number it tells); a message that was not taken is sent again as it was."""
    prefix = f"msg_{endpoint.public_id.hex}_"
    if endpoint.attempts:
        failed = endpoint.deliveries.filter(message_id__startswith=prefix, seq__gt=endpoint.sent_to).first()
        if failed is not None:
            return failed.message_id, failed.seq
    return f"{prefix}{news}", news


def _attempt(
    endpoint: WebhookEndpoint, message: tuple[str, int], *, lease_end: datetime, now: datetime
) -> Callable[[], None]:
    def ring() -> None:
        message_id, seq = message
        at = FeedEvent.objects.filter(seq=seq).values_list("at", flat=True).first() or endpoint.created_at
        answer = deliver(endpoint, message_id=message_id, last_seq=seq, at=at, now=timezone.now())
        held = WebhookEndpoint.objects.filter(pk=endpoint.pk, next_attempt_at=lease_end)
        if answer.is_taken:
            held.update(sent_to=seq, attempts=0, next_attempt_at=None, failing_since=None)
        else:
            _note_failure(endpoint, answer, lease_end=lease_end, now=now)

    return ring


def _note_failure(endpoint: WebhookEndpoint, answer: Answer, *, lease_end: datetime, now: datetime) -> None:
    held = WebhookEndpoint.objects.filter(pk=endpoint.pk, next_attempt_at=lease_end)
    since = endpoint.failing_since or now
    why = answer.error or f"It answered {answer.status}."
    if now - since >= GIVE_UP_AFTER:
        if held.update(disabled_at=now, disabled_why=why[:200], next_attempt_at=None):
            logger.error(
                "the webhook %s of %s is switched off, for it has failed since %s: %s",
                endpoint.public_id, endpoint.client, since.isoformat(timespec="seconds"), why,
            )  # fmt: skip
        return
    seconds = min(FIRST_WAIT_SECONDS * 2**endpoint.attempts, LONGEST_WAIT_SECONDS)
    wait = timedelta(seconds=seconds * random.uniform(0.8, 1.0))  # noqa: S311 jitter, no secret
    held.update(attempts=endpoint.attempts + 1, failing_since=since, next_attempt_at=now + wait)


class Ringer:
    """Rings in threads of its own: each call begins what is due and waits for none of it."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")
        self.running: set[Future[None]] = set()

    def ring(self) -> int:
        self.running = {attempt for attempt in self.running if not attempt.done()}
        free = AT_ONCE - len(self.running)
        return ring_endpoints(now=timezone.now(), most=free, start=self._start) if free else 0

    def _start(self, ring: Callable[[], None]) -> None:
        self.running.add(self.pool.submit(_ring_alone, ring))


def _ring_alone(ring: Callable[[], None]) -> None:
    try:
        ring()
    except Exception:
        logger.exception("a webhook could not be told")
    finally:
        connections.close_all()
