"""Long polling: a request that waits a while for something to come, without keeping others from being answered."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.conf import settings
from django.http import HttpResponseBase

from orders.idle_connection import release_connection

T = TypeVar("T")
R = TypeVar("R", bound=HttpResponseBase)

LOOK_EVERY_SECONDS = 0.5
MOST_SECONDS = 20

places = threading.BoundedSemaphore(settings.WAITING_PLACES) if settings.WAITING_PLACES else None


class NoPlaceError(Exception):
    """As many requests of this process wait already as may."""


@contextmanager
def waiting_place() -> Iterator[None]:
    """One of the WAITING_PLACES of this process, for a request that keeps its thread for seconds; NoPlaceError."""
    if places is None or not places.acquire(blocking=False):
        raise NoPlaceError
    try:
        yield
    finally:
        places.release()


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What the last look gave; `turned_away` when there was nothing and no place to wait for it."""

    value: T
    turned_away: bool = False

    def mark(self, response: R) -> R:
        """Tell a client that was turned away when to come back; the answer itself is as if it had not waited."""
        if self.turned_away:
            response["Retry-After"] = "1"
        return response


def wait_until(
    look: Callable[[], T],
    *,
    seconds: float,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Found[T]:
    """Call `look` at once and then every half second, until it gives something (true) or `seconds` are over.

    At most WAITING_PLACES requests of one process wait at the same time: who finds no place is answered at once.
    While it sleeps it holds no database connection, so call it in no transaction.
    """
    end = clock() + seconds
    value = look()
    if value or seconds <= 0:
        return Found(value)
    try:
        with waiting_place():
            while not value and (left := end - clock()) > 0:
                release_connection()
                sleep(min(LOOK_EVERY_SECONDS, left))
                value = look()
            return Found(value)
    except NoPlaceError:
        return Found(value, turned_away=True)
