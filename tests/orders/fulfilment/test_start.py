"""Starting a job."""

import pytest
from django.utils import timezone

from orders.making import start_job
from orders.models import Job
from tests.orders.fulfilment.api import Caller
from tests.orders.make import lease_of, make_job

pytestmark = pytest.mark.usefixtures("catalogue")


def test_a_started_job_is_in_production_under_the_same_lease() -> None:
    job = make_job(Job.State.CLAIMED)
    lease, now = lease_of(job), timezone.now()

    start_job(job.public_id, lease=lease, now=now)

    job.refresh_from_db()
    assert (job.state, job.version, job.lease_token) == ("in_production", 4, lease.token)
    last = job.transitions.get(version=4)
    assert (last.by, last.at) == (f"fulfilment: {lease.client.name}", now)


def test_the_answer_shows_the_job_without_its_token(caller: Caller) -> None:
    job = make_job(Job.State.CLAIMED, client=caller.key)

    status, shown = caller.report(job, "start")

    assert (status, shown["state"], shown["version"]) == (200, "in_production", 4)
    assert sorted(shown["lease"]) == ["expires_at", "lapsed", "station", "worker"]
    assert str(job.lease_token) not in str(shown)


def test_a_repeated_start_learns_that_the_first_one_counted(caller: Caller) -> None:
    job = make_job(Job.State.CLAIMED, client=caller.key)
    caller.report(job, "start")

    status, problem = caller.report(job, "start")

    assert (status, problem["type"]) == (409, "/problems/wrong-state")
    assert (problem["current_state"], problem["allowed_actions"]) == ("in_production", ["complete", "fail"])
