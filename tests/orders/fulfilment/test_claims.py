"""Claims: what is handed out, in which order, to whom, and how much it costs."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.claiming import claim_jobs
from orders.models import FulfilmentKey, Job, JobTransition
from tests.orders.fulfilment.api import Caller, everything
from tests.orders.make import ADA, MIX, copy_job, make_client, make_job

pytestmark = pytest.mark.usefixtures("catalogue")

CLAIM = {"worker": "Grace", "station": "bench 2", "max_jobs": 10, "lease_seconds": 600}


def claim(client: FulfilmentKey, **kwargs: Any) -> list[Job]:
    return claim_jobs(client, **{**CLAIM, "now": timezone.now(), **kwargs})


def test_the_earliest_promised_come_first_and_of_one_day_the_oldest() -> None:
    day = date(2026, 11, 20)
    late = make_job(promised_on=day + timedelta(days=1))
    first, second = make_job(promised_on=day), make_job(promised_on=day)
    urgent = make_job(promised_on=day - timedelta(days=1))

    claimed = claim(make_client().row)

    assert claimed == [urgent, first, second, late]


def test_no_more_than_asked_for_are_claimed_and_the_rest_stay_ready() -> None:
    jobs = [make_job() for _ in range(3)]

    assert claim(make_client().row, max_jobs=2) == jobs[:2]

    jobs[2].refresh_from_db()
    assert (jobs[2].state, jobs[2].lease_token, jobs[2].attempt) == ("ready", None, 0)


def test_a_held_job_is_passed_over() -> None:
    held, free = make_job(on_hold=True), make_job()

    assert claim(make_client().row) == [free]

    held.refresh_from_db()
    assert (held.state, held.version, held.lease_token) == ("ready", 2, None)


@pytest.mark.parametrize("state", [state for state in Job.State.values if state != "ready"])
def test_only_ready_jobs_are_claimed(state: str) -> None:
    make_job(state)
    before = everything()

    assert claim(FulfilmentKey.objects.first() or make_client().row) == []

    before["FulfilmentKey"] = everything()["FulfilmentKey"]
    assert everything() == before


def test_a_claim_leaves_a_lease_and_one_transition_on_each_job() -> None:
    make_job()
    make_job()
    client, now = make_client(name="acme").row, timezone.now()

    claimed = claim(client, now=now)

    assert len({job.lease_token for job in claimed}) == 2
    for job in claimed:
        stored = Job.objects.get(pk=job.pk)
        assert (stored.state, stored.version, stored.attempt) == ("claimed", 3, 1)
        assert (stored.client, stored.worker, stored.station) == (client, "Grace", "bench 2")
        assert (stored.lease_token, stored.lease_expires_at) == (
            job.lease_token,
            now + timedelta(seconds=600),
        )
        last = JobTransition.objects.get(job=job, version=3)
        assert (last.from_state, last.to_state, last.by, last.at) == (
            "ready",
            "claimed",
            "fulfilment: acme",
            now,
        )
        assert job.transitions.count() == 3


@pytest.mark.parametrize("count", [1, 10, 50])
def test_a_claim_takes_four_queries_however_many_jobs_it_gets(count: int) -> None:
    job = make_job()
    copy_job(job, count - 1)
    client = make_client().row

    with CaptureQueriesContext(
        connection,
    ) as queries:
        claimed = claim(client, max_jobs=count)

    assert len(claimed) == count
    assert [query["sql"].split()[0] for query in queries] == [
        "SELECT",
        "UPDATE",
        "INSERT",
        "INSERT",
    ]


def test_a_claim_over_the_api_adds_two_queries_to_recognise_it_again_and_one_for_the_key(
    caller: Caller,
) -> None:
    caller.get("/me")  # notes the use of the key, which is written once a minute
    copy_job(make_job(), 9)

    with CaptureQueriesContext(connection) as queries:
        status, answer = caller.post("/claims", CLAIM)

    assert (status, len(answer["jobs"])) == (200, 10)
    asked = [query["sql"].split()[0] for query in queries]
    work = ["SELECT", "UPDATE", "INSERT", "INSERT"]
    lock = ["SELECT"] if connection.vendor == "postgresql" else []
    assert asked == ["SELECT", "SAVEPOINT", *lock, "SELECT", *work, "INSERT", "RELEASE"]


def test_the_answer_has_all_that_a_maker_needs(caller: Caller) -> None:
    job = make_job(quantity=2)

    status, answer = caller.post("/claims", CLAIM)

    job.refresh_from_db()
    assert job.lease_expires_at is not None
    [shown] = answer["jobs"]
    snapshot = shown.pop("snapshot")
    assert status == 200
    assert shown == {
        "id": str(job.public_id),
        "state": "claimed",
        "version": 3,
        "order": job.order.number,
        "line": 1,
        "quantity": 2,
        "promised_on": job.promised_on.isoformat(),
        "attempt": 1,
        "on_hold": False,
        "holds": [],
        "cancellation": "",
        "cancellation_note": "",
        "lease": {
            "worker": "Grace",
            "station": "bench 2",
            "expires_at": job.lease_expires_at.isoformat().replace("+00:00", "Z"),
            "lapsed": False,
            "token": str(job.lease_token),
        },
        "snapshot_sha256": job.snapshot_sha256,
        "batch": "",
        "made_of": None,
        "failure_code": "",
        "shipment": None,
        "ship_to": {
            "full_name": ADA.full_name,
            "address_line1": ADA.address_line1,
            "address_line2": "",
            "postcode": ADA.postcode,
            "town": ADA.town,
            "country": "GB",
        },
    }
    assert snapshot["mix"] == MIX
    assert [(part["component"], part["microlitres"]) for part in snapshot["parts"]] == [
        ("warm-hearth", 235_000),
        ("mend", 10_000),
        ("quench", 5_000),
    ]
    assert snapshot["label_lines"][:3] == ["Shampoo", "Made for Ada", "250 ml ℮"]
    assert snapshot["ingredients"][0] == "Aqua"
    assert snapshot["steps"][1] == "Weigh in 10 ml of Mend (main)"


def test_nothing_to_do_is_an_empty_list(caller: Caller) -> None:
    assert caller.post("/claims", CLAIM) == (200, {"jobs": []})


def test_a_claimed_job_is_nobody_elses(caller: Caller) -> None:
    make_job()
    caller.post("/claims", CLAIM)

    assert Caller(make_client()).post("/claims", CLAIM) == (200, {"jobs": []})
    assert caller.post("/claims", CLAIM) == (200, {"jobs": []})


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_jobs": 0}, {"max_jobs": 51}, {"max_jobs": True}, {"max_jobs": "5"}, {"max_jobs": 5.0}, {"max_jobs": None},
        {"lease_seconds": 59}, {"lease_seconds": 43_201}, {"worker": ""}, {"worker": 7},
        {"worker": "x" * 81}, {"worker": "a\nb"}, {"worker": "a\0b"}, {"worker": ["w"]},
        {"station": None}, {"wait_seconds": -1}, {"wait_seconds": 21}, {"wait_seconds": "1"}, {"maxjobs": 5},
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_field_is_named_and_nothing_is_claimed(caller: Caller, wrong: dict[str, Any]) -> None:
    make_job()
    before = everything()

    response = caller.http.generic(
        "POST", "/api/fulfilment/v1/claims", json.dumps({**CLAIM, **wrong}), content_type="application/json"
    )

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == list(wrong)
    assert everything() == before


@pytest.mark.parametrize("field", ["worker", "max_jobs", "lease_seconds"])
def test_a_missing_field_is_named(caller: Caller, field: str) -> None:
    status, problem = caller.post("/claims", {name: value for name, value in CLAIM.items() if name != field})

    assert (status, problem["errors"]) == (422, [{"field": field, "message": "This field is required."}])


@pytest.mark.parametrize(
    "numbers", [{"max_jobs": 0}, {"max_jobs": 51}, {"lease_seconds": 59}, {"lease_seconds": 43_201}]
)
def test_the_use_case_keeps_to_its_limits_too(numbers: dict[str, int]) -> None:
    make_job()

    with pytest.raises(ValueError, match="out of range"):
        claim(make_client().row, **numbers)

    assert Job.objects.get().state == "ready"
