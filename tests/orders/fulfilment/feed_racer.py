"""The processes of the race at the feed: those called w1, w2 ... write, those called r1, r2 ... read."""

import random
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from orders.feed import note_event, read_feed  # noqa: E402
from orders.models import FeedEvent, FulfilmentKey, Order  # noqa: E402
from tests.orders.forking import fork_racers  # noqa: E402

AT_ONCE = 5
PATIENCE_SECONDS = 500


def write(name: str, count: int) -> None:
    """In transactions of a few events that stay open for a moment, so that they overlap and end in any order."""
    order = Order.objects.get()
    for first in range(0, count, AT_ONCE):
        with transaction.atomic():
            for number in range(first, first + AT_ONCE):
                note_event(
                    FeedEvent.Kind.ADDRESS, order=order, now=timezone.now(), writer=name, number=number
                )
            time.sleep(random.uniform(0, 0.01))


def read(count: int) -> None:
    """Print place, writer and number of each event, until `count` have come."""
    client = FulfilmentKey.objects.get(name="reader")
    after, seen, end = 0, 0, time.monotonic() + PATIENCE_SECONDS
    while seen < count and time.monotonic() < end:
        page = read_feed(client, after=after, limit=100)
        for event in page.events:
            print(event.seq, event.data["writer"], event.data["number"])
        seen, after = seen + len(page.events), page.next_after
        if not page.events:
            time.sleep(0.002)  # else the readers leave the writers no processor
    time.sleep(0.2)
    print(*(event.seq for event in read_feed(client, after=after, limit=100).events))


def race(name: str, each: int, written: int, wait_for_start: Callable[[], None]) -> None:
    wait_for_start()
    if name.startswith("w"):
        write(name, each)
    else:
        read(written)


if __name__ == "__main__":
    each, written = map(int, sys.argv[2:4])
    racers = {name: partial(race, name, each, written) for name in sys.argv[4:]}
    sys.exit(fork_racers(Path(sys.argv[1]), racers))
