"""What the bench says when a job is no longer what the page showed: nothing is done, and there is a way on."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from orders.cancelling import SHOPPER, ask_to_cancel
from orders.claiming import claim_jobs, expire_leases
from orders.holds import place_hold
from orders.models import Job
from orders.staff_decisions import give_up
from tests.orders.admin.bench import (
    BENCH,
    address,
    body,
    claim_form,
    lease,
    made,
    report,
    said,
    sign_in,
    take,
)
from tests.orders.make import STAFF, make_client, make_job

pytestmark = pytest.mark.usefixtures("catalogue")
S = Job.State


def take_new(staff: Client, *, begun: bool = False) -> tuple[Job, str]:
    job = make_job()
    take(staff, job)
    token = lease(staff, job)
    if begun:
        report(staff, job, "begin")
    return job, token


def run_out(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    expire_leases(timezone.now())


def test_a_job_that_somebody_else_took_says_who_has_it() -> None:
    job = make_job()
    mia, tom = sign_in(), sign_in("tom")
    form = claim_form(tom, job)
    take(mia, job)

    answer = tom.post(f"{BENCH}claim/", form, follow=True)

    job.refresh_from_db()
    assert job.worker == "mia"
    assert said(answer) == [
        f"mia has job {job.order.number} now. Put aside what you began, and take another one from the bench."
    ]


def test_one_at_the_bench_cannot_report_on_the_job_of_another() -> None:
    mia, tom = sign_in(), sign_in("tom")
    job, token = take_new(mia)

    answer = report(tom, job, "begin", lease=token)

    job.refresh_from_db()
    assert job.state == S.CLAIMED
    assert "mia has job" in said(answer)[0]
    assert token not in body(tom.get(address(job)))


def test_a_lease_that_ran_out_before_the_work_began_frees_the_job() -> None:
    staff = sign_in()
    job, token = take_new(staff)
    run_out(job)

    answer = report(staff, job, "begin", lease=token)

    job.refresh_from_db()
    assert job.state == S.READY
    assert "Take it to go on." in said(answer)[0]
    assert "Take this job" in body(answer)


def test_a_lease_that_ran_out_in_production_is_gone_on_with() -> None:
    staff = sign_in()
    job, token = take_new(staff, begun=True)
    run_out(job)

    lost = report(staff, job, "complete", lease=token, **made(job))
    assert "ran out while it was being made" in said(lost)[0]
    staff.post(address(job, "go_on"))
    staff.post(address(job, "go_on"))
    report(staff, job, "complete", **made(job))

    job.refresh_from_db()
    assert job.state == S.PRODUCED


def test_a_page_from_before_a_job_was_taken_anew_does_nothing() -> None:
    staff = sign_in()
    job, old = take_new(staff)
    report(staff, job, "give_back")
    take(staff, job)

    answer = report(staff, job, "begin", lease=old)

    job.refresh_from_db()
    assert job.state == S.CLAIMED
    assert "it has moved on since that page was opened" in said(answer)[0]


def test_a_job_that_was_cancelled_before_it_was_taken_says_so() -> None:
    job = make_job()
    staff = sign_in()
    form = claim_form(staff, job)
    give_up(job, by="grace", now=timezone.now())

    answer = staff.post(f"{BENCH}claim/", form, follow=True)

    assert "was cancelled meanwhile" in said(answer)[0]


def test_what_the_shopper_asks_to_cancel_is_stopped_or_goes_on() -> None:
    staff = sign_in()
    for choice, state in (("accept", S.CANCELLED), ("reject", S.IN_PRODUCTION)):
        job, token = take_new(staff, begun=True)
        ask_to_cancel(job.order, by=SHOPPER, now=timezone.now())
        assert "The shopper asks to cancel it" in body(staff.get(address(job)))

        for _ in range(2):
            report(staff, job, "answer", lease=token, **{choice: "1"})

        job.refresh_from_db()
        assert job.state == state


def test_a_claimed_job_that_is_to_be_cancelled_is_not_begun() -> None:
    staff = sign_in()
    job, token = take_new(staff)
    ask_to_cancel(job.order, by=SHOPPER, now=timezone.now())

    answer = report(staff, job, "begin", lease=token)

    job.refresh_from_db()
    assert job.state == S.CLAIMED
    assert "say below whether it is still in time" in said(answer)[0]


def test_a_held_job_is_not_begun_and_says_why() -> None:
    staff = sign_in()
    job, token = take_new(staff)
    place_hold(job.public_id, reason="quality", note="Smells odd", by=STAFF, now=timezone.now())

    answer = report(staff, job, "begin", lease=token)

    job.refresh_from_db()
    assert job.state == S.CLAIMED
    assert "put on hold meanwhile" in said(answer)[0]
    assert "Smells odd" in body(answer)


def test_an_open_page_keeps_its_jobs_and_learns_which_are_lost() -> None:
    staff = sign_in()
    (kept, kept_token), (lost, lost_token) = take_new(staff), take_new(staff)
    Job.objects.filter(pk=kept.pk).update(lease_expires_at=timezone.now() + timedelta(minutes=1))
    run_out(lost)
    claim_jobs(make_client().row, worker="robot", max_jobs=1, lease_seconds=60, now=timezone.now())
    leases = [f"{kept.public_id}:{kept_token}", f"{lost.public_id}:{lost_token}", "nonsense"]

    answer = staff.post(f"{BENCH}keep/", {"lease": leases}, headers={"Accept": "application/json"})

    kept.refresh_from_db()
    assert kept.lease_expires_at is not None
    assert kept.lease_expires_at > timezone.now() + timedelta(hours=3)
    assert answer.json()["said"].startswith("Yours until")
    [warning] = answer.json()["warnings"]
    assert warning.startswith(f"robot has job {lost.order.number} now.")


def test_without_a_script_a_button_keeps_them() -> None:
    staff = sign_in()
    job, token = take_new(staff)

    answer = staff.post(f"{BENCH}keep/", {"lease": [f"{job.public_id}:{token}"]}, follow=True)

    assert "Your jobs are yours until" in said(answer)[0]
