"""How the shop says that it is well: each part told apart, nothing told to strangers, no waiting for what hangs."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders import health, probing
from orders.models import OutboxEntry, Pulse
from orders.probing import Probe
from tests.orders.admin.people import make_clerk
from tests.orders.make import make_client, make_hand_off, make_order

pytestmark = pytest.mark.usefixtures("catalogue")

LIVE, READY, HEALTH = "/health/live", "/health/ready", "/health"
NOW, MINUTE = datetime(2026, 11, 16, 9, tzinfo=UTC), timedelta(minutes=1)


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_known", {})
    monkeypatch.setattr(health, "broker_answers", lambda: True)


def beat(name: str, *, seen: datetime | None, asked: datetime | None = None) -> None:
    Pulse.objects.update_or_create(name=name, defaults={"seen_at": seen, "asked_at": asked})


def all_alive() -> datetime:
    now = timezone.now()
    beat("relay", seen=now)
    beat("worker", seen=now, asked=now)
    return now


def with_key(text: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {text}"})


def parts() -> dict[str, Any]:
    answer = with_key(make_client(scopes=["metrics:read"]).text).get(HEALTH).json()
    parts: dict[str, Any] = answer["parts"]
    return parts


def unwell() -> dict[str, str]:
    return {name: part["status"] for name, part in parts().items() if part["status"] != "ok"}


def test_a_process_that_lives_says_so_without_the_database() -> None:
    with CaptureQueriesContext(connection) as captured:
        response = Client().get(LIVE)

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert len(captured) == 0


def test_a_shop_whose_database_answers_and_is_up_to_date_is_ready() -> None:
    with CaptureQueriesContext(connection) as captured:
        assert Client().get(READY).status_code == 200
    assert len(captured) <= 2


def test_a_migration_that_is_missing_keeps_it_from_being_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "_migrations", lambda: frozenset({("orders", "9999_to_come")}))

    response = Client().get(READY)

    assert (response.status_code, response.json()) == (503, {"status": "down"})
    assert response["Retry-After"] == "5"


def test_all_well_is_one_word_for_strangers() -> None:
    all_alive()

    response = Client().get(HEALTH)

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]
    assert "unsafe" not in response["Content-Security-Policy"]


def test_strangers_shoppers_and_other_keys_see_no_parts() -> None:
    all_alive()
    make_order(paid=True)
    test_key = make_client(scopes=["metrics:read"])
    test_key.row.is_test = True
    test_key.row.save(update_fields=["is_test"])

    for client in (
        Client(),
        with_key(make_client(scopes=["jobs:read"]).text),
        with_key("cct_live_nonsense"),
        with_key(test_key.text),
    ):
        assert client.get(HEALTH).json().keys() == {"status"}


def test_staff_see_the_parts() -> None:
    all_alive()

    answer = make_clerk().get(HEALTH).json()

    assert answer["status"] == "ok"
    assert list(answer["parts"]) == ["database", "broker", "worker", "relay", "outbox", "dead_entries"]


def test_a_relay_that_is_silent_is_down_since_it_was_last_seen() -> None:
    now = all_alive()
    gone = now - timedelta(minutes=2)
    beat("relay", seen=gone)

    assert unwell() == {"relay": "down"}
    assert parts()["relay"]["since"] == gone.isoformat(timespec="seconds")
    assert Client().get(HEALTH).json() == {"status": "degraded"}
    assert Client().get(HEALTH).status_code == 200


def test_a_worker_that_does_no_task_that_it_is_asked_for_is_down() -> None:
    now = all_alive()
    beat("worker", seen=now - timedelta(minutes=3), asked=now)

    assert unwell() == {"worker": "down"}


def test_a_worker_that_nobody_asks_may_be_well_or_not() -> None:
    now = all_alive()
    long_ago = now - timedelta(minutes=5)
    beat("relay", seen=long_ago)
    beat("worker", seen=long_ago, asked=long_ago)

    assert unwell() == {"relay": "down", "worker": "degraded"}


def test_a_shop_that_was_never_opened_lacks_relay_and_worker() -> None:
    assert unwell() == {"relay": "down", "worker": "degraded"}


def test_an_entry_that_waits_too_long_and_one_that_was_given_up_degrade_it() -> None:
    now = all_alive()
    entry = make_hand_off(now=now - timedelta(minutes=2))
    assert unwell() == {"outbox": "degraded"}

    OutboxEntry.objects.filter(pk=entry.pk).update(state="dead")

    assert unwell() == {"dead_entries": "degraded"}


def test_without_a_database_it_is_down_and_says_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> bool:
        raise OperationalError("password=s3cret")

    monkeypatch.setattr(probing, "_ask_database", fail)

    for path in (HEALTH, READY):
        response = make_clerk().get(path) if path == HEALTH else Client().get(path)
        assert (response.status_code, response.json()) == (503, {"status": "down"})
    assert Client().get(LIVE).status_code == 200


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Something that takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield listener


def test_a_broker_that_hangs_is_not_waited_for(
    settings: LazySettings, listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "broker_answers", probing.broker_answers)
    settings.REDIS_URL = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
    all_alive()
    began = time.monotonic()

    response = Client().get(HEALTH)

    assert time.monotonic() - began < 10
    assert (response.status_code, response.json()) == (200, {"status": "degraded"})


def test_a_broker_that_is_gone_is_down(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "broker_answers", probing.broker_answers)
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    all_alive()

    assert unwell() == {"broker": "down"}


def test_what_hangs_is_asked_once_and_not_waited_for() -> None:
    go_on, asked = threading.Event(), []

    def ask() -> bool:
        asked.append(1)
        return go_on.wait(10)

    probe = Probe(ask, seconds=0.05)

    assert [probe.answers(), probe.answers()] == [False, False]
    assert len(asked) == 1
    go_on.set()
    probe.seconds = 10
    assert probe.answers() is True


def test_a_part_is_as_it_is_since_it_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(NOW, tick=False):
        since = parts()["broker"]["since"]
    with time_machine.travel(NOW + MINUTE, tick=False):
        assert parts()["broker"]["since"] == since == NOW.isoformat(timespec="seconds")
    monkeypatch.setattr(health, "broker_answers", lambda: False)

    with time_machine.travel(NOW + 2 * MINUTE, tick=False):
        gone = parts()["broker"]
    with time_machine.travel(NOW + 3 * MINUTE, tick=False):
        assert parts()["broker"] == gone
    assert (gone["status"], gone["since"]) == ("down", (NOW + 2 * MINUTE).isoformat(timespec="seconds"))
