"""Patience with a shop that is busy or away."""

from collections.abc import Callable

import httpx
import pytest

from orders.demo.http import DemoError, Patience, backoff, connect

Answer = httpx.Response | Exception


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def shop(*answers: Answer) -> httpx.MockTransport:
    """A shop that gives these answers one after another."""
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        first = left.pop(0)
        if isinstance(first, Exception):
            raise first
        return first

    return httpx.MockTransport(answer)


def send(*answers: Answer, seconds: float = 60) -> tuple[Callable[[], httpx.Response], Clock, list[str]]:
    clock, said = Clock(), list[str]()
    patience = Patience(seconds=seconds, say=said.append, sleep=clock.sleep, clock=lambda: clock.now)
    client = connect("http://shop.test", transport=shop(*answers))
    return lambda: patience.send(client, "GET", "/x"), clock, said


def test_an_answer_is_passed_on_at_once() -> None:
    call, clock, said = send(httpx.Response(404))

    assert call().status_code == 404
    assert (clock.slept, said) == ([], [])


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured(status: int) -> None:
    call, clock, said = send(httpx.Response(status, headers={"Retry-After": "7"}), httpx.Response(200))

    assert call().status_code == 200
    assert clock.slept == [7]
    assert said == [f"the shop is busy ({status}); trying again in 7.0 s"]


def test_without_it_the_waits_grow() -> None:
    call, clock, _said = send(
        httpx.ConnectError("no"), httpx.Response(503), httpx.ReadTimeout("slow"), httpx.Response(200)
    )

    assert call().status_code == 200
    for wait, about in zip(clock.slept, [0.5, 1, 2], strict=True):
        assert 0.8 * about <= wait <= 1.2 * about


def test_patience_ends_with_one_sentence() -> None:
    call, clock, _said = send(*[httpx.ConnectError("no")] * 9, seconds=5)

    with pytest.raises(
        DemoError, match=r"^Giving up: there is no answer from http://shop\.test .*`make run` starts it\.$"
    ):
        call()

    assert clock.now <= 5


def test_a_wait_longer_than_patience_is_not_begun() -> None:
    call, clock, _said = send(httpx.Response(429, headers={"Retry-After": "3600"}), seconds=5)

    with pytest.raises(DemoError, match="busy"):
        call()

    assert clock.slept == []


def test_the_longest_wait_is_half_a_minute() -> None:
    assert backoff(1_000_000) <= 36


@pytest.mark.parametrize("url", ["", "shop", "ftp://shop.test", "http://", "//shop.test"])
def test_what_is_no_address_is_said_to_be_none(url: str) -> None:
    with pytest.raises(DemoError, match="is not the address of a shop"):
        connect(url)
