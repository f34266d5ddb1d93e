"""Waiting for work: until it comes or the time is over, in few places, with nothing of the database held."""

import threading
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from rest_framework.response import Response

from orders.fulfilment import waiting
from orders.fulfilment.waiting import Found, wait_until


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, list[float]()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(db: None) -> Clock:
    return Clock()


def wait(look: Callable[[], int], clock: Clock, *, seconds: float) -> Found[int]:
    return wait_until(look, seconds=seconds, sleep=clock.sleep, clock=lambda: clock.now)


def test_what_is_there_is_given_at_once(clock: Clock) -> None:
    assert wait(lambda: 7, clock, seconds=20) == Found(7)
    assert clock.slept == []


def test_who_does_not_wait_is_answered_at_once(clock: Clock) -> None:
    assert wait(lambda: 0, clock, seconds=0) == Found(0)
    assert clock.slept == []


def test_what_comes_meanwhile_is_given_at_the_next_look(clock: Clock) -> None:
    looks = count()

    assert wait(lambda: next(looks) // 3, clock, seconds=20) == Found(1)
    assert clock.slept == [0.5, 0.5, 0.5]


def test_the_wait_ends_on_time_with_a_last_look(clock: Clock) -> None:
    looks: Iterator[int] = count()

    assert wait(lambda: next(looks) * 0, clock, seconds=1.2) == Found(0)
    assert clock.slept == pytest.approx([0.5, 0.5, 0.2])
    assert next(looks) == 4


def test_who_finds_no_place_is_answered_at_once_and_told_to_come_back(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "places", threading.BoundedSemaphore(1))
    inner: list[Found[int]] = []

    def look() -> int:
        if clock.slept and not inner:
            inner.append(wait(lambda: 0, Clock(), seconds=20))
        return 0

    outer = wait(look, clock, seconds=1)

    assert (outer, inner) == (Found(0), [Found(0, turned_away=True)])
    assert "Retry-After" not in outer.mark(Response())
    assert inner[0].mark(Response())["Retry-After"] == "1"


def test_a_shop_without_places_lets_nobody_wait(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "places", None)

    assert wait(lambda: 0, clock, seconds=20) == Found(0, turned_away=True)
    assert clock.slept == []


def test_a_place_is_free_again_after_an_error(clock: Clock) -> None:
    def look() -> int:
        if clock.slept:
            raise ZeroDivisionError
        return 0

    for _ in range(3):
        clock.slept.clear()
        with pytest.raises(ZeroDivisionError):
            wait(look, clock, seconds=20)
