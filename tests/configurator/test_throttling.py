"""Counting calls: in Redis for all processes, here while it does not answer, and never for long at its cost."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import time_machine
from limits import RateLimitItem, RateLimitItemPerMinute

from configurator.throttling import Counters, find_network

FIVE = RateLimitItemPerMinute(5)
TRIES = 3  # of which the quickest counts, for a machine under test is busy at times


@pytest.fixture(autouse=True)
def in_one_window() -> Iterator[None]:
    """Without Redis a window begins with each minute of the clock."""
    with time_machine.travel("2026-11-16 09:00 +0000"):
        yield


class HungRedis:
    """Takes connections and never says a word."""

    def __init__(self, path: Path) -> None:
        self.url = f"unix://{path}"
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(50)

    def asked(self) -> int:
        """How many connections have been made since it was last looked."""
        self.listener.setblocking(False)
        count = 0
        while True:
            try:
                self.listener.accept()[0].close()
            except BlockingIOError:
                return count
            count += 1


@pytest.fixture
def hung(tmp_path: Path) -> Iterator[HungRedis]:
    hung = HungRedis(tmp_path / "redis.sock")
    yield hung
    hung.listener.close()


def passed(counters: Counters, calls: int, rate: RateLimitItem = FIVE, who: str = "ada") -> int:
    return sum(counters.count(rate, who).allowed for _ in range(calls))


def time_first_calls(hung: HungRedis) -> float:
    """Seconds that a process loses to a hung Redis that it has not met yet."""
    began = time.monotonic()
    assert passed(Counters(hung.url), 7) == 5
    return time.monotonic() - began


def test_so_many_pass_and_the_rest_are_told_when_one_more_may() -> None:
    counters = Counters(None)

    standings = [counters.count(FIVE, "ada") for _ in range(7)]

    assert [standing.allowed for standing in standings] == [True] * 5 + [False] * 2
    assert [standing.remaining for standing in standings] == [4, 3, 2, 1, 0, 0, 0]
    assert 50 < standings[-1].reset_seconds <= 60


def test_each_is_counted_alone() -> None:
    counters = Counters(None)

    assert [passed(counters, 7, who=who) for who in ("ada", "grace")] == [5, 5]


def test_threads_at_the_same_moment_are_counted_one_by_one() -> None:
    counters, rate = Counters(None), RateLimitItemPerMinute(20)
    start = threading.Barrier(50)

    def call() -> bool:
        start.wait()
        return counters.count(rate, "ada").allowed

    with ThreadPoolExecutor(50) as pool:
        assert sum(call.result() for call in [pool.submit(call) for _ in range(50)]) == 20


def test_without_redis_each_process_counts_for_itself(tmp_path: Path) -> None:
    assert passed(Counters(f"unix://{tmp_path}/none.sock"), 7) == 5


def test_a_redis_that_hangs_costs_a_fraction_of_a_second_once(hung: HungRedis) -> None:
    assert min(time_first_calls(hung) for _try in range(TRIES)) < 0.3
    assert hung.asked() == TRIES

    now = 1000.0
    counters = Counters(hung.url, clock=lambda: now)
    assert passed(counters, 7) == 5
    assert hung.asked() == 1
    now += 9.9
    passed(counters, 3)
    assert hung.asked() == 0
    now += 0.2
    passed(counters, 3)
    assert hung.asked() == 1


def test_while_one_tries_a_hung_redis_again_the_others_do_not_wait(hung: HungRedis) -> None:
    now = 1000.0
    counters = Counters(hung.url, clock=lambda: now)
    passed(counters, 1)
    hung.asked()
    now += 11
    start = threading.Barrier(20)

    def call() -> None:
        start.wait()
        counters.count(FIVE, "ada")

    with ThreadPoolExecutor(20) as pool:
        for done in [pool.submit(call) for _ in range(20)]:
            done.result()

    assert hung.asked() == 1


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", ""),
        ("no address", "no address"),
        ("x" * 500, "x" * 100),
    ],
)
def test_an_address_is_counted_with_those_of_the_same_customer(address: str, network: str) -> None:
    assert find_network(address) == network
