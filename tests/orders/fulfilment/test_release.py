"""Giving a claimed job back."""

import pytest

from orders.models import Job
from tests.orders.fulfilment.api import Caller
from tests.orders.make import make_client, make_job

pytestmark = pytest.mark.usefixtures("catalogue")


def test_a_released_job_can_be_claimed_by_another_at_once(caller: Caller) -> None:
    job = make_job(Job.State.CLAIMED, client=caller.key)

    status, shown = caller.report(job, "release")

    assert (status, shown["state"], shown["lease"], shown["attempt"]) == (200, "ready", None, 1)
    job.refresh_from_db()
    assert (job.client, job.worker, job.station, job.lease_token) == (None, "", "", None)
    other = Caller(make_client())
    status, answer = other.post("/claims", {"worker": "w", "max_jobs": 5, "lease_seconds": 60})
    assert [claimed["id"] for claimed in answer["jobs"]] == [str(job.public_id)]
