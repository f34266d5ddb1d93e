"""Threads that do something at the same moment, on a database that starts as a copy of the test's."""

import copy
import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection, connections

from tests.database_copies import copied_database

T = TypeVar("T")


@contextmanager
def shop_on_file(folder: Path) -> Iterator[str]:
    """Threads started inside work on a copy with what the test has stored so far; the test's own thread does not.

    Yields the copy's DATABASE_URL, for processes. On PostgreSQL it is a database of the same server.
    """
    kept = connections.settings["default"]
    with copied_database(folder) as (name, url):
        changed = copy.deepcopy(kept)
        changed["NAME"] = name
        changed["OPTIONS"].pop("pool", None)  # its connections lead to the test's own database
        connections.settings["default"] = changed
        try:
            yield url
        finally:
            connections.settings["default"] = kept


def do_at_once(calls: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """What each call returned or raised; each has a thread and a connection of its own, and all start together."""
    outcomes: dict[int, T | Exception] = {}
    start = threading.Barrier(len(calls))

    def run(number: int, call: Callable[[], T]) -> None:
        try:
            _connect(start)
            start.wait()
            outcomes[number] = call()
        except Exception as error:  # noqa: BLE001  # what it raised is what the test asks for
            outcomes[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(i, call)) for i, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return [outcomes[i] for i in range(len(calls))]


class EvenRace:
    """Two calls at once, again and again, of which each comes first about as often as the other on any machine.

    Both start after a random moment; the one that came first last time has to wait half a millisecond more.
    """

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._waits = {0: 0.0, 1: 0.0}

    def run(self, *calls: Callable[[], Any]) -> list[Any]:
        """What `do_at_once` gives for the two calls."""
        return do_at_once([self._later(number, call) for number, call in enumerate(calls)])

    def was_won_by(self, number: int) -> None:
        """Tell which of the two calls came first: 0 or 1."""
        self._waits[number] += 0.0005
        self._waits[1 - number] = max(0.0, self._waits[1 - number] - 0.0005)

    def _later(self, number: int, call: Callable[[], Any]) -> Callable[[], Any]:
        seconds = self._waits[number] + self._chance.random() * 0.004

        def wait_and_call() -> Any:
            time.sleep(seconds)
            return call()

        return wait_and_call


def _connect(start: threading.Barrier) -> None:
    try:
        connection.ensure_connection()
    except Exception:
        start.abort()  # else the others would wait for one that never comes
        raise


def do_alone(call: Callable[[], T]) -> T:
    """The same for one call: how a test reads the file."""
    [outcome] = do_at_once([call])
    if isinstance(outcome, Exception):
        raise outcome
    return outcome
