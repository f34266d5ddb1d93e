"""Live keys and test keys: neither sees, takes or touches what is the other's, nor one sandbox that of another."""

import uuid
from typing import Any

import pytest

from orders.models import FulfilmentKey, Job
from orders.visibility import visible_jobs
from tests.orders.fulfilment.api import PATH, Caller, as_json, everything
from tests.orders.make import lease_of, lots_of, make_client, make_job

pytestmark = pytest.mark.usefixtures("catalogue")


def make_tester() -> Caller:
    caller = Caller(make_client())
    FulfilmentKey.objects.filter(pk=caller.key.pk).update(is_test=True)
    caller.key.refresh_from_db()
    return caller


def put_in_sandbox(job: Job, owner: FulfilmentKey) -> Job:
    type(job.order).objects.filter(pk=job.order_id).update(sandbox=owner)
    Job.objects.filter(pk=job.pk).update(sandbox=owner)
    return Job.objects.get(pk=job.pk)


def strangers(caller: Caller) -> list[tuple[Caller, Job]]:
    """Who must not see which job: (live, of a sandbox), (tester, live), (tester, of another sandbox)."""
    tester, other = make_tester(), make_tester()
    live = make_job("claimed", client=caller.key)
    sandboxed = put_in_sandbox(make_job("claimed", client=caller.key), other.key)
    return [(caller, sandboxed), (tester, live), (tester, sandboxed)]


def test_each_key_sees_and_claims_jobs_of_its_own_kind_only(caller: Caller) -> None:
    one, two = make_tester(), make_tester()
    jobs = [(caller, make_job()), *((each, put_in_sandbox(make_job(), each.key)) for each in (one, two))]

    for each, job in jobs:
        assert list(visible_jobs(each.key)) == [job]
        assert [shown["id"] for shown in each.get("/jobs")[1]["jobs"]] == [str(job.public_id)]
        body = {"worker": "w", "max_jobs": 50, "lease_seconds": 60}
        assert [got["id"] for got in each.post("/claims", body)[1]["jobs"]] == [str(job.public_id)]


def test_the_other_kind_is_not_found_whatever_is_asked_of_it(caller: Caller) -> None:
    for each, job in strangers(caller):
        token = str(lease_of(job).token)
        bodies: dict[str, dict[str, Any]] = {
            "start": {"lease_token": token},
            "release": {"lease_token": token},
            "complete": {"lease_token": token, "batch": "B", "lots": as_json(lots_of(job))},
            "fail": {"lease_token": token, "retryable": True, "code": "other"},
            "cancellation": {"lease_token": token, "decision": "accept"},
            "reclaim": {"worker": "w", "lease_seconds": 60},
            "holds": {"reason": "other"},
        }
        before = everything()
        answers = [
            each.post(f"/jobs/{job.public_id}/{action}", body, If_Match='"x"')
            for action, body in bodies.items()
        ]
        answers.append(each.get(f"/jobs/{job.public_id}"))
        deleted = each.http.delete(f"{PATH}/jobs/{job.public_id}/holds/{uuid.uuid4()}")
        answers.append((deleted.status_code, deleted.json()))

        for status, problem in answers:
            assert (status, problem["type"]) == (404, "/problems/not-found")
        assert everything() == before


def test_the_other_kind_is_neither_shipped_nor_kept_alive(caller: Caller) -> None:
    for each, job in strangers(caller):
        parcel = {"carrier": "Owl Post", "tracking": "TR1", "shipped_at": "2026-11-20T10:00:00Z"}
        body = {"external_id": "P1", "jobs": [str(job.public_id)], **parcel}
        lease = {"id": str(job.public_id), "lease_token": str(lease_of(job).token)}
        before = everything()

        status, problem = each.post("/shipments", body)
        beats = each.post("/claims/heartbeat", {"jobs": [lease], "lease_seconds": 40_000})

        assert (status, [error["field"] for error in problem["errors"]]) == (422, ["jobs[0]"])
        assert beats == (200, {"jobs": [{"id": str(job.public_id), "lease_lost": True}]})
        assert everything() == before
