"""Webhooks that hang, on PostgreSQL with the pool as it comes: the others are told, and orders are handed off."""

import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler

import psycopg
import pytest

from tests.on_postgres import running_postgres
from tests.orders.receiver import Receiver, receiver, reply
from tests.processes import Shop, open_shop, run_python

pytestmark = pytest.mark.slow

HANGING = 6  # more than a pool has connections
ADD = """
from django.utils import timezone
from orders.models import FulfilmentKey, WebhookEndpoint
client = FulfilmentKey.objects.get(name="warehouse")
for url in {urls}:
    WebhookEndpoint.objects.create(client=client, url=url, created_at=timezone.now())
"""
FOUND = """
SELECT (SELECT count(*) FROM orders_job WHERE state = 'ready'),
       (SELECT count(*) FROM orders_webhookendpoint WHERE attempts > 0)
"""
PATIENCE_SECONDS = 120.0


@pytest.fixture
def shop() -> Iterator[Shop]:
    with running_postgres() as server:
        env = {"DATABASE_URL": server.url, "WEBHOOKS_TO_PRIVATE": "true"}
        with open_shop("relay", env=env) as opened:
            yield opened


def hang(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(8)  # longer than is waited for
    reply(handler, 204)


def wait_for(receiver: Receiver, *, hits: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while receiver.hits < hits and time.monotonic() < deadline:
        time.sleep(0.1)


def test_webhooks_that_hang_hold_up_neither_the_others_nor_a_hand_off(shop: Shop) -> None:
    with receiver() as dead, receiver() as alive:
        dead.answer = hang
        shop.manage("create_fulfilment_key", "warehouse")
        shop.manage("shell", "-v0", "-c", ADD.format(urls=[dead.url] * HANGING + [alive.url]))

        run_python("-m", "tests.examples.buying", "1", environment=shop.environment)
        wait_for(alive, hits=1)
        wait_for(dead, hits=HANGING)

        assert alive.hits >= 1, shop.read_log("relay")
        assert dead.hits >= HANGING, shop.read_log("relay")
        deadline = time.monotonic() + PATIENCE_SECONDS
        with psycopg.connect(shop.environment["DATABASE_URL"], autocommit=True) as books:
            while (found := books.execute(FOUND).fetchone()) != (1, HANGING):
                assert time.monotonic() < deadline, (found, shop.read_log("relay"))
                time.sleep(0.2)
