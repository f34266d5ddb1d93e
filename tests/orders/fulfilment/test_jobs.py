"""Reading jobs: one, many, filtered, page by page, with the address only for those who may see it."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.models import FulfilmentKey, Job
from orders.snapshot import read_snapshot
from tests.orders.fulfilment.api import Caller
from tests.orders.make import claim_only, make_client, make_job

pytestmark = pytest.mark.usefixtures("catalogue")

S = Job.State


def ids(page: dict[str, Any]) -> list[str]:
    return [job["id"] for job in page["jobs"]]


def public_ids(*jobs: Job) -> list[str]:
    return [str(job.public_id) for job in jobs]


def test_every_client_may_read_every_job(caller: Caller) -> None:
    job = make_job(S.CLAIMED, client=make_client().row)

    status, shown = caller.get(f"/jobs/{job.public_id}")

    assert (status, shown["id"], shown["state"]) == (200, str(job.public_id), "claimed")
    assert shown["snapshot"] == read_snapshot(job)


@pytest.mark.parametrize("state", S.values)
def test_no_token_is_ever_read_back(caller: Caller, state: str) -> None:
    job = make_job(state, client=caller.key)

    _, one = caller.get(f"/jobs/{job.public_id}")
    _, page = caller.get("/jobs")

    assert page["jobs"] == [one]
    assert one["state"] == state
    assert (one["lease"] is not None) == (state in Job.LEASED)
    assert "token" not in str(one)
    if job.lease_token:
        assert str(job.lease_token) not in str(one)


def test_a_pending_job_has_no_recipe_yet(caller: Caller) -> None:
    job = make_job(S.PENDING)

    _, shown = caller.get(f"/jobs/{job.public_id}")

    assert (shown["snapshot"], shown["snapshot_sha256"]) == (None, "")


def test_a_shipped_job_names_its_shipment(caller: Caller) -> None:
    job = make_job(S.SHIPPED, client=caller.key)
    assert job.shipment is not None

    _, shown = caller.get(f"/jobs/{job.public_id}")

    assert shown["shipment"] == str(job.shipment.public_id)


def test_the_address_is_absent_without_its_scope() -> None:
    job = make_job()
    scopes = set(FulfilmentKey.Scope.values) - {FulfilmentKey.Scope.ADDRESS}
    caller = Caller(make_client(scopes=scopes))

    _, one = caller.get(f"/jobs/{job.public_id}")
    _, page = caller.get("/jobs")
    _, claims = caller.post("/claims", {"worker": "w", "max_jobs": 1, "lease_seconds": 60})
    _, started = caller.report(job, "start")

    for shown in (one, *page["jobs"], *claims["jobs"], started):
        assert "ship_to" not in shown
        assert "Calverley" not in str(shown)


def test_an_unknown_job_is_not_found(caller: Caller) -> None:
    status, problem = caller.get(f"/jobs/{uuid.uuid4()}")

    assert (status, problem["type"], problem["detail"]) == (
        404,
        "/problems/not-found",
        "There is no such job.",
    )


def test_jobs_are_filtered_by_state_and_order(caller: Caller) -> None:
    ready, claimed = make_job(), make_job(S.CLAIMED)

    assert ids(caller.get("/jobs")[1]) == public_ids(ready, claimed)
    assert ids(caller.get("/jobs", state="claimed")[1]) == public_ids(claimed)
    assert ids(caller.get("/jobs", order=ready.order.number)[1]) == public_ids(ready)
    assert ids(caller.get("/jobs", order=ready.order.number, state="claimed")[1]) == []
    assert ids(caller.get("/jobs", order="NOSUCH")[1]) == []


def test_pages_follow_one_another_without_gap_or_repeat(caller: Caller) -> None:
    jobs = [make_job() for _ in range(5)]

    pages = [caller.get("/jobs", limit=2)[1]]
    while pages[-1]["next_cursor"]:
        pages.append(caller.get("/jobs", limit=2, cursor=pages[-1]["next_cursor"])[1])

    assert [ids(page) for page in pages] == [
        public_ids(*jobs[:2]),
        public_ids(*jobs[2:4]),
        public_ids(*jobs[4:]),
    ]


def test_a_job_that_has_left_the_list_meanwhile_is_still_a_cursor(caller: Caller) -> None:
    first, second = make_job(), make_job()
    cursor = caller.get("/jobs", state="ready", limit=1)[1]["next_cursor"]
    claim_only(first, caller.key, lease_seconds=600, now=timezone.now())

    assert ids(caller.get("/jobs", state="ready", cursor=cursor)[1]) == public_ids(second)


def test_a_full_last_page_says_that_it_is_the_last(caller: Caller) -> None:
    make_job()
    make_job()

    assert caller.get("/jobs", limit=2)[1]["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"), ({"limit": 101}, "limit"), ({"limit": "x"}, "limit"), ({"state": "done"}, "state"),
        ({"cursor": "x"}, "cursor"), ({"cursor": str(uuid.UUID(int=1))}, "cursor"), ({"page": 2}, "page"),
        ({"order": "x" * 21}, "order"), ({"order": "a\0"}, "order"), ({"state": ["ready", "claimed"]}, "state"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_query_is_named(caller: Caller, query: dict[str, Any], field: str) -> None:
    status, problem = caller.get("/jobs", **query)

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [field]


def test_a_page_costs_one_query_beside_the_key(caller: Caller) -> None:
    for _ in range(4):
        make_job()
    caller.get("/me")

    with CaptureQueriesContext(connection) as queries:
        caller.get("/jobs")

    assert len(queries) == 2
