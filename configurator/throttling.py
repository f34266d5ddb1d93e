"""How often someone may call an API: counted in Redis for all processes at once, here while Redis does not answer."""

import ipaddress
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from redis import ConnectionPool, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

logger = logging.getLogger(__name__)

KEY_PREFIX = "concoct:limits"
TIMEOUT_SECONDS = 0.1  # to connect, and to answer
LEFT_ALONE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Standing:
    """What one call was answered: whether it may pass, how many more may, and in how many seconds one more may."""

    allowed: bool
    limit: int
    remaining: int
    reset_seconds: float


class Counters:
    """Counts calls in a sliding window; one script on the server, so calls at the same moment are counted one by one.

    A Redis that does not answer in time is left alone for LEFT_ALONE_SECONDS; meanwhile each process counts for itself.
    Then one call tries it again, and the others do not wait for what it finds.
    """

    def __init__(self, redis_url: str | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.here = SlidingWindowCounterRateLimiter(MemoryStorage())
        self.shared = _open_redis(redis_url) if redis_url else None
        self.clock = clock
        self.lock = threading.Lock()
        self.left_alone_until = 0.0

    def count(self, rate: RateLimitItem, *names: str) -> Standing:
        """Count one call of whoever `names` say; one that is refused is not counted."""
        if self.shared is not None and self._may_ask():
            try:
                standing = _count(self.shared, rate, names)
            except (RedisError, OSError) as error:
                self._leave_alone(error)
            else:
                self.left_alone_until = 0.0
                return standing
        return _count(self.here, rate, names)

    def forget(self, rate: RateLimitItem, *names: str) -> None:
        """Count from nothing again for whoever `names` say."""
        self.here.clear(rate, *names)
        if self.shared is not None and self._may_ask():
            try:
                self.shared.clear(rate, *names)
            except (RedisError, OSError) as error:
                self._leave_alone(error)

    def _leave_alone(self, error: Exception) -> None:
        with self.lock:
            self.left_alone_until = self.clock() + LEFT_ALONE_SECONDS
        logger.warning("Redis does not count requests, this process does: %s", error)

    def _may_ask(self) -> bool:
        """While Redis answers everyone may ask; after a failure one, when the time has come."""
        with self.lock:
            now = self.clock()
            if now < self.left_alone_until:
                return False
            if self.left_alone_until:
                self.left_alone_until = now + LEFT_ALONE_SECONDS
            return True


def _open_redis(url: str) -> SlidingWindowCounterRateLimiter:
    pool = ConnectionPool.from_url(
        url,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )
    return SlidingWindowCounterRateLimiter(RedisStorage(url, connection_pool=pool, key_prefix=KEY_PREFIX))


def _count(limiter: SlidingWindowCounterRateLimiter, rate: RateLimitItem, names: tuple[str, ...]) -> Standing:
    allowed = limiter.hit(rate, *names)
    stats = limiter.get_window_stats(rate, *names)
    return Standing(allowed, rate.amount, stats.remaining, max(0.0, stats.reset_time - time.time()))


counters = Counters(settings.REDIS_URL)


class Throttle(SimpleRateThrottle):
    """So many calls in so much time, by `scope` of DEFAULT_THROTTLE_RATES; by address unless a subclass names another.

    Takes from the framework how a rate is written and which address NUM_PROXIES lets us believe, and counts by itself:
    the framework reads a count and then writes it, so calls at the same moment pass together, in each process anew.
    """

    num_requests: int
    duration: int

    def allow_request(self, request: Request, view: APIView) -> bool:
        self.standing = self.count(self.get_cache_key(request, view))
        view.headers.update(  # which the framework puts on whatever the view answers
            {
                "RateLimit-Limit": str(self.standing.limit),
                "RateLimit-Remaining": str(self.standing.remaining),
                "RateLimit-Reset": str(int(self.standing.reset_seconds) + 1),
            }
        )
        return self.standing.allowed

    def count(self, who: str) -> Standing:
        """Count one call of `who` in this scope."""
        return counters.count(RateLimitItemPerSecond(self.num_requests, self.duration), who)

    def wait(self) -> float:
        return self.standing.reset_seconds

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"{self.scope}:{find_network(self.get_ident(request))}"


def find_network(address: str | None) -> str:
    """The address that is counted: with IPv6 the /64 that one customer has to himself; "" on a Unix socket."""
    if address is None:
        return ""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address[:100]
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return str(ip.ipv4_mapped)
        return str(ipaddress.ip_network((int(ip), 64), strict=False))
    return str(ip)
