"""Counting what happens on a day, to nobody: in this process for a moment, then in Redis until it is written."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.http import HttpRequest
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

KEY = "concoct:tally"
TIMEOUT_SECONDS = 0.1  # to connect, and to answer
SENT_EVERY_SECONDS = 1.0
LEFT_ALONE_SECONDS = 10.0

Counts = Counter[tuple[date, str]]


class Tally:
    """Counts by day and name. A page that is counted asks Redis at most once a second for all of its process.

    While Redis does not answer the counts wait here; what Redis holds when it ends is lost, so there are never too many
    of them. Names are the shop's own, never a visitor's: they are few, and so is what is kept.
    """

    def __init__(self, redis_url: str | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.shared = _open_redis(redis_url) if redis_url else None
        self.clock = clock
        self.lock = threading.Lock()
        self.here: Counts = Counter()
        self.send_from = 0.0

    def count(self, name: str, *, day: date) -> None:
        """One more of it on a day."""
        with self.lock:
            self.here[day, name] += 1
            if self.shared is None or self.clock() < self.send_from:
                return
            waiting, self.here = self.here, Counter()
            self.send_from = self.clock() + SENT_EVERY_SECONDS
        self._send(self.shared, waiting)

    def count_later(self, name: str, *, day: date) -> None:
        """The same without a word to Redis: it is told with what is counted next."""
        with self.lock:
            self.here[day, name] += 1

    def take(self) -> Counts:
        """All that was counted and not taken yet, by whichever process; it is forgotten here and in Redis."""
        with self.lock:
            taken, self.here = self.here, Counter()
        if self.shared is None:
            return taken
        try:
            with self.shared.pipeline(transaction=True) as both:
                both.hgetall(KEY)
                both.delete(KEY)
                stored, _deleted = both.execute()
        except (RedisError, OSError):
            self._keep(taken)
            return Counter()
        for field, times in stored.items():
            day, _space, name = field.decode().partition(" ")
            taken[date.fromisoformat(day), name] += int(times)
        return taken

    def _send(self, shared: Redis, counts: Counts) -> None:
        try:
            with shared.pipeline(transaction=True) as all_at_once:
                for (day, name), times in counts.items():
                    all_at_once.hincrby(KEY, f"{day.isoformat()} {name}", times)
                all_at_once.execute()
        except (RedisError, OSError) as error:
            self._keep(counts)
            logger.warning("Redis does not keep counts, this process does: %s", error)

    def _keep(self, counts: Counts) -> None:
        with self.lock:
            self.here.update(counts)
            self.send_from = self.clock() + LEFT_ALONE_SECONDS


def is_shown(request: HttpRequest) -> bool:
    """Whether a browser asks for a page to show it, as browsers say themselves: no part of one, nothing ahead."""
    return (
        request.method == "GET"
        and request.headers.get("Sec-Fetch-Dest") == "document"
        and "prefetch" not in request.headers.get("Sec-Purpose", "")
    )


def _open_redis(url: str) -> Redis:
    return Redis.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


tally = Tally(settings.REDIS_URL)
