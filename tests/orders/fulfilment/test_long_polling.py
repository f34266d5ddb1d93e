"""Claims that wait for a job: they get it when it comes, hold nothing meanwhile, and keep nobody from being served."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from orders.fulfilment import waiting
from orders.models import IdempotentAnswer, Job
from tests.orders.fulfilment.api import Caller
from tests.orders.make import make_job
from tests.processes import Shop, open_shop

pytestmark = pytest.mark.usefixtures("catalogue")

CLAIM = {"worker": "w", "max_jobs": 5, "lease_seconds": 600}
CLIENTS = 5
WAIT_SECONDS = 20  # as long as may be, so that others are answered meanwhile on a slow machine, too


def do_while_waiting(monkeypatch: pytest.MonkeyPatch, *work: Callable[[], Any]) -> list[float]:
    """Let time pass only by sleeping, and do one piece of work in each sleep; returns how long was slept."""
    left, slept = list(work), list[float]()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if left:
            left.pop(0)()

    real = waiting.wait_until
    monkeypatch.setattr(
        "orders.fulfilment.base.wait_until",
        lambda look, *, seconds: real(look, seconds=seconds, sleep=sleep, clock=lambda: sum(slept)),
    )
    return slept


def test_a_job_that_comes_meanwhile_is_claimed(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    slept = do_while_waiting(monkeypatch, lambda: None, make_job)

    response = caller.ask("/claims", {**CLAIM, "wait_seconds": 20})

    assert [job["id"] for job in response.json()["jobs"]] == [str(Job.objects.get().public_id)]
    assert slept == [0.5, 0.5]
    assert "Retry-After" not in response


def test_a_claim_that_waited_for_nothing_is_empty_and_leaves_its_key_free(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept = do_while_waiting(monkeypatch)

    assert caller.post("/claims", {**CLAIM, "wait_seconds": 3}, Idempotency_Key="k") == (200, {"jobs": []})

    assert sum(slept) == 3
    assert IdempotentAnswer.objects.count() == 0


def test_who_does_not_ask_to_wait_does_not(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    slept = do_while_waiting(monkeypatch)

    assert caller.post("/claims", CLAIM) == (200, {"jobs": []})

    assert slept == []


@pytest.mark.slow
def test_while_five_clients_wait_at_one_process_the_pages_are_answered_at_once() -> None:
    with open_shop("web", env={"WEB_WORKERS": "1"}) as shop, ThreadPoolExecutor(CLIENTS) as pool:
        key = shop.manage("create_fulfilment_key", "acme").strip()
        open_home(shop)  # the first is drawn anew

        waits = [pool.submit(claim, shop, key, number) for number in range(CLIENTS)]
        await_answers(waits, number=CLIENTS - 1)
        open_home(shop)
        still_waiting = [wait for wait in waits if not wait.done()]
        answers = sorted((wait.result() for wait in waits), key=lambda answer: answer[0])

    assert len(still_waiting) == 1  # when others were turned away, and a page answered
    turned_away, [last] = answers[:-1], answers[-1:]
    assert [headers.get("Retry-After") for _seconds, headers in turned_away] == ["1"] * (CLIENTS - 1)
    assert last[0] > WAIT_SECONDS - 0.5
    assert "Retry-After" not in last[1]


def await_answers(waits: list[Future[Any]], *, number: int) -> None:
    deadline = time.monotonic() + 30
    while sum(wait.done() for wait in waits) < number:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def open_home(shop: Shop) -> None:
    httpx.get(f"{shop.url}/", timeout=30).raise_for_status()


def claim(shop: Shop, key: str, number: int) -> tuple[float, httpx.Headers]:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"{number}"}
    start = time.monotonic()
    response = httpx.post(
        f"{shop.url}/api/fulfilment/v1/claims",
        json={**CLAIM, "wait_seconds": WAIT_SECONDS},
        headers=headers,
        timeout=60,
    )
    assert response.raise_for_status().json() == {"jobs": []}
    return time.monotonic() - start, response.headers
