"""Sending to Celery: one message with the entries' ids, or a line in the log within half a second; never an error."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest
from django.conf import LazySettings
from kombu import Connection
from pytest_django import DjangoCaptureOnCommitCallbacks

from orders import sending
from orders.models import Order, OutboxEntry
from orders.sending import send
from tests.orders.make import make_order, pay_order

SENT_WITHIN_SECONDS = (
    10.0  # else it has waited; how long a checkout may take is measured in tests/faults, alone
)


@pytest.fixture(autouse=True)
def own_connection() -> Iterator[None]:
    sending._connection.cache_clear()
    yield
    sending._connection.cache_clear()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Something that takes connections and never says a word; it hangs up before a test could hang with it."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        hang_up = threading.Timer(2 * SENT_WITHIN_SECONDS, listener.close)
        hang_up.start()
        yield listener
        hang_up.cancel()


def broker_at(listener: socket.socket) -> str:
    return f"redis://127.0.0.1:{listener.getsockname()[1]}/0"


def test_a_message_names_the_task_and_the_entries_in_the_shops_own_queue(settings: LazySettings) -> None:
    settings.CELERY_BROKER_URL = "memory://"

    assert send(41, 42) is True

    with Connection("memory://") as connection, closing(connection.SimpleQueue("concoct")) as queue:
        message = queue.get(timeout=1)
        message.ack()
        assert queue.qsize() == 0
    assert message.headers["task"] == "orders.tasks.process_outbox_entries"
    assert message.payload[:2] == [[41, 42], {}]
    assert message.content_type == "application/json"


def test_a_broker_that_is_down_costs_nothing_but_a_line_in_the_log(
    settings: LazySettings, listener: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CELERY_BROKER_URL = broker_at(listener)
    listener.close()
    start = time.monotonic()

    assert send(41) is False

    assert time.monotonic() - start < SENT_WITHIN_SECONDS
    [record] = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage().startswith("process_outbox_entries(41,) not sent, the relay will see to it: ")


def test_a_broker_that_hangs_is_not_waited_for(
    settings: LazySettings, listener: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CELERY_BROKER_URL = broker_at(listener)
    start = time.monotonic()

    assert send(41) is False

    assert time.monotonic() - start < SENT_WITHIN_SECONDS
    assert "process_outbox_entries(41,) not sent" in caplog.text


@pytest.mark.usefixtures("catalogue")
def test_an_order_is_paid_with_the_broker_down_and_its_entry_waits_for_the_relay(
    settings: LazySettings,
    listener: socket.socket,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.CELERY_BROKER_URL = broker_at(listener)
    listener.close()
    order = make_order()

    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        pay_order(order, now=order.placed_at)

    assert len(callbacks) == 1
    order.refresh_from_db()
    entries = order.outbox_entries.order_by("id")
    assert order.state == Order.State.PAID
    assert list(entries.values_list("state", "attempts", "error")) == [(OutboxEntry.State.PENDING, 0, "")] * 2
    [hand_off, mail] = entries
    assert f"process_outbox_entries({hand_off.pk}, {mail.pk}) not sent" in caplog.text
