"""Bodies: what is not exactly the JSON that is wanted is refused, says why, and changes nothing."""

import uuid
from typing import Any

import pytest

from orders.models import Job
from tests.orders.fulfilment.api import PATH, Caller, as_json, everything
from tests.orders.make import lots_of, make_job

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

UNREADABLE = [
    b"", b"{", b"nonsense", b'{"max_jobs": NaN}', b'{"max_jobs": -Infinity}', b'{"worker": "w", "worker": "x"}',
    b"\xff\xfe", b'{"worker": "\\ud800"}',
    b'{"a":' * 20_000, b'"' + b"x" * 70_000 + b'"', b'{"max_jobs": ' + b"9" * 5_000 + b"}",
]  # fmt: skip


@pytest.mark.parametrize("path", ["/claims", "/shipments", f"/jobs/{uuid.UUID(int=0)}/start"])
@pytest.mark.parametrize("body", UNREADABLE, ids=lambda body: repr(body[:20]))
def test_what_is_not_json_is_unreadable(caller: Caller, path: str, body: bytes) -> None:
    make_job()
    before = everything()

    response = caller.http.post(f"{PATH}{path}", body, content_type="application/json")

    wanted = (422, "/problems/invalid-fields") if body == b"" else (400, "/problems/unreadable-body")
    assert (response.status_code, response.json()["type"]) == wanted
    assert everything() == before


@pytest.mark.parametrize("body", ["[]", "null", "1", "true", '"text"', "[{}]"])
def test_what_is_no_object_is_refused(caller: Caller, body: str) -> None:
    response = caller.http.generic("POST", f"{PATH}/claims", body, content_type="application/json")

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == ["body"]


def test_a_number_beyond_all_bounds_is_no_integer(caller: Caller) -> None:
    body = '{"worker": "w", "max_jobs": 1e999, "lease_seconds": 123456789012345678901234567890}'

    response = caller.http.generic("POST", f"{PATH}/claims", body, content_type="application/json")

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == ["max_jobs", "lease_seconds"]


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_only_json_is_read(caller: Caller, content_type: str) -> None:
    response = caller.http.generic("POST", f"{PATH}/claims", "worker=w", content_type=content_type)

    assert (response.status_code, response["Content-Type"]) == (415, "application/problem+json")


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
@pytest.mark.parametrize("path", ["/claims", "/jobs", "/shipments", "/me"])
def test_other_methods_are_refused(caller: Caller, method: str, path: str) -> None:
    response = getattr(caller.http, method)(f"{PATH}{path}", {}, format="json")

    assert (response.status_code, response["Content-Type"]) == (405, "application/problem+json")


@pytest.mark.parametrize("path", ["/", "/claim", "/claims/", "/jobs/7", "/jobs/none/start", "/jobs/../me"])
def test_other_addresses_are_a_problem_not_a_page(caller: Caller, path: str) -> None:
    status, problem = caller.get(path)

    assert (status, problem["type"]) == (404, "/problems/not-found")


def test_the_same_numbers_in_another_type_are_refused_in_lots(caller: Caller) -> None:
    job = make_job(Job.State.IN_PRODUCTION, client=caller.key)
    lots: list[Any] = as_json(lots_of(job))
    lots[0]["microlitres"], lots[1]["microlitres"], lots[2]["lot"] = "235000", True, 17
    lots[2]["note"] = "x"
    before = everything()

    status, problem = caller.report(job, "complete", batch="B1", lots=lots)

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [
        "lots[0].microlitres",
        "lots[1].microlitres",
        "lots[2].lot",
        "lots[2].note",
    ]
    assert everything() == before


@pytest.mark.parametrize(
    "token", [None, 1, True, "", "x", "{00000000-0000-0000-0000-000000000000}", "0" * 32, []]
)
@pytest.mark.parametrize("action", ["start", "complete", "fail", "release"])
def test_a_token_is_a_string_with_hyphens(caller: Caller, action: str, token: Any) -> None:
    job = make_job(Job.State.CLAIMED, client=caller.key)
    before = everything()

    status, problem = caller.post(f"/jobs/{job.public_id}/{action}", {"lease_token": token})

    assert status == 422
    assert "lease_token" in [error["field"] for error in problem["errors"]]
    assert everything() == before


def test_a_client_that_calls_too_often_is_told_when_to_come_back(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orders.fulfilment.authentication.KeyThrottle.rate", "2/min", raising=False)

    answers = [caller.http.get(f"{PATH}/me") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 1 <= int(answers[2]["Retry-After"]) <= 61
    assert answers[2]["Content-Type"] == "application/problem+json"


def test_a_database_that_does_not_answer_is_a_503(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    def locked(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("orders.fulfilment.claims.claim_jobs", locked)

    response = caller.http.post(
        f"{PATH}/claims", {"worker": "w", "max_jobs": 1, "lease_seconds": 60}, format="json"
    )

    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert response.json()["type"] == "/problems/busy"
