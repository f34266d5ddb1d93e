"""Failing a job: for another try, or for staff to decide."""

from typing import Any

import pytest
from django.utils import timezone

from orders.making import Failure, RetryInProductionError, fail_job
from orders.models import Job
from tests.orders.fulfilment.api import Caller, everything
from tests.orders.make import lease_of, make_job

pytestmark = pytest.mark.usefixtures("catalogue")

S = Job.State


@pytest.mark.parametrize("code", Failure)
@pytest.mark.parametrize("state", Job.LEASED)
def test_a_terminal_failure_waits_for_staff_with_its_reason(state: str, code: Failure) -> None:
    job = make_job(state)

    fail_job(
        job.public_id, lease=lease_of(job), retryable=False, code=code, note="It fell.", now=timezone.now()
    )

    job.refresh_from_db()
    assert (job.state, job.failure_code, job.failure_note) == ("failed", code.value, "It fell.")
    assert job.transitions.latest("version").note == f"{code.value}: It fell."


def test_a_retryable_failure_gives_the_job_back() -> None:
    job = make_job(S.CLAIMED)

    fail_job(job.public_id, lease=lease_of(job), retryable=True, code=Failure.EQUIPMENT, now=timezone.now())

    job.refresh_from_db()
    assert (job.state, job.attempt, job.failure_code) == ("ready", 1, "")
    assert (job.client, job.worker, job.lease_token, job.lease_expires_at) == (None, "", None, None)
    assert job.transitions.latest("version").note == "equipment"


def test_in_production_no_failure_is_retryable() -> None:
    job = make_job(S.IN_PRODUCTION)
    lease, before = lease_of(job), everything()

    with pytest.raises(RetryInProductionError):
        fail_job(job.public_id, lease=lease, retryable=True, code=Failure.OTHER, now=timezone.now())

    assert everything() == before


def test_the_longest_note_fits(caller: Caller) -> None:
    job = make_job(S.CLAIMED, client=caller.key)

    status, shown = caller.report(
        job, "fail", retryable=False, code="out-of-stock", note="n" * 399 + "\n" + "x"
    )

    assert (status, shown["errors"][0]["field"]) == (422, "note")
    status, shown = caller.report(job, "fail", retryable=False, code="out-of-stock", note="n" * 398 + "\nx")
    assert (status, shown["state"], shown["failure_code"]) == (200, "failed", "out-of-stock")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("retryable", None), ("retryable", 1), ("retryable", "true"), ("code", ""), ("code", "boom"), ("code", 1),
        ("code", None), ("code", ["other"]), ("note", None), ("note", 7), ("note", "a\tb"),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(caller: Caller, field: str, value: Any) -> None:
    job = make_job(S.CLAIMED, client=caller.key)
    before = everything()

    status, problem = caller.report(job, "fail", **{"retryable": True, "code": "other", field: value})

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [field]
    assert everything() == before
