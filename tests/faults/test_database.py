"""PostgreSQL hangs up on everybody, or is away: shoppers read that they may try again, and nothing is half written."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import httpx
import psycopg
import pytest

from orders.demo.http import Patience
from orders.demo.shopper import Shopper
from tests.on_postgres import Postgres, running_postgres
from tests.processes import Shop, open_shop

pytestmark = pytest.mark.slow

TIMES = 6
PATIENCE_SECONDS = 120.0
HALF_WRITTEN = {
    "an order without a line": "SELECT count(*) FROM orders_order o WHERE NOT EXISTS "
    "(SELECT 1 FROM orders_orderline l WHERE l.order_id = o.id)",
    "an order without a payment": "SELECT count(*) FROM orders_order o WHERE NOT EXISTS "
    "(SELECT 1 FROM orders_payment p WHERE p.order_id = o.id)",
    "a paid order without jobs": "SELECT count(*) FROM orders_order o WHERE paid_at IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM orders_job j WHERE j.order_id = o.id)",
    "a line that has two jobs": "SELECT count(*) FROM (SELECT line_id FROM orders_job GROUP BY line_id "
    "HAVING count(*) > 1) twice",
    "an order that two baskets' checkouts made": "SELECT count(*) FROM (SELECT checkout_key FROM orders_order "
    "GROUP BY checkout_key HAVING count(*) > 1) twice",
}


class Books:
    """The database of a shop, beside the shop."""

    def __init__(self, url: str) -> None:
        self.url = url

    def ask(self, question: str) -> Any:
        with closing(psycopg.connect(self.url, autocommit=True)) as asked:
            return asked.execute(question).fetchall()

    def hang_up(self) -> int:
        """End every other connection; how many there were."""
        return len(
            self.ask(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


@pytest.fixture(scope="module")
def opened() -> Iterator[tuple[Shop, Books, Postgres]]:
    with running_postgres() as server:
        extra = {
            "DATABASE_URL": server.url,
            "DATABASE_POOL_SECONDS": "1",
            "FULFILMENT_API_RATE": "100000/min",
        }
        with open_shop("redis", "web", "worker", "relay", env=extra) as shop:
            yield shop, Books(server.url), server


def test_shoppers_whose_database_hangs_up_are_told_to_try_again_and_nothing_is_half_written(
    opened: tuple[Shop, Books, Postgres],
) -> None:
    shop, books, _server = opened
    authorization = {"Authorization": f"Bearer {shop.manage('create_fulfilment_key', 'looks on').strip()}"}
    pages, calls = Counter[int](), Counter[int]()
    bare: list[str] = []
    over = threading.Event()
    tokens: list[str] = []

    def look(path: str, answers: Counter[int]) -> None:
        with httpx.Client(base_url=shop.url, timeout=60, headers=authorization) as client:
            while not over.is_set():
                answer = client.get(path)
                answers[answer.status_code] += 1
                is_problem = answer.headers["Content-Type"].startswith("application/problem+json")
                if answer.status_code == 503 and not (
                    answer.headers.get("Retry-After") and is_problem == path.startswith("/api/")
                ):
                    bare.append(answer.text)

    def buy() -> None:
        while not over.is_set():
            shopper = Shopper(
                shop.url, say=lambda line: None, patience=Patience(seconds=PATIENCE_SECONDS, say=print)
            )
            with shopper.client:
                tokens.append(shopper.order().rpartition("/")[2])

    people = [
        threading.Thread(target=look, args=("/mix/shampoo/warm-hearth/mend/quench", pages)),
        threading.Thread(target=look, args=("/api/fulfilment/v1/jobs", calls)),
        threading.Thread(target=buy),
    ]
    for person in people:
        person.start()
    cut = 0
    for _ in range(TIMES):
        time.sleep(1)
        cut += books.hang_up()
    wait_for(lambda: pages[503] and calls[503], meanwhile=books.hang_up)  # in the middle of an answer of both
    wait_for(lambda: min(pages[200], calls[200]) > TIMES and tokens)
    over.set()
    for person in people:
        person.join(PATIENCE_SECONDS)

    assert cut >= TIMES
    assert bare == []
    assert set(pages) == set(calls) == {200, 503}
    assert min(pages[200], calls[200]) > TIMES
    assert await_page(f"{shop.url}/") < PATIENCE_SECONDS
    assert tokens != []
    await_all_ready(books)
    assert {what: books.ask(question)[0][0] for what, question in HALF_WRITTEN.items()} == dict.fromkeys(
        HALF_WRITTEN, 0
    )
    shop.manage("check_invariants")


def test_a_shop_whose_database_is_away_says_when_to_come_back_and_goes_on_when_it_is_there_again(
    opened: tuple[Shop, Books, Postgres],
) -> None:
    shop, _books, server = opened
    server.stop()
    page = httpx.get(f"{shop.url}/mix/shampoo/", timeout=60)
    problem = httpx.get(f"{shop.url}/api/shop/v1/recipes/shampoo/", timeout=60)
    server.start()
    back = await_page(f"{shop.url}/mix/shampoo/")

    assert (page.status_code, page.headers["Retry-After"]) == (503, "2")
    assert "We cannot answer just now" in page.text
    assert (problem.status_code, problem.headers["Retry-After"]) == (503, "2")
    assert problem.json()["type"] == "/problems/busy"
    assert back < PATIENCE_SECONDS
    shop.manage("check_invariants")


def wait_for(condition: Callable[[], object], *, meanwhile: Callable[[], object] = lambda: None) -> None:
    """Or for PATIENCE_SECONDS: what was waited for in vain is asserted afterwards."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition() and time.monotonic() < deadline:
        meanwhile()
        time.sleep(0.05)


def await_page(url: str) -> float:
    """The seconds until a page is shown again; until then the shop may only ask to come back."""
    start = time.monotonic()
    while (
        answer := httpx.get(url, timeout=60)
    ).status_code != 200 and time.monotonic() - start < PATIENCE_SECONDS:
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
        time.sleep(0.2)
    return time.monotonic() - start


def await_all_ready(books: Books) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while states := books.ask("SELECT state, count(*) FROM orders_job WHERE state <> 'ready' GROUP BY state"):
        assert time.monotonic() < deadline, states
        time.sleep(0.2)
