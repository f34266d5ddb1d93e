"""Repeated requests: the effect is there once, and the answer is the first one's."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from orders.idempotency import KEPT_FOR, answer_once, forget_old_answers, lock_number
from orders.models import FulfilmentKey, Hold, IdempotentAnswer, Job, JobTransition, Order
from orders.relaying import PERIODIC
from tests.orders.fulfilment.api import PATH, Caller, as_json, everything
from tests.orders.make import lease_of, lots_of, make_client, make_job

pytestmark = pytest.mark.usefixtures("catalogue")

CLAIM = {"worker": "w", "max_jobs": 5, "lease_seconds": 600}
ANY_JOB = uuid.UUID(int=0)
REPORTS = ["start", "complete", "fail", "release", "reclaim", "cancellation", "holds"]
NEED_A_KEY = ["/claims", "/shipments", *(f"/jobs/{ANY_JOB}/{report}" for report in REPORTS)]


def body_for(job: Job, action: str) -> dict[str, Any]:
    bodies: dict[str, dict[str, Any]] = {
        "complete": {"batch": "B1", "lots": as_json(lots_of(job))},
        "fail": {"retryable": False, "code": "damaged"},
    }
    return {"lease_token": str(lease_of(job).token), **bodies.get(action, {})}


@pytest.mark.parametrize("path", NEED_A_KEY)
@pytest.mark.parametrize("key", [None, "", "x" * 256, "k\u00e9y".encode().decode("latin-1"), "a\tb"])
def test_a_request_without_a_proper_key_is_refused_and_told_what_to_send(
    caller: Caller, path: str, key: str | None
) -> None:
    job = make_job()
    before = everything()
    given: dict[str, Any] = {} if key is None else {"HTTP_IDEMPOTENCY_KEY": key}
    bodies: dict[str, dict[str, Any]] = {
        "claims": CLAIM,
        "reclaim": {"worker": "w", "lease_seconds": 60},
        "holds": {"reason": "other"},
        "shipments": {
            "external_id": "P", "jobs": [str(job.public_id)], "carrier": "c", "tracking": "t",
            "shipped_at": "2026-11-20T10:00:00Z",
        },
        "cancellation": {"lease_token": str(uuid.uuid4()), "decision": "accept"},
        "complete": {"lease_token": str(uuid.uuid4()), "batch": "B", "lots": []},
        "fail": {"lease_token": str(uuid.uuid4()), "retryable": True, "code": "other"},
    }  # fmt: skip
    body = bodies.get(path.rpartition("/")[2], {"lease_token": str(uuid.uuid4())})
    bare = APIClient(headers={"Authorization": caller.authorization})

    response = bare.post(f"{PATH}{path}", body, format="json", **given)

    assert (response.status_code, response.json()["type"]) == (400, "/problems/idempotency-key-missing")
    assert "Idempotency-Key" in response.json()["detail"]
    assert everything() == before


@pytest.mark.parametrize("key", ["x", "~" * 255, "a key with spaces"])
def test_any_printable_key_will_do(caller: Caller, key: str) -> None:
    make_job()

    assert caller.post("/claims", CLAIM, Idempotency_Key=key)[0] == 200

    assert IdempotentAnswer.objects.get().key == key


def test_a_claim_whose_answer_was_lost_gives_the_same_jobs_and_tokens_again(caller: Caller) -> None:
    make_job()
    make_job()
    first = caller.ask("/claims", CLAIM, Idempotency_Key="lost")
    make_job()  # what has come since is for another claim
    before = everything()

    again = caller.ask("/claims", CLAIM, Idempotency_Key="lost")

    assert (first.status_code, again.status_code) == (200, 200)
    assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")
    assert again.content == first.content
    assert again["Content-Type"] == first["Content-Type"] == "application/json"
    assert len({job["lease"]["token"] for job in again.json()["jobs"]}) == 2
    assert everything() == before


@pytest.mark.parametrize(
    ("state", "action"),
    [("claimed", "start"), ("claimed", "release"), ("claimed", "fail"), ("in_production", "complete")],
)
def test_a_repeated_report_returns_the_first_answer_and_moves_nothing(
    caller: Caller, state: str, action: str
) -> None:
    job = make_job(state, client=caller.key)
    body, path = body_for(job, action), f"/jobs/{job.public_id}/{action}"
    first = caller.ask(path, body, Idempotency_Key="k")
    before = everything()

    again = caller.ask(path, body, Idempotency_Key="k")

    assert (first.status_code, again.status_code, again["Idempotent-Replayed"]) == (200, 200, "true")
    assert (again.content, again["ETag"]) == (first.content, first["ETag"])
    assert everything() == before


def test_a_replay_says_where_a_job_is_sent_now_and_what_is_stored_does_not(caller: Caller) -> None:
    job = make_job()
    [claimed] = caller.post("/claims", CLAIM, Idempotency_Key="claim")[1]["jobs"]
    path, body = f"/jobs/{job.public_id}/start", body_for(job, "start")
    started = caller.post(path, body, Idempotency_Key="start")[1]
    assert claimed["ship_to"] == started["ship_to"]
    Order.objects.update(town="Whitby")

    claim = caller.ask("/claims", CLAIM, Idempotency_Key="claim")
    start = caller.ask(path, body, Idempotency_Key="start")

    whitby = {**started["ship_to"], "town": "Whitby"}
    assert claim.json() == {"jobs": [{**claimed, "ship_to": whitby}]}
    assert start.json() == {**started, "ship_to": whitby} == caller.get(f"/jobs/{job.public_id}")[1]
    assert start["ETag"] == caller.etag(job)
    for stored in IdempotentAnswer.objects.values_list("body", flat=True):
        assert ("ship_to" in stored, "Lovelace" in stored, "Calverley" in stored) == (False, False, False)


def test_a_replay_has_no_address_for_a_key_that_may_see_none_any_more(caller: Caller) -> None:
    make_job()
    [claimed] = caller.post("/claims", CLAIM, Idempotency_Key="k")[1]["jobs"]
    FulfilmentKey.objects.update(scopes=["jobs:claim"])

    [again] = caller.post("/claims", CLAIM, Idempotency_Key="k")[1]["jobs"]

    assert claimed.pop("ship_to")["town"] == "Leeds"
    assert again == claimed


def test_a_replay_of_a_job_that_was_emptied_out_of_its_sandbox_has_no_address() -> None:
    tester = Caller(make_client(is_test=True))
    tester.post("/sandbox/jobs", {"state": "ready"})
    [claimed] = tester.post("/claims", CLAIM, Idempotency_Key="k")[1]["jobs"]
    assert tester.http.delete(f"{PATH}/sandbox/jobs").json() == {"deleted": 1}

    [again] = tester.post("/claims", CLAIM, Idempotency_Key="k")[1]["jobs"]

    assert claimed.pop("ship_to")["town"] == "Nowhere"
    assert again == claimed


@pytest.mark.parametrize(("scopes", "more"), [(FulfilmentKey.Scope.values, 1), (["jobs:claim"], 0)])
def test_a_replay_takes_one_query_more_for_the_addresses_of_all_its_jobs(
    scopes: list[str], more: int
) -> None:
    caller = Caller(make_client(scopes=scopes))
    for _job in range(3):
        make_job()
    assert len(caller.post("/claims", CLAIM, Idempotency_Key="k")[1]["jobs"]) == 3

    with CaptureQueriesContext(connection) as queries:
        caller.post("/claims", CLAIM, Idempotency_Key="k")

    lock = ["SELECT"] if connection.vendor == "postgresql" else []
    asked = [query["sql"].split()[0] for query in queries]
    assert asked == ["SELECT", "SAVEPOINT", *lock, "SELECT", "RELEASE", *["SELECT"] * more]


def test_a_parcel_that_is_reported_again_under_its_key_has_the_first_answer(caller: Caller) -> None:
    job = make_job("produced", client=caller.key)
    body = {
        "external_id": "P", "jobs": [str(job.public_id)], "carrier": "c", "tracking": "t",
        "shipped_at": "2026-11-20T10:00:00Z",
    }  # fmt: skip
    first = caller.ask("/shipments", body, Idempotency_Key="k")

    again = caller.ask("/shipments", body, Idempotency_Key="k")

    assert (first.status_code, again["Idempotent-Replayed"]) == (200, "true")
    assert again.content == first.content


def test_a_hold_that_is_placed_twice_under_one_key_is_one_hold(caller: Caller) -> None:
    path = f"/jobs/{make_job().public_id}/holds"

    first = caller.post(path, {"reason": "quality"}, Idempotency_Key="k")

    assert caller.post(path, {"reason": "quality"}, Idempotency_Key="k") == first
    assert Hold.objects.count() == 1


@pytest.mark.parametrize("change", ["body", "path"])
def test_a_key_that_belongs_to_another_request_is_refused(caller: Caller, change: str) -> None:
    job, other = make_job("claimed", client=caller.key), make_job("claimed", client=caller.key)
    caller.post(f"/jobs/{job.public_id}/start", body_for(job, "start"), Idempotency_Key="k")
    before = everything()
    path = f"/jobs/{(other if change == 'path' else job).public_id}/start"
    body = body_for(job if change == "path" else other, "start")

    status, problem = caller.post(path, body, Idempotency_Key="k")

    assert (status, problem["type"]) == (422, "/problems/key-reused")
    assert everything() == before


def test_the_same_body_written_otherwise_is_the_same_request(caller: Caller) -> None:
    make_job()
    caller.ask("/claims", CLAIM, Idempotency_Key="k")

    again = caller.ask("/claims", dict(reversed(CLAIM.items())), Idempotency_Key="k")

    assert again["Idempotent-Replayed"] == "true"


def test_two_clients_may_have_the_same_key(caller: Caller) -> None:
    make_job()
    make_job()
    other = Caller(make_client())

    mine = caller.post("/claims", {**CLAIM, "max_jobs": 1}, Idempotency_Key="k")
    theirs = other.post("/claims", {**CLAIM, "max_jobs": 1}, Idempotency_Key="k")

    assert mine[1]["jobs"][0]["id"] != theirs[1]["jobs"][0]["id"]


def test_a_claim_that_got_nothing_leaves_its_key_free(caller: Caller) -> None:
    assert caller.post("/claims", CLAIM, Idempotency_Key="k") == (200, {"jobs": []})
    assert IdempotentAnswer.objects.count() == 0
    job = make_job()

    _status, answer = caller.post("/claims", CLAIM, Idempotency_Key="k")

    assert [each["id"] for each in answer["jobs"]] == [str(job.public_id)]


def test_a_refusal_is_not_stored(caller: Caller) -> None:
    job = make_job("claimed", client=caller.key)
    path, body = f"/jobs/{job.public_id}/complete", body_for(job, "complete")
    assert caller.post(path, body, Idempotency_Key="k")[0] == 409
    assert caller.post(path, {}, Idempotency_Key="k")[0] == 422
    caller.report(job, "start")

    assert caller.post(path, body, Idempotency_Key="k")[0] == 200


def test_whoever_dies_between_the_effect_and_its_answer_leaves_neither(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_job()
    before = everything()

    def die(**_kwargs: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(IdempotentAnswer.objects, "create", die)
    with pytest.raises(KeyboardInterrupt):
        caller.post("/claims", CLAIM, Idempotency_Key="k")

    assert everything() == before
    monkeypatch.undo()
    assert len(caller.post("/claims", CLAIM, Idempotency_Key="k")[1]["jobs"]) == 1
    assert JobTransition.objects.filter(to_state="claimed").count() == 1


def test_answers_are_forgotten_after_72_hours_by_the_relay() -> None:
    client, now = make_client().row, timezone.now()
    for hours in (71, 73):
        made_at = now - timedelta(hours=hours)
        answer_once(client, key=f"{hours}", request_sha256="0" * 64, work=lambda: "{}", now=made_at)

    assert forget_old_answers(now=now) == 1

    assert list(IdempotentAnswer.objects.values_list("key", flat=True)) == ["71"]
    assert timedelta(hours=72) == KEPT_FOR
    assert forget_old_answers in [work for _what, work in PERIODIC]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets the second request wait instead")
def test_a_request_that_is_being_answered_already_is_told_to_come_back(caller: Caller) -> None:
    make_job()
    before = everything()
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [lock_number(caller.key, "k")])

        response = caller.ask("/claims", CLAIM, Idempotency_Key="k")

        cursor.execute("SELECT pg_advisory_unlock(%s)", [lock_number(caller.key, "k")])
    other.close()
    assert (response.status_code, response["Retry-After"]) == (409, "1")
    assert response.json()["type"] == "/problems/key-in-flight"
    assert everything() == before
    assert len(caller.post("/claims", CLAIM, Idempotency_Key="k")[1]["jobs"]) == 1
