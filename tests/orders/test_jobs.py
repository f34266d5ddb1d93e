"""The states of a job: every step that is allowed, every one that is not, and that two cannot both take one."""

import uuid
from datetime import UTC, datetime, timedelta
from itertools import pairwise, product
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders import jobs
from orders.jobs import ALLOWED, Actor, WrongStateError, move_job, move_jobs
from orders.models import Job, JobTransition, Shipment
from tests.orders.make import STAFF, make_client, make_job, make_order
from tests.orders.stored import stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
STATES = Job.State.values
TABLE = {
    ("pending", "ready"),  # hand-off
    ("ready", "claimed"),  # a claim
    ("claimed", "ready"),  # given back, to be retried, or the lease ran out
    ("claimed", "in_production"),
    ("in_production", "produced"),
    ("produced", "shipped"),
    ("claimed", "failed"),
    ("in_production", "failed"),
    ("failed", "ready"),  # staff decide
    ("failed", "cancelled"),
    ("pending", "cancelled"),
    ("ready", "cancelled"),
    ("claimed", "cancelled"),  # fulfilment accepts the cancellation
    ("in_production", "cancelled"),
}


def make_job_in(state: str) -> Job:
    """A job with all that any state asks for, put into `state` past every check."""
    job = make_job()
    return put_into(job, state)


def put_into(job: Job, state: str) -> Job:
    client = job.client or make_client().row
    shipment, _made = Shipment.objects.get_or_create(
        client=client,
        external_id=f"P{job.pk}",
        defaults={"order": job.order, "carrier": "Owl", "tracking": "1", "shipped_at": timezone.now()},
    )
    Job.objects.filter(pk=job.pk).update(
        state=state, client=client, lease_token=uuid.uuid4(), lease_expires_at=NOW, shipment=shipment
    )
    job.refresh_from_db()
    return job


def test_the_table_of_steps_is_the_one_agreed_upon() -> None:
    assert {(old, new) for old, all_new in ALLOWED.items() for new in all_new} == TABLE
    assert {*ALLOWED} == {*STATES}


@pytest.mark.parametrize(("old", "new"), sorted(TABLE))
def test_an_allowed_step_is_taken_and_written_down(old: str, new: str) -> None:
    job = make_job_in(old)
    version = job.version

    moved = move_job(job, new, by=STAFF, now=NOW, note="so it is", batch="B7")

    stored = Job.objects.get()
    assert (stored.state, stored.version, stored.batch) == (new, version + 1, "B7")
    assert (moved.state, moved.version, moved.batch) == (new, version + 1, "B7")
    step = JobTransition.objects.get(version=version + 1)
    assert (step.from_state, step.to_state, step.by, step.note, step.at) == (
        old, new, "staff: Grace", "so it is", NOW
    )  # fmt: skip


def test_every_other_step_is_refused_and_changes_nothing() -> None:
    job = make_job_in("pending")
    refused = 0

    for old, new in sorted({*product(STATES, STATES)} - TABLE):
        put_into(job, old)
        before = stored_rows()
        with pytest.raises(WrongStateError, match=f"a job that is {old} cannot become {new}") as error:
            move_job(job, new, by=STAFF, now=NOW, batch="B7")
        assert (error.value.job.state, error.value.wanted) == (old, new)
        assert stored_rows() == before
        refused += 1

    assert refused == 64 - 14


def test_who_comes_second_is_refused_and_told_how_the_job_is_now() -> None:
    first = make_job()
    second = Job.objects.get()
    move_job(first, "cancelled", by=STAFF, now=NOW)
    before = stored_rows()

    with pytest.raises(WrongStateError) as error:
        move_job(second, "cancelled", by=STAFF, now=NOW)

    assert stored_rows() == before
    assert (error.value.job.state, error.value.job.version) == ("cancelled", 3)


def test_a_job_that_went_round_and_is_in_the_same_state_again_is_another_one() -> None:
    job = make_job("failed")
    stale = Job.objects.get()
    move_job(job, "ready", by=STAFF, now=NOW)
    for state in ("claimed", "failed"):
        move_job(job, state, by=STAFF, now=NOW, lease_token=uuid.uuid4())
    before = stored_rows()

    with pytest.raises(WrongStateError):
        move_job(stale, "ready", by=STAFF, now=NOW)

    assert stored_rows() == before


def test_a_step_and_its_note_are_written_together_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job()
    before = stored_rows()

    def fail(**values: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(JobTransition.objects, "create", fail)
    with pytest.raises(ConnectionError):
        move_job(job, "cancelled", by=STAFF, now=NOW)

    assert stored_rows() == before
    assert (job.state, job.version) == ("ready", 2), "the row in memory is left as it was, too"


def test_several_jobs_move_together_or_not_at_all() -> None:
    ready, other, produced = make_job(), make_job(), make_job("produced")
    before = stored_rows()

    with pytest.raises(WrongStateError):
        move_jobs([ready, produced, other], "cancelled", by=STAFF, now=NOW, changes=lambda job: {})
    assert stored_rows() == before

    Job.objects.filter(pk=other.pk).update(version=9)
    before = stored_rows()
    with pytest.raises(WrongStateError) as error, transaction.atomic():
        move_jobs([ready, other], "cancelled", by=STAFF, now=NOW, changes=lambda job: {})
    assert error.value.job == other
    assert stored_rows() == before


def test_several_jobs_each_get_their_own_values() -> None:
    moving = [make_job(), make_job()]

    move_jobs(
        moving, "cancelled", by=STAFF, now=NOW, changes=lambda job: {"batch": f"B{job.pk}", "worker": "w"}
    )

    rows = Job.objects.order_by("pk").values_list("state", "version", "batch", "worker")
    assert list(rows) == [("cancelled", 3, f"B{job.pk}", "w") for job in moving]
    assert [job.batch for job in moving] == [f"B{job.pk}" for job in moving]
    assert JobTransition.objects.filter(version=3, to_state="cancelled").count() == 2


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wishes=st.lists(st.sampled_from(STATES), max_size=25))
def test_whatever_is_asked_the_steps_form_a_legal_path_and_the_version_counts_them(wishes: list[str]) -> None:
    with transaction.atomic():
        job = make_job("pending")
        Job.objects.update(
            snapshot="{}", lease_token=uuid.uuid4(), shipment=put_into(job, "pending").shipment
        )
        state, expected = "pending", ["pending"]

        for minute, wish in enumerate(wishes):
            job.refresh_from_db()
            try:
                move_job(job, wish, by=STAFF, now=NOW + timedelta(minutes=minute))
            except WrongStateError:
                assert (state, wish) not in TABLE
            else:
                assert (state, wish) in TABLE
                state = wish
                expected.append(wish)

        job.refresh_from_db()
        steps = list(job.transitions.order_by("version"))
        assert job.state == state
        assert [step.to_state for step in steps] == expected
        assert [step.from_state for step in steps] == ["", *expected[:-1]]
        assert [step.version for step in steps] == [*range(1, job.version + 1)]
        assert all(early.at <= late.at or early.version == 1 for early, late in pairwise(steps))
        transaction.set_rollback(True)


def test_a_line_has_one_job_and_the_database_sees_to_it() -> None:
    order = make_order(paid=True)
    before = stored_rows()

    with pytest.raises(IntegrityError), transaction.atomic():
        jobs.make_job(order.lines.get(), order=order, by=STAFF, now=NOW)

    assert stored_rows() == before


@pytest.mark.parametrize("state", ["ready", "claimed", "in_production", "produced", "shipped"])
def test_the_database_refuses_a_job_past_pending_without_a_recipe(state: str) -> None:
    job = make_job_in("pending")
    Job.objects.update(snapshot="")
    before = stored_rows()

    with pytest.raises(IntegrityError, match="job_has_snapshot"), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(state=state)

    assert stored_rows() == before


@pytest.mark.parametrize(
    ("state", "missing", "constraint"),
    [
        ("claimed", "lease_token", "job_has_lease"),
        ("in_production", "lease_token", "job_has_lease"),
        ("shipped", "shipment", "job_shipped_has_shipment"),
    ],
)
def test_the_database_refuses_a_state_without_what_belongs_to_it(
    state: str, missing: str, constraint: str
) -> None:
    job = make_job_in("ready")
    before = stored_rows()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(state=state, **{missing: None})

    assert stored_rows() == before


def test_an_actor_is_named_with_its_kind() -> None:
    assert (str(Actor("staff", "Grace")), str(Actor("relay"))) == ("staff: Grace", "relay")
