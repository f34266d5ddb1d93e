"""Pages are counted by day and without persons, and what was counted is written down once."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from redis import RedisError

from configurator import tallying
from configurator.tallying import Tally
from orders.counting import read_counts, write_counts
from orders.models import DailyCount

DAY = date(2026, 11, 2)
SHOWN = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}


class Redis:
    """As much of a Redis as a tally asks for, shared by processes; `is_down` makes it refuse."""

    def __init__(self) -> None:
        self.stored: dict[bytes, bytes] = {}
        self.asked = 0
        self.is_down = False

    def pipeline(self, *, transaction: bool) -> "Redis":
        self.steps: list[Any] = []
        return self

    def __enter__(self) -> "Redis":
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def hincrby(self, _key: str, field: str, times: int) -> None:
        self.steps.append((field.encode(), times))

    def hgetall(self, _key: str) -> None:
        self.steps.append("all")

    def delete(self, _key: str) -> None:
        self.steps.append("delete")

    def execute(self) -> list[Any]:
        self.asked += 1
        if self.is_down:
            raise RedisError("gone")
        if self.steps == ["all", "delete"]:
            stored, self.stored = self.stored, {}
            return [stored, 1]
        for field, times in self.steps:
            self.stored[field] = str(int(self.stored.get(field, b"0")) + times).encode()
        return []


def make_tally(redis: Redis, clock: list[float]) -> Tally:
    tally = Tally(None, clock=lambda: clock[0])
    tally.shared = redis  # type: ignore[assignment]
    return tally


def test_redis_is_asked_once_a_second_however_many_pages_are_opened() -> None:
    redis, clock = Redis(), [100.0]
    one, relay = make_tally(redis, clock), make_tally(redis, clock)

    for _ in range(50):
        one.count("page:home", day=DAY)
    assert redis.asked == 1
    clock[0] += 1
    one.count("page:home", day=DAY)

    assert redis.asked == 2
    assert relay.take() == {(DAY, "page:home"): 51}
    assert relay.take() == {}


def test_while_redis_is_gone_the_counts_wait() -> None:
    redis, clock = Redis(), [100.0]
    tally = make_tally(redis, clock)
    redis.is_down = True

    tally.count("page:home", day=DAY)
    tally.count("page:home", day=DAY)
    assert redis.asked == 1
    assert tally.take() == {}
    redis.is_down = False
    clock[0] += 11
    tally.count("page:home", day=DAY)

    assert tally.take() == {(DAY, "page:home"): 3}


@pytest.mark.django_db
def test_what_was_counted_is_added_to_its_day_once() -> None:
    for _ in range(2):
        tallying.tally.count("page:home", day=DAY)
        tallying.tally.count("avoid:nuts", day=DAY)
        assert write_counts(now=timezone.now()) == 2
    assert write_counts(now=timezone.now()) == 0

    assert read_counts("page:", since=DAY) == {"home": 2}
    assert read_counts("page:", since=date(2026, 11, 3)) == {}
    assert DailyCount.objects.count() == 2


@pytest.mark.usefixtures("catalogue")
def test_only_pages_that_are_shown_are_counted() -> None:
    visitor = Client()

    for path in ("/", "/mix/shampoo/", "/mix/shampoo/warm-hearth.mend.quench", "/basket"):
        visitor.get(path, headers=SHOWN)
    visitor.get("/")  # a robot
    visitor.get("/", headers={**SHOWN, "Sec-Purpose": "prefetch;prerender"})
    visitor.get("/mix/shampoo/", headers={"Sec-Fetch-Dest": "empty", "HX-Request": "true"})
    visitor.head("/", headers=SHOWN)
    visitor.get("/mix/nothing/", headers=SHOWN)

    today = timezone.localdate()
    counted = tallying.tally.take()
    assert counted[today, "page:home"] == 1
    assert counted[today, "page:basket"] == 1
    assert set(counted) == {(today, f"page:{name}") for name in ("home", "mixer", "basket")}


@pytest.mark.usefixtures("catalogue")
def test_counting_costs_no_query() -> None:
    visitor = Client()
    visitor.get("/")
    plain = _count_queries(visitor, {})

    assert _count_queries(visitor, SHOWN) == plain


def _count_queries(visitor: Client, headers: dict[str, str]) -> int:
    with CaptureQueriesContext(connection) as queries:
        visitor.get("/", headers=headers)
    return len(queries)


@pytest.mark.usefixtures("catalogue")
def test_what_is_newly_left_out_is_counted_and_nothing_that_was_typed() -> None:
    shopper = Client(headers={"Sec-Fetch-Site": "same-origin"})

    for named in (["nuts", "her own words"], ["nuts", "wheat"], []):
        shopper.post("/leave-out", {"avoid": named})

    assert {name for _day, name in tallying.tally.take()} == {"avoid:nuts", "avoid:wheat"}
