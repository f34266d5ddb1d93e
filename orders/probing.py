"""Asking what the shop leans on whether it answers, without waiting longer than was said."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import cache

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

DATABASE_SECONDS = 1.0
BROKER_SECONDS = 0.3


class Probe:
    """A question that is asked in a thread of its own; while it hangs, no second one is asked."""

    def __init__(self, ask: Callable[[], bool], *, seconds: float) -> None:
        self.ask, self.seconds = ask, seconds
        self.lock = threading.Lock()
        self.asked: Future[bool] | None = None

    def answers(self) -> bool:
        """What was answered; False for an error, or for no answer in time."""
        with self.lock:
            if self.asked is None or self.asked.done():
                self.asked = Future()
                threading.Thread(target=self._run, args=[self.asked], daemon=True).start()
            asked = self.asked
        try:
            return asked.result(timeout=self.seconds)
        except TimeoutError:
            return False

    def _run(self, asked: Future[bool]) -> None:
        try:
            asked.set_result(self.ask())
        except Exception as error:  # noqa: BLE001  # whatever a client may raise, it is no answer
            logger.warning("no good answer: %s", error)
            asked.set_result(False)


def database_answers() -> bool:
    """Whether the database answers within DATABASE_SECONDS and has all migrations.

    SQLite is asked in this thread: its readers wait for nobody.
    """
    if connection.vendor != "sqlite":
        return _database.answers()
    try:
        return _ask_database()
    except Exception as error:  # noqa: BLE001  # a file that is gone, locked or broken: all of it is no answer
        logger.warning("the database gave no good answer: %s", error)
        return False


def broker_answers() -> bool:
    """Whether Redis answers a ping within BROKER_SECONDS, a name that is looked up included."""
    return _broker.answers()


def migrations_missing() -> bool:
    """Whether the code has migrations that the database has not; one query."""
    applied = MigrationRecorder(connection).applied_migrations()
    return not applied.keys() >= _migrations()


@cache
def _migrations() -> frozenset[tuple[str, str]]:
    loader = MigrationLoader(None)
    return frozenset(key for key, migration in loader.disk_migrations.items() if not migration.replaces)


def _ask_database() -> bool:
    return not migrations_missing()


def _ask_database_and_hang_up() -> bool:
    try:
        return _ask_database()
    finally:
        connection.close()


def _ask_broker() -> bool:
    with Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=BROKER_SECONDS,
        socket_connect_timeout=BROKER_SECONDS,
        retry=Retry(NoBackoff(), 0),
    ) as client:
        return bool(client.ping())


_database = Probe(_ask_database_and_hang_up, seconds=DATABASE_SECONDS)
_broker = Probe(_ask_broker, seconds=BROKER_SECONDS)
