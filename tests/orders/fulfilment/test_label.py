"""The label of a job over the API: drawn, or as a page to print."""

import uuid
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.http import HttpResponse

from orders.models import FulfilmentKey, Job
from tests.orders.fulfilment.api import PATH, Caller, everything
from tests.orders.make import make_client, make_job

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

S = Job.State


def ask(caller: Caller, job: Job, *, accept: str = "*/*", **query: Any) -> HttpResponse:
    answer: HttpResponse = caller.http.get(
        f"{PATH}/jobs/{job.public_id}/label", query, headers={"Accept": accept}
    )
    return answer


def text_of(answer: HttpResponse) -> str:
    return " ".join(ET.fromstring(answer.content).itertext())  # noqa: S314 our own drawing


@pytest.mark.parametrize("accept", ["*/*", "image/svg+xml", "text/html", "application/json"])
def test_it_is_a_drawing_unless_asked_for_otherwise(caller: Caller, accept: str) -> None:
    job = make_job(S.CLAIMED, client=caller.key)

    answer = ask(caller, job, accept=accept)

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert answer["Content-Disposition"] == f'inline; filename="label-{job.order.number}-1.svg"'
    assert answer["Cache-Control"] == "private, no-store"
    for said in ("Shampoo", "Made for Ada", "Warm Hearth · Mend · Quench", "250 ml ℮", "12M", "Batch:"):
        assert said in text_of(answer)


def test_nothing_in_it_may_run(caller: Caller) -> None:
    job = make_job()

    for answer in (ask(caller, job), ask(caller, job, format="html")):
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert b"<script" not in answer.content


def test_the_page_has_one_label_for_each_piece_on_sheets_of_its_size(caller: Caller) -> None:
    job = make_job(quantity=3)

    answer = ask(caller, job, format="html")

    page = answer.content.decode()
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert page.count('<use href="#label">') == 3
    assert page.count('<symbol id="label"') == 1
    assert "@page { size: 90mm 62mm; margin: 0; }" in page


def test_the_batch_is_the_jobs_or_the_one_it_is_being_made_as(caller: Caller) -> None:
    made, begun = make_job(S.PRODUCED), make_job(S.IN_PRODUCTION)

    assert "Batch: B1" in text_of(ask(caller, made))
    assert "Batch: B9" in text_of(ask(caller, begun, batch="B9"))


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"batch": "B2"}, "batch"),
        ({"batch": "x" * 41}, "batch"),
        ({"format": "pdf"}, "format"),
        ({"a": "1"}, "a"),
    ],
)
def test_what_cannot_be_is_refused_by_name(caller: Caller, query: dict[str, str], field: str) -> None:
    job = make_job(S.PRODUCED)
    before = everything()

    status, problem = caller.get(f"/jobs/{job.public_id}/label", **query)

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == [field]
    assert everything() == before


def test_a_pending_job_has_no_label_yet(caller: Caller) -> None:
    status, problem = caller.get(f"/jobs/{make_job(S.PENDING).public_id}/label")

    assert (status, problem["type"], problem["current_state"]) == (409, "/problems/no-recipe-yet", "pending")


def test_jobs_of_others_sandboxes_are_not_there(caller: Caller) -> None:
    job = make_job()
    Job.objects.filter(pk=job.pk).update(sandbox=make_client().row)

    assert caller.get(f"/jobs/{job.public_id}/label")[0] == 404
    assert caller.get(f"/jobs/{uuid.uuid4()}/label")[0] == 404


def test_a_test_key_sees_the_labels_of_its_sandbox_alone(caller: Caller) -> None:
    own, other = make_job(), make_job()
    Job.objects.filter(pk=own.pk).update(sandbox=caller.key)
    FulfilmentKey.objects.filter(pk=caller.key.pk).update(is_test=True)

    assert ask(caller, own).status_code == 200
    assert ask(caller, other).status_code == 404
