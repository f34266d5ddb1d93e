"""Tells when the shop's processes answer: each in its own way, asked again until it does."""

import contextlib
import http.client
import time
from collections.abc import Callable, Sequence

import psycopg
import redis

from config.processes import Child
from config.supervisor import Say

PATIENCE_SECONDS = 30.0


def redis_answers(child: Child) -> bool:
    url = child.environment["REDIS_URL"]
    with contextlib.suppress(redis.RedisError), redis.Redis.from_url(url, socket_timeout=1) as client:
        return bool(client.ping())
    return False


def postgres_answers(child: Child) -> bool:
    """To those who may sign in."""
    with contextlib.suppress(psycopg.Error):
        psycopg.connect(child.environment["DATABASE_URL"], connect_timeout=2).close()
        return True
    return False


def web_answers(child: Child) -> bool:
    """Any answer but a server error counts: with https, the plain address redirects."""
    host = child.environment.get("WEB_HOST") or "127.0.0.1"
    connection = http.client.HTTPConnection(host, int(child.environment["PORT"]), timeout=2)
    with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(connection):
        connection.request("GET", "/")
        return connection.getresponse().status < 500
    return False


def says(words: bytes) -> Callable[[Child], bool]:
    """Asking a worker (`celery inspect ping`) takes seconds; it and the relay say in their logs when they work."""
    return lambda child: child.log.exists() and words in child.log.read_bytes()[child.log_start :]


QUESTIONS: dict[str, Callable[[Child], bool]] = {
    "postgres": postgres_answers,
    "redis": redis_answers,
    "web": web_answers,
    "worker": says(b" ready."),
    "relay": says(b"relay: running"),
}


def answers(child: Child) -> bool:
    kind = child.name.partition("-")[0]  # worker-2 is a worker
    return child.is_alive and QUESTIONS.get(kind, says(b""))(child)


class Readiness:
    """Calls `on_ready` once, when every child has answered once; says so when one takes long."""

    def __init__(self, children: Sequence[Child], *, on_ready: Callable[[], None], say: Say) -> None:
        self.waiting = list(children)
        self.on_ready = on_ready
        self.say = say
        self.patient_until = time.monotonic() + PATIENCE_SECONDS

    def look(self) -> None:
        if not self.waiting:
            return
        self.waiting = [child for child in self.waiting if not answers(child)]
        if not self.waiting:
            self.on_ready()
        elif time.monotonic() > self.patient_until:
            names = ", ".join(child.name for child in self.waiting)
            self.say("shop", f"still waiting for {names}: see the logs in {self.waiting[0].log.parent}")
            self.patient_until = time.monotonic() + PATIENCE_SECONDS
