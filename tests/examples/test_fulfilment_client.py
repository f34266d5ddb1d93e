"""The example client at work for a real shop: it may die at any moment, and so may the shop."""

import os
import random
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.processes import BASE_DIR
from tests.length import long_or_short
from tests.own_database import own_database
from tests.processes import Shop, open_shop, run_python

pytestmark = pytest.mark.slow

ORDERS = 8
KILLS = long_or_short(6, 4)
PATIENCE_SECONDS = 180.0
WAITING_AFTER_SECONDS = 2.0  # a client has started and has asked for work, of which there is none
CLIENT = BASE_DIR / "examples" / "fulfilment_client.py"


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with own_database() as env, open_shop("redis", "web", "relay", env=env) as shop:
        yield shop


@pytest.fixture(scope="module")
def key(shop: Shop) -> str:
    return shop.manage("create_fulfilment_key", "warehouse").strip()


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the client of this shop keeps what it must not forget: a claim of one that was killed may still come."""
    return tmp_path_factory.mktemp("client") / "state.json"


@contextmanager
def client(shop: Shop, key: str, state: Path) -> Iterator[subprocess.Popen[str]]:
    """The client as a process; killed (kill -9) at the end, wherever it is then."""
    command = [sys.executable, str(CLIENT), "--url", shop.url, "--key", key, "--state", str(state)]
    started = subprocess.Popen(
        command, env={**os.environ, "PYTHONUNBUFFERED": "1"}, stdout=subprocess.PIPE, text=True
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate(timeout=10)


def buy(shop: Shop, orders: int) -> list[str]:
    """The numbers of new paid orders."""
    return run_python("-m", "tests.examples.buying", str(orders), environment=shop.environment).split()


def read_all(shop: Shop, key: str, what: str) -> list[dict[str, Any]]:
    url = f"{shop.url}/api/fulfilment/v1/{what}"
    response = httpx.get(url, headers={"Authorization": f"Bearer {key}"}, timeout=PATIENCE_SECONDS)
    found: list[dict[str, Any]] = response.json()[what]
    return found


def is_shipped(shop: Shop, key: str, orders: list[str]) -> bool:
    states = [job["state"] for job in read_all(shop, key, "jobs") if job["order"] in orders]
    return len(states) == len(orders) and set(states) == {"shipped"}


def has_spoken(started: subprocess.Popen[str]) -> bool:
    """Waits for a second until it has."""
    return bool(select.select([started.stdout], [], [], 1)[0])


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def assert_each_once(shop: Shop, key: str, orders: list[str]) -> None:
    """Claimed once, made once, in one parcel; and the shop's own invariants hold."""
    jobs = [job for job in read_all(shop, key, "jobs") if job["order"] in orders]
    parcels = [parcel for parcel in read_all(shop, key, "shipments") if parcel["order"] in orders]
    assert [(job["state"], job["attempt"], job["version"]) for job in jobs] == [("shipped", 1, 6)] * len(jobs)
    assert Counter(job for parcel in parcels for job in parcel["jobs"]) == Counter(job["id"] for job in jobs)
    assert "invariants hold" in shop.manage("check_invariants")


@pytest.mark.both_databases
def test_it_ships_what_is_paid_though_it_is_killed_at_random_moments(
    shop: Shop, key: str, state: Path
) -> None:
    chance = random.Random(20)
    orders = buy(shop, ORDERS)
    wait_for(lambda: all(job["state"] != "pending" for job in read_all(shop, key, "jobs")))

    for _kill in range(KILLS):
        with client(shop, key, state) as started:
            while not has_spoken(started) and not is_shipped(shop, key, orders):
                assert started.poll() is None
            time.sleep(chance.random() * 0.15)
    with client(shop, key, state):
        wait_for(lambda: is_shipped(shop, key, orders))

    assert_each_once(shop, key, orders)


def test_it_goes_on_when_the_shop_has_died_under_it_and_is_back(shop: Shop, key: str, state: Path) -> None:
    with client(shop, key, state) as started:
        assert started.stdout is not None
        orders = buy(shop, ORDERS)
        started.stdout.readline()  # it has made the first
        shop.kill("web")
        assert "again in" in next(line for line in started.stdout if "again in" in line)
        shop.start("web")
        wait_for(lambda: is_shipped(shop, key, orders))

    assert_each_once(shop, key, orders)


def test_what_the_waiting_claim_of_a_dead_client_still_gets_is_made_by_the_one_in_its_place(
    shop: Shop, key: str, state: Path
) -> None:
    with client(shop, key, state):
        time.sleep(WAITING_AFTER_SECONDS)
    with client(shop, key, state):
        time.sleep(WAITING_AFTER_SECONDS)  # it was turned away: one may wait, which is still the dead one
        orders = buy(shop, 1)
        wait_for(lambda: is_shipped(shop, key, orders))

    assert_each_once(shop, key, orders)
