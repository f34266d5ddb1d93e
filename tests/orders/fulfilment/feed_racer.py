"""One process of the race at the feed: `write` and `read` do what they say."""

import random
import sys
import time
from pathlib import Path

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from orders.feed import note_event, read_feed  # noqa: E402
from orders.models import FeedEvent, FulfilmentKey, Order  # noqa: E402

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


def main(what: str, name: str, count: int, start: Path) -> None:
    print("there", flush=True)
    while not start.exists():
        time.sleep(0.001)
    if what == "write":
        write(name, count)
    else:
        read(count)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
