"""The bench in the browser: from a ready job to a parcel, by the use cases of the API."""

import json

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from orders.models import Job, LotUse, Shipment
from orders.snapshot import read_snapshot
from tests.orders.admin.bench import (
    BENCH,
    address,
    body,
    claim_form,
    lease,
    made,
    report,
    said,
    send_form,
    sign_in,
    take,
)
from tests.orders.make import make_job

pytestmark = pytest.mark.usefixtures("catalogue")
S = Job.State


def test_a_job_goes_from_the_list_to_the_carrier() -> None:
    job = make_job(quantity=2)
    staff = sign_in()

    take(staff, job)
    report(staff, job, "begin")
    done = report(staff, job, "complete", **made(job))
    number = job.order.number
    sent = staff.post(reverse("admin:bench_send", args=[number]), send_form(staff, number), follow=True)

    job.refresh_from_db()
    assert (job.state, job.batch) == (S.SHIPPED, "B7")
    assert said(done) == ["Made. Put the label on; it waits to be sent."]
    assert said(sent) == [f"The parcel of order {number} is on its way, and its shopper is told."]
    assert list(LotUse.objects.filter(job=job).values_list("lot", flat=True)) == ["L0", "L1", "L2"]
    assert [(each.carrier, each.tracking) for each in Shipment.objects.all()] == [("Owl Post", "TR 1")]
    steps = job.transitions.filter(version__gt=2).values_list("by", flat=True)
    assert set(steps) == {"fulfilment: mia at the bench"}


def test_the_next_jobs_are_those_promised_first() -> None:
    later, first = make_job(), make_job()
    Job.objects.filter(pk=first.pk).update(promised_on=later.promised_on.replace(year=2020))
    staff = sign_in()

    staff.post(f"{BENCH}claim/", {**claim_form(staff), "take": "next", "count": "1"})

    first.refresh_from_db()
    later.refresh_from_db()
    assert (first.state, first.worker, later.state) == (S.CLAIMED, "mia", S.READY)


def test_taking_twice_with_one_page_takes_once() -> None:
    for _ in range(3):
        make_job()
    staff = sign_in()
    form = {**claim_form(staff), "take": "next", "count": "1"}

    for _ in range(2):
        assert "yours until" in said(staff.post(f"{BENCH}claim/", form, follow=True))[0]

    assert Job.objects.filter(state=S.CLAIMED).count() == 1


def test_a_used_page_with_other_jobs_ticked_is_refused() -> None:
    one, other = make_job(), make_job()
    staff = sign_in()
    form = claim_form(staff, one)
    staff.post(f"{BENCH}claim/", form)

    answer = staff.post(f"{BENCH}claim/", {**form, "job": [str(other.public_id)]}, follow=True)

    other.refresh_from_db()
    assert other.state == S.READY
    assert said(answer)[1:] == ["That page was used before. This is how things are now: choose again."]


def test_every_button_pressed_twice_does_it_once() -> None:
    job = make_job()
    staff = sign_in()
    take(staff, job)
    token = lease(staff, job)

    begun = [said(report(staff, job, "begin", lease=token)) for _ in range(2)]
    done = [said(report(staff, job, "complete", lease=token, **made(job))) for _ in range(2)]
    form = send_form(staff, job.order.number)
    for _ in range(2):
        answer = staff.post(reverse("admin:bench_send", args=[job.order.number]), form, follow=True)
        assert "is on its way" in said(answer)[0]

    assert [len(texts) for texts in (*begun, *done)] == [1, 0, 1, 0]
    job.refresh_from_db()
    assert (job.state, job.version) == (S.SHIPPED, 6)
    assert Shipment.objects.count() == 1


def test_what_is_missing_is_said_and_nothing_typed_is_lost() -> None:
    job = make_job()
    staff = sign_in()
    take(staff, job)
    report(staff, job, "begin")
    form = made(job, **{"in-0": "", "lot-1": "", "ml-2": "0"})

    answer = staff.post(address(job, "complete"), {"lease": lease(staff, job), **form})

    page = body(answer)
    job.refresh_from_db()
    assert (answer.status_code, job.state, LotUse.objects.count()) == (422, S.IN_PRODUCTION, 0)
    assert "Tick off Warm Hearth when it is in." in page
    assert "Say which lot of Mend went in." in page
    assert 'value="L2"' in page


def test_lots_that_were_used_before_are_suggested() -> None:
    make_job(S.PRODUCED)
    job = make_job()
    staff = sign_in()
    take(staff, job)

    page = body(report(staff, job, "begin"))

    assert 'name="ml-1" value="10"' in page
    assert '<option value="L1"></option>' in page
    assert 'value="L1" ' not in page  # not taken for granted


def test_the_doses_are_shown_for_one_piece_and_for_all() -> None:
    job = make_job(quantity=3)

    page = body(sign_in().get(address(job)))

    assert "<td>10</td> <td>30</td>" in page


def test_a_failed_job_waits_for_whoever_decides() -> None:
    job = make_job()
    staff = sign_in()
    take(staff, job)
    report(staff, job, "begin")

    answer = report(staff, job, "fail", code="damaged", note="Slipped")

    job.refresh_from_db()
    assert (job.state, job.failure_code, job.failure_note) == (S.FAILED, "damaged", "Slipped")
    assert "Written down as failed." in said(answer)[0]


@pytest.mark.parametrize(
    ("action", "form"), [("give_back", {}), ("fail", {"again": "1", "code": "equipment"})]
)
def test_an_unbegun_job_can_go_back(action: str, form: dict[str, str]) -> None:
    job = make_job()
    staff = sign_in()
    take(staff, job)

    report(staff, job, action, **form)

    job.refresh_from_db()
    assert (job.state, job.client) == (S.READY, None)


def test_who_may_not_work_takes_nothing() -> None:
    job = make_job()
    staff = sign_in("vera", "view_job")

    page = body(staff.get(BENCH))
    answers = [
        staff.post(f"{BENCH}claim/", {"job": [str(job.public_id)]}),
        staff.post(f"{BENCH}keep/"),
        *(
            staff.post(address(job, each))
            for each in ("begin", "complete", "fail", "give_back", "answer", "go_on")
        ),
    ]

    job.refresh_from_db()
    assert job.order.number in page
    assert "Take those ticked" not in page
    assert {answer.status_code for answer in answers} == {403}
    assert job.state == S.READY


def test_who_has_none_of_the_permissions_sees_nothing() -> None:
    job = make_job()
    staff = sign_in("nobody", "view_recipe")

    for path in (BENCH, address(job), reverse("admin:bench_pick_list")):
        assert staff.get(path).status_code == 403


def test_the_page_costs_a_fixed_number_of_queries() -> None:
    staff = sign_in()
    counts = []
    for _ in range(2):
        for state in (S.READY, S.READY, S.PRODUCED, S.CLAIMED, S.IN_PRODUCTION):
            make_job(state)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            staff.get(BENCH)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 16
    assert User.objects.count() == 1


def test_a_part_is_called_by_the_name_of_its_slot_and_in_an_older_job_by_its_short_name() -> None:
    job, older = make_job(), make_job()
    frozen = read_snapshot(older)
    for part in frozen["parts"]:
        del part["slot_name"]
    Job.objects.filter(pk=older.pk).update(snapshot=json.dumps(frozen))
    staff = sign_in()

    assert "Mend (Main shot)" in body(staff.get(address(job)))
    assert "Mend (main)" in body(staff.get(address(older)))
