"""What the relay watches: whether the worker still does tasks, and whether what must be true still is."""

import logging
import time
from datetime import datetime, timedelta

from django.utils import timezone

from orders.invariants import find_offences
from orders.pulse import show_life, take_turn
from orders.sending import publish
from orders.tasks import answer_pulse

logger = logging.getLogger(__name__)

WORKER_ASKED_EVERY = timedelta(seconds=30)
INVARIANTS_EVERY = timedelta(hours=1)
INVARIANTS_BACK = timedelta(days=1)
LOOK_AGAIN_SECONDS = 2


def ask_worker(*, now: datetime) -> int:
    """Send the worker a task that only shows that tasks are done; 0, as there is nothing to tell."""
    if take_turn("worker", every=WORKER_ASKED_EVERY, now=now):
        publish(answer_pulse)
    return 0


def watch_invariants(*, now: datetime) -> int:
    """Once an hour, log each row of the last day that breaks an invariant; returns how many.

    What is written between two of its queries can look broken, so only what is found twice counts. When all hold, that
    is written down as a sign of life of "invariants".
    """
    if not take_turn("invariants", every=INVARIANTS_EVERY, now=now):
        return 0
    since = now - INVARIANTS_BACK
    offences = set(find_offences(now=now, since=since))
    if offences:
        time.sleep(LOOK_AGAIN_SECONDS)
        offences &= set(find_offences(now=timezone.now(), since=since))
    if not offences:
        show_life("invariants", now=now)
    for offence in sorted(offences, key=str):
        logger.error("this must not be: %s", offence)
    return len(offences)
