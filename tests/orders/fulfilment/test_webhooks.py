"""Webhooks: added and removed over the API, signed as the standard wants it, told once, tried again, switched off."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from orders import webhook_targets
from orders.feed import begin_feed_anew, events_for, number_events
from orders.fulfilment import waiting
from orders.keys import revoke_key
from orders.models import FeedEvent, WebhookDelivery, WebhookEndpoint
from orders.webhook_sending import GIVE_UP_AFTER, LEASE, Ringer, ring_endpoints
from tests.orders.fulfilment.api import PATH, Caller, everything
from tests.orders.make import make_client, make_order
from tests.orders.racing import do_alone, do_at_once, shop_on_file
from tests.orders.receiver import Received, Receiver, receiver, reply

pytestmark = pytest.mark.usefixtures("catalogue")

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
NOBODY = UUID(int=0)
HANG_SECONDS = 60.0


@pytest.fixture
def hook(settings: LazySettings) -> Iterator[Receiver]:
    settings.WEBHOOKS_TO_PRIVATE = True
    with receiver() as hook:
        yield hook


def add(caller: Caller, hook: Receiver) -> dict[str, Any]:
    status, body = caller.post("/webhooks", {"url": hook.url})
    assert status == 200, body
    return dict(body)


def only() -> WebhookEndpoint:
    return WebhookEndpoint.objects.get()


def verify(request: Received, secret: str) -> Any:
    """What the library of Standard Webhooks makes of a message; it raises what it does not believe."""
    return Webhook(secret).verify(request.body, request.headers)


# Over the API ------------------------------------------------------------------------------------------------------


def test_a_webhook_is_added_and_its_secret_shown_once(caller: Caller, hook: Receiver) -> None:
    make_order(paid=True)

    response = caller.http.post(f"{PATH}/webhooks", {"url": hook.url}, format="json")
    made = response.json()
    _, listed = caller.get("/webhooks")

    secret = made.pop("secret")
    assert secret.startswith("whsec_")
    assert len(secret) == len("whsec_") + 44
    assert "no-store" in response["Cache-Control"]
    assert listed == {"webhooks": [made]}
    assert (made["url"], made["sent_to"], made["disabled_at"]) == (hook.url, 1, None)
    assert secret[6:] not in str(everything())


@pytest.mark.parametrize(
    "body", [{}, {"url": 1}, {"url": ""}, {"url": "http://hook.example/"}, {"url": "https://127.0.0.1/"}, {"url": "x"},
             {"url": "https://hook.example/", "more": 1}],
)  # fmt: skip
def test_a_wrong_address_is_refused_and_says_why(caller: Caller, body: dict[str, Any]) -> None:
    status, problem = caller.post("/webhooks", body)

    assert (status, problem["type"]) == (422, "/problems/invalid-fields")
    assert not WebhookEndpoint.objects.exists()


def test_a_key_has_ten_webhooks_at_most(caller: Caller) -> None:
    answers = [caller.post("/webhooks", {"url": "https://hook.example/"})[0] for _ in range(11)]

    assert answers == [200] * 10 + [409]
    assert WebhookEndpoint.objects.count() == 10


def test_the_webhooks_of_others_are_not_there(caller: Caller, hook: Receiver) -> None:
    foreign = add(Caller(make_client()), hook)["id"]
    before = everything()

    for webhook_id in (foreign, NOBODY):
        answers = [
            caller.http.delete(f"{PATH}/webhooks/{webhook_id}").status_code,
            caller.post(f"/webhooks/{webhook_id}/ping", {})[0],
            caller.post(f"/webhooks/{webhook_id}/rotate-secret", {})[0],
            caller.get(f"/webhooks/{webhook_id}/deliveries")[0],
        ]
        assert answers == [404] * 4
    assert caller.get("/webhooks") == (200, {"webhooks": []})

    assert everything() == before
    assert hook.hits == 0


def test_a_webhook_that_is_removed_is_told_nothing_more(caller: Caller, hook: Receiver) -> None:
    made = add(caller, hook)
    make_order(paid=True)

    assert caller.http.delete(f"{PATH}/webhooks/{made['id']}").json() == {"removed": True}

    assert ring_endpoints(now=timezone.now()) == 0
    assert hook.hits == 0


def test_a_ping_is_sent_at_once_and_logged(caller: Caller, hook: Receiver) -> None:
    made = add(caller, hook)

    status, attempt = caller.post(f"/webhooks/{made['id']}/ping", {})
    hook.answer = lambda handler: reply(handler, 500)
    caller.post(f"/webhooks/{made['id']}/ping", {})
    _, log = caller.get(f"/webhooks/{made['id']}/deliveries")

    assert (status, attempt["status"], attempt["error"]) == (200, 204, "")
    assert [delivery["status"] for delivery in log["deliveries"]] == [500, 204]
    assert verify(hook.received[0], made["secret"])["type"] == "events.available"


def test_a_ping_keeps_a_waiting_place_until_it_is_answered(
    caller: Caller, hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    places, free = threading.BoundedSemaphore(1), list[bool]()
    monkeypatch.setattr(waiting, "places", places)
    made = add(caller, hook)

    def answer(handler: BaseHTTPRequestHandler) -> None:
        free.append(places.acquire(blocking=False))
        reply(handler, 204)

    hook.answer = answer
    status, attempt = caller.post(f"/webhooks/{made['id']}/ping", {})
    free.append(places.acquire(blocking=False))

    assert (status, attempt["status"], free) == (200, 204, [False, True])


def test_a_ping_that_finds_no_place_is_not_sent_and_told_to_come_back(
    caller: Caller, hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = add(caller, hook)
    monkeypatch.setattr(waiting, "places", None)
    before = everything()

    response = caller.ask(f"/webhooks/{made['id']}/ping", {})

    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert response.json()["type"] == "/problems/busy"
    assert response.json()["detail"] == "As many calls wait already as can; nothing was done. Try again."
    assert (everything(), hook.hits) == (before, 0)
    assert caller.post(f"/webhooks/{NOBODY}/ping", {})[0] == 404


def test_a_ping_that_is_taken_switches_on_again_and_another_does_not(caller: Caller, hook: Receiver) -> None:
    made = add(caller, hook)
    WebhookEndpoint.objects.update(disabled_at=NOW, disabled_why="x", failing_since=NOW, attempts=9)

    hook.answer = lambda handler: reply(handler, 500)
    caller.post(f"/webhooks/{made['id']}/ping", {})
    assert only().disabled_at == NOW

    hook.answer = lambda handler: reply(handler, 200)
    caller.post(f"/webhooks/{made['id']}/ping", {})
    row = only()
    assert (row.disabled_at, row.disabled_why, row.failing_since, row.attempts) == (None, "", None, 0)


def test_after_a_rotation_both_secrets_open_a_message_and_after_two_the_first_does_not(
    caller: Caller, hook: Receiver
) -> None:
    made = add(caller, hook)
    secrets = [made["secret"]]
    for _ in range(2):
        secrets.append(caller.post(f"/webhooks/{made['id']}/rotate-secret", {})[1]["secret"])
        caller.post(f"/webhooks/{made['id']}/ping", {})

    once, twice = hook.received
    assert len(set(secrets)) == 3
    for request, good in ((once, secrets[:2]), (twice, secrets[1:])):
        for secret in secrets:
            if secret in good:
                verify(request, secret)
            else:
                with pytest.raises(WebhookVerificationError):
                    verify(request, secret)


# What is told ------------------------------------------------------------------------------------------------------


def test_what_is_new_is_told_once_for_all_and_signed(caller: Caller, hook: Receiver) -> None:
    made = add(caller, hook)
    for _ in range(3):
        make_order(paid=True)

    assert [ring_endpoints(now=timezone.now()), ring_endpoints(now=timezone.now())] == [1, 0]

    [request] = hook.received
    body = verify(request, made["secret"])
    at = FeedEvent.objects.get(seq=3).at.isoformat()
    assert body == {
        "type": "events.available",
        "timestamp": at,
        "data": {"last_seq": 3, "events_url": "http://127.0.0.1:8000/api/fulfilment/v1/events"},
    }
    assert only().sent_to == 3
    [delivery] = caller.get(f"/webhooks/{made['id']}/deliveries")[1]["deliveries"]
    assert (delivery["message_id"], delivery["last_seq"]) == (request.headers["webhook-id"], 3)


def test_a_feed_that_was_begun_anew_is_told_of_at_once(caller: Caller, hook: Receiver) -> None:
    add(caller, hook)
    make_order(paid=True)
    ring_endpoints(now=timezone.now())

    beginning = begin_feed_anew(now=timezone.now())

    assert [ring_endpoints(now=timezone.now()), ring_endpoints(now=timezone.now())] == [1, 0]
    before, after = hook.received
    assert json.loads(after.body)["data"]["last_seq"] == beginning + 1
    assert after.headers["webhook-id"] != before.headers["webhook-id"]


def test_a_message_that_was_changed_or_is_old_is_not_believed(caller: Caller, hook: Receiver) -> None:
    secret = add(caller, hook)["secret"]
    make_order(paid=True)
    ring_endpoints(now=timezone.now())
    [request] = hook.received

    with pytest.raises(WebhookVerificationError):
        verify(Received(request.path, request.headers, request.body.replace(b"1", b"2")), secret)
    with time_machine.travel(timezone.now() + HOUR), pytest.raises(WebhookVerificationError):
        verify(request, secret)


def test_no_message_holds_personal_data(caller: Caller, hook: Receiver) -> None:
    add(caller, hook)
    make_order(paid=True, label_name="Zebulon")
    ring_endpoints(now=timezone.now())

    [request] = hook.received
    assert set(json.loads(request.body)["data"]) == {"last_seq", "events_url"}


def test_what_is_not_for_a_client_is_not_told(hook: Receiver) -> None:
    add(Caller(make_client(is_test=True)), hook)
    make_order(paid=True)

    assert [ring_endpoints(now=timezone.now()), only().sent_to, hook.hits] == [0, 1, 0]


def test_a_revoked_an_expired_and_a_switched_off_one_are_told_nothing(hook: Receiver) -> None:
    now = timezone.now()
    revoked, expired = make_client(), make_client(expires_at=now + MINUTE)
    for made in (revoked, expired, make_client()):
        add(Caller(made), hook)
    revoke_key(revoked.row, now=now)
    WebhookEndpoint.objects.exclude(client__in=[revoked.row, expired.row]).update(disabled_at=now)
    make_order(paid=True)

    assert (ring_endpoints(now=now + MINUTE), hook.hits) == (0, 0)


# Failures ----------------------------------------------------------------------------------------------------------


def fail_at(moment: datetime, hook: Receiver) -> int:
    hook.answer = lambda handler: reply(handler, 503)
    with time_machine.travel(moment, tick=False):
        return ring_endpoints(now=moment)


def test_a_failure_is_tried_again_after_waits_that_grow_to_an_hour_with_the_same_message(
    caller: Caller, hook: Receiver
) -> None:
    made = add(caller, hook)
    make_order(paid=True)
    moment, waits = NOW, []
    for _ in range(12):
        assert fail_at(moment, hook) == 1
        make_order(paid=True)  # what comes meanwhile is told afterwards
        following = only().next_attempt_at
        assert following is not None
        assert fail_at(following - SECOND, hook) == 0
        waits.append((following - moment).total_seconds())
        moment = following

    assert [
        0.8 * least <= wait <= least
        for wait, least in zip(waits, [5, 10, 20, 40, 80, 160, 320], strict=False)
    ]
    assert all(2880 <= wait <= 3600 for wait in waits[10:])
    assert waits[:9] == sorted(waits[:9])
    assert len({(request.headers["webhook-id"], request.body) for request in hook.received}) == 1
    assert len({request.headers["webhook-timestamp"] for request in hook.received}) == 12
    assert (only().failing_since, only().attempts, only().sent_to) == (NOW, 12, 0)

    hook.answer = lambda handler: reply(handler, 200)
    assert ring_endpoints(now=moment) == 1
    assert (only().failing_since, only().attempts, only().sent_to) == (None, 0, 1)
    assert ring_endpoints(now=moment + SECOND) == 1
    assert only().sent_to == number_events()
    assert made["id"] == str(only().public_id)


def test_after_three_days_of_failures_it_is_switched_off_and_staff_are_told(
    caller: Caller, hook: Receiver, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    add(caller, hook)
    make_order(paid=True)
    fail_at(NOW, hook)
    fail_at(NOW + GIVE_UP_AFTER - SECOND, hook)
    assert only().disabled_at is None
    assert not [
        line
        for line in caplog.records
        if line.levelno >= logging.ERROR and line.name == "orders.webhook_sending"
    ]
    WebhookEndpoint.objects.update(next_attempt_at=NOW + GIVE_UP_AFTER)

    fail_at(NOW + GIVE_UP_AFTER, hook)

    row = only()
    assert (row.disabled_at, row.disabled_why) == (NOW + GIVE_UP_AFTER, "It answered 503.")
    [line] = [line for line in caplog.records if line.name == "orders.webhook_sending"]
    assert line.levelno == logging.ERROR
    assert f"the webhook {row.public_id} of acme is switched off" in line.getMessage()
    assert fail_at(NOW + 2 * GIVE_UP_AFTER, hook) == 0
    client.force_login(User.objects.create_superuser("grace"))
    assert "It answered 503." in client.get("/admin/orders/webhookendpoint/").content.decode()
    assert client.get(f"/admin/orders/webhookendpoint/{row.pk}/change/").status_code == 200


def test_the_last_100_deliveries_are_kept_of_each(caller: Caller, hook: Receiver) -> None:
    made, other = add(caller, hook), add(Caller(make_client()), hook)
    for endpoint in WebhookEndpoint.objects.all():
        WebhookDelivery.objects.bulk_create(
            WebhookDelivery(endpoint=endpoint, message_id=f"{i}", seq=0, milliseconds=0, at=NOW)
            for i in range(100)
        )

    caller.post(f"/webhooks/{made['id']}/ping", {})

    deliveries = caller.get(f"/webhooks/{made['id']}/deliveries")[1]["deliveries"]
    assert [len(deliveries), deliveries[0]["status"], deliveries[-1]["message_id"]] == [100, 204, "1"]
    assert WebhookDelivery.objects.filter(endpoint__public_id=other["id"]).count() == 100


def test_one_that_is_being_told_is_left_alone_until_its_lease_is_over(caller: Caller, hook: Receiver) -> None:
    add(caller, hook)
    make_order(paid=True)
    begun: list[Any] = []

    assert ring_endpoints(now=NOW, start=begun.append) == 1
    assert ring_endpoints(now=NOW + LEASE - SECOND) == 0
    assert hook.hits == 0
    assert ring_endpoints(now=NOW + LEASE) == 1
    begun[0]()  # it was slow: what it learns comes too late to count

    assert (only().sent_to, only().next_attempt_at, hook.hits) == (1, None, 2)


def test_two_relays_at_the_same_moment_tell_it_once(
    caller: Caller, hook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second relay has read the endpoint as due, too, when the first takes it."""
    add(caller, hook)
    make_order(paid=True)
    began: list[int] = []

    def take_first(client: Any) -> Any:
        monkeypatch.setattr("orders.webhook_sending.events_for", events_for)
        began.append(ring_endpoints(now=NOW))
        return events_for(client)

    monkeypatch.setattr("orders.webhook_sending.events_for", take_first)

    assert ring_endpoints(now=NOW) == 0

    assert (began, len(hook.received), only().sent_to) == ([1], 1, 1)


def test_six_relays_at_once_tell_it_once(caller: Caller, hook: Receiver, tmp_path: Path) -> None:
    add(caller, hook)
    make_order(paid=True)

    with shop_on_file(tmp_path):
        begun = do_at_once([lambda: ring_endpoints(now=NOW)] * 6)
        told = do_alone(lambda: only().sent_to)

    assert sorted(begun, key=str) == [0] * 5 + [1]
    assert (len(hook.received), told) == (1, 1)


def test_a_receiver_that_hangs_holds_up_no_other(
    caller: Caller, hook: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook_targets, "ATTEMPT_SECONDS", HANG_SECONDS)
    let_go = threading.Event()

    def hang(handler: BaseHTTPRequestHandler) -> None:
        let_go.wait(HANG_SECONDS)
        reply(handler, 204)

    add(caller, hook)
    hook.answer = hang
    with receiver() as quick:
        add(caller, quick)
        make_order(paid=True)

        with shop_on_file(tmp_path):
            ringer = Ringer()
            began = time.monotonic()
            assert do_alone(ringer.ring) == 2
            took = time.monotonic() - began
            while not quick.received and time.monotonic() < began + HANG_SECONDS / 2:
                time.sleep(0.01)
            assert do_alone(ringer.ring) == 0
            let_go.set()
            ringer.pool.shutdown(wait=True)
            told = do_alone(lambda: list(WebhookEndpoint.objects.values_list("sent_to", flat=True)))

    assert took < HANG_SECONDS / 2  # or it waited for the one that hangs
    assert (len(quick.received), len(hook.received), told) == (1, 1, [1, 1])
