"""A real shop tells what it does and how it is: one grep follows a purchase, and a Redis that hangs is no secret."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from orders.demo.http import Patience
from orders.demo.shopper import Shopper
from tests.processes import Shop, open_shop

pytestmark = pytest.mark.slow

PATIENCE_SECONDS = 60.0
ASKED_WITHIN_SECONDS = 30.0  # an answer that waits for Redis never comes; machines under test are slow


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with open_shop("redis", "web", "worker", "relay", env={"LOG_FORMAT": "json"}) as opened:
        yield opened


def lines_of(shop: Shop, name: str) -> list[dict[str, Any]]:
    """Those of our own; servers greet in words of their own before they have read any settings."""
    return [json.loads(line) for line in shop.read_log(name).splitlines() if line.startswith("{")]


def handed_off(shop: Shop) -> list[dict[str, Any]]:
    lines = [line for name in ("worker", "relay") for line in lines_of(shop, name)]
    return [line for line in lines if line.get("topic") == "handoff" and "is done" in line["event"]]


def is_about(line: dict[str, Any], done: dict[str, Any]) -> bool:
    return bool(line["request_id"] == done["request_id"])


def accesses(shop: Shop, done: dict[str, Any]) -> list[dict[str, Any]]:
    return [line for line in lines_of(shop, "web") if line["logger"] == "access" and is_about(line, done)]


def await_line(find: Callable[[], list[dict[str, Any]]]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not find():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_purchase_is_followed_from_the_page_to_the_hand_off_by_one_id(shop: Shop) -> None:
    shopper = Shopper(shop.url, say=print, patience=Patience(seconds=20, say=print))
    with shopper.client:
        token = shopper.order().rpartition("/")[2]
    await_line(lambda: handed_off(shop))
    [done] = handed_off(shop)
    await_line(lambda: accesses(shop, done))  # a page is noted when it was answered, and that may be later
    [page] = accesses(shop, done)
    assert (page["method"], page["path"]) == ("POST", "/order/<token>/pay")
    for name in ("web", "worker", "relay"):
        assert token not in shop.read_log(name)
        assert not [line for line in lines_of(shop, name) if line["level"] in ("ERROR", "CRITICAL")]
    assert lines_of(shop, "worker")


def test_a_redis_that_hangs_makes_it_degraded_and_keeps_no_answer_from_coming(shop: Shop) -> None:
    shop.stop("redis")
    try:
        began = time.monotonic()
        answers = [httpx.get(f"{shop.url}/health{path}", timeout=60) for path in ("", "/ready", "/live")]
        took = time.monotonic() - began
    finally:
        shop.cont("redis")

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [answer.json()["status"] for answer in answers] == ["degraded", "ok", "ok"]
    assert took < ASKED_WITHIN_SECONDS
    assert all(not answer.cookies and "no-store" in answer.headers["Cache-Control"] for answer in answers)
