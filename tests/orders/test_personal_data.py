"""Nothing about a person leaves the tables that are for it: not into logs, the feed, the outbox or stored answers."""

import json
import logging
import smtplib
import uuid
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from orders import outbox
from orders.models import FeedEvent, IdempotentAnswer, Job, Order, OutboxEntry, WebhookDelivery
from orders.outbox import process_outbox
from orders.relaying import do_periodic_work
from tests.orders.fulfilment.api import Caller, as_json
from tests.orders.make import lots_of, make_client
from tests.orders.pages import check_out, pay
from tests.project.logs import read_logs

pytestmark = pytest.mark.usefixtures("catalogue")

CANARY = {
    "email": "canary.mail@songbird.example",
    "full_name": "Canaryname Yellowfeather",
    "address_line1": "77 Canarystreet",
    "address_line2": "Canaryflat 3",
    "town": "Canarytown",
}
LABEL = "Canarylabel"
POSTCODE = "LS9 7QZ"
WORDS = ["canary", "yellowfeather", "songbird", "ls9 7qz"]


def buy(client: Client) -> Order:
    check_out(client, {"label": LABEL}, **CANARY, postcode=POSTCODE)
    order = Order.objects.get()
    assert pay(client, order.token).status_code == 302
    return order


def make_and_ship(caller: Caller) -> None:
    _status, body = caller.post("/claims", {"worker": "w", "max_jobs": 1, "lease_seconds": 600})
    assert len(body["jobs"]) == 1
    job = Job.objects.get()
    assert caller.report(job, "start")[0] == 200
    assert caller.report(job, "complete", batch="B1", lots=as_json(lots_of(job)))[0] == 200
    parcel = {
        "external_id": "P1",
        "jobs": [str(job.public_id)],
        "carrier": "Owl Post",
        "tracking": "TR1",
        "shipped_at": timezone.now().isoformat(),
    }
    status, body = caller.post("/shipments", parcel)
    assert status in (200, 201), body


def find_hits(text: str, *more: str) -> list[str]:
    return [word for word in [*WORDS, *more] if word.lower() in text.lower()]


def rows_of(*models: Any) -> str:
    return json.dumps([list(model.objects.values()) for model in models], default=str, ensure_ascii=False)


@pytest.mark.parametrize("log_format", ["line", "json"])
def test_a_purchase_leaves_nothing_of_the_shopper_beside_her_tables(
    settings: LazySettings, tmp_path: Any, log_format: str
) -> None:
    settings.EMAIL_FILE_PATH = tmp_path
    with read_logs(log_format, level=logging.DEBUG) as said:
        order = buy(Client())
        for entry in OutboxEntry.objects.all():
            assert process_outbox(entry.pk)
        make_and_ship(Caller(make_client()))
        do_periodic_work(now=timezone.now())
        for page in ("", "/thanks", "/cancel", "/address", "/nowhere"):
            Client().get(f"/order/{order.token}{page}?email={CANARY['email']}")
        for entry in OutboxEntry.objects.filter(state="pending"):
            process_outbox(entry.pk)

    assert len(said.getvalue().splitlines()) > 15
    assert find_hits(said.getvalue(), order.token) == []
    assert find_hits(rows_of(FeedEvent, OutboxEntry, WebhookDelivery), order.token) == []
    answers = rows_of(IdempotentAnswer)
    assert IdempotentAnswer.objects.count() == 4
    # What she had printed on the bottle is part of what is made, and stands in the recipe that an answer shows.
    assert LABEL in answers
    assert find_hits(answers.replace(LABEL, ""), order.token) == []
    assert find_hits(rows_of(Order)) == WORDS  # so the search finds what there is


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({CANARY["email"]: (550, b"no such user")}),
        IntegrityError(
            'null value in column "email"\nDETAIL:  Failing row contains (7, Canaryname, 77 Canarystreet).\n'
        ),
    ],
    ids=["a mail server that names her", "a database that cites her row"],
)
def test_an_error_that_speaks_of_her_is_kept_without_her(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(entry: OutboxEntry, now: object) -> str | None:
        her_address = entry.order.email  # a traceback may show lines of code, and no values
        raise error from ValueError(her_address)

    order = buy(Client())
    entry = order.outbox_entries.get(topic=OutboxEntry.Topic.MAIL_CONFIRMED)
    monkeypatch.setitem(outbox.EXTERNAL, entry.topic, refuse)
    with read_logs("json") as said:
        assert process_outbox(entry.pk) is False

    entry.refresh_from_db()
    assert entry.attempts == 1
    assert entry.error.startswith(type(error).__name__)
    assert find_hits(entry.error) == []
    assert "Traceback" in said.getvalue()
    assert find_hits(said.getvalue()) == []


def test_a_page_that_breaks_on_what_she_typed_does_not_tell_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("it broke")

    monkeypatch.setattr("orders.views.checkout.place_order", fail, raising=True)
    client = Client(raise_request_exception=False)
    with read_logs("json", level=logging.DEBUG) as said:
        response = check_out(client, {"label": LABEL}, **CANARY, postcode=POSTCODE)

    assert response.status_code == 500
    assert "it broke" in said.getvalue()
    assert find_hits(said.getvalue()) == []


def test_one_grep_follows_a_purchase_from_the_page_to_the_hand_off() -> None:
    request_id = f"trace-{uuid.uuid4().hex}"
    client = Client()
    check_out(client)
    order = Order.objects.get()
    client.defaults["HTTP_X_REQUEST_ID"] = request_id
    with read_logs("json") as said:
        pay(client, order.token)
        for entry in order.outbox_entries.order_by("id"):
            process_outbox(entry.pk)

    found = [
        line for line in map(json.loads, said.getvalue().splitlines()) if line.get("request_id") == request_id
    ]
    assert [line["path"] for line in found if line["logger"] == "access"] == ["/order/<token>/pay"]
    [handed_off] = [line for line in found if line.get("topic") == "handoff"]
    assert (handed_off["entry"], handed_off["order"]) == (
        order.outbox_entries.get(topic="handoff").pk,
        order.number,
    )
    assert {entry.request_id for entry in order.outbox_entries.all()} == {request_id}


def test_what_an_entry_causes_carries_its_request_on() -> None:
    client = Client(headers={"X-Request-ID": "first-1"})
    order = buy(client)

    def note(entry: Any, now: Any) -> None:
        outbox.add_entry(OutboxEntry.Topic.MAIL_LATE, order=order, key="k", now=now)

    entry = order.outbox_entries.get(topic=OutboxEntry.Topic.HANDOFF)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(outbox.HANDLERS, OutboxEntry.Topic.HANDOFF, note)
        assert process_outbox(entry.pk)

    assert order.outbox_entries.get(topic=OutboxEntry.Topic.MAIL_LATE).request_id == "first-1"


def test_an_entry_that_no_request_caused_has_no_id() -> None:
    order = buy(Client())

    entry = outbox.add_entry(OutboxEntry.Topic.MAIL_LATE, order=order, key="k", now=timezone.now())

    assert entry.request_id == ""
