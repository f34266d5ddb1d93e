"""Jobs and the outbox in the admin: to be read, with three decisions that do just what they say."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.handoff import hold_jobs
from orders.models import Job, JobTransition, OutboxEntry
from orders.outbox import process_outbox
from tests.orders.admin.people import act, decide, make_boss, make_clerk
from tests.orders.make import make_hand_off, make_job, make_order
from tests.orders.stored import reserved, stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

JOBS, OUTBOX = "/admin/orders/job/", "/admin/orders/outboxentry/"
BOTTLE = {"mend": 10, "quench": 5, "warm-hearth": 235}


def make_lapsed_job() -> Job:
    job = make_job("in_production")
    Job.objects.filter(pk=job.pk).update(lapsed=True)
    return job


def make_dead_entry() -> OutboxEntry:
    entry = make_hand_off()
    OutboxEntry.objects.filter(pk=entry.pk).update(state="dead", attempts=12, error="ValueError: bad")
    hold_jobs(entry.order.pk, note="see the outbox", now=timezone.now())
    entry.refresh_from_db()
    return entry


def last_step(job: Job) -> dict[str, Any]:
    fields = ("from_state", "to_state", "by")
    step: dict[str, Any] = JobTransition.objects.filter(job=job).order_by("-version").values(*fields)[0]
    return step


def test_a_job_shows_its_recipe_and_steps_but_not_its_lease_token() -> None:
    job = make_job("claimed")

    page = make_boss().get(f"{JOBS}{job.pk}/change/").content.decode()

    for said in ("Weigh in 235 ml of Warm Hearth", "hand-off", job.order.number):
        assert said in page
    assert str(job.lease_token) not in page


@pytest.mark.parametrize("path", [JOBS, OUTBOX])
def test_even_the_boss_cannot_add_change_or_delete(path: str) -> None:
    job = make_job("produced")
    boss = make_boss()
    row = f"{path}{job.pk if path == JOBS else job.order.outbox_entries.all()[0].pk}"
    values = {"state": "cancelled", "on_hold": "on", "attempts": "0", "batch": "B9"}
    before = stored_rows()

    assert boss.get(f"{path}add/").status_code == 403
    assert boss.post(f"{path}add/", values).status_code == 403
    assert boss.post(f"{row}/change/", values).status_code == 403
    assert boss.post(f"{row}/delete/", {"post": "yes"}).status_code == 403
    boss.post(
        path, {"action": "delete_selected", "_selected_action": [row.removeprefix(path)], "post": "yes"}
    )

    assert stored_rows() == before


def test_a_failed_job_is_made_again_without_its_old_lease() -> None:
    job, other = make_job("failed"), make_job("failed")

    said = decide(make_boss(), JOBS, "make_again", job)

    assert said == [("success", "1 job changed.")]
    job.refresh_from_db()
    other.refresh_from_db()
    assert (job.state, job.failure_code, job.failure_note) == ("ready", "", "")
    assert (job.client, job.worker, job.lease_token, job.lease_expires_at) == (None, "", None, None)
    assert last_step(job) == {"from_state": "failed", "to_state": "ready", "by": "staff: grace"}
    assert other.state == "failed"
    assert reserved() == {slug: 2 * amount for slug, amount in BOTTLE.items()}


@pytest.mark.parametrize("state", ["pending", "ready", "failed"])
def test_a_job_that_nobody_makes_is_cancelled_and_its_stock_freed(state: str) -> None:
    job = make_job(state)

    said = decide(make_boss(), JOBS, "give_up", job)

    assert said == [("success", "1 job changed.")]
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert last_step(job) == {"from_state": state, "to_state": "cancelled", "by": "staff: grace"}
    assert reserved() == {}


def test_a_job_whose_maker_went_silent_is_called_off_and_can_then_be_made_again() -> None:
    job, boss = make_lapsed_job(), make_boss()

    assert decide(boss, JOBS, "call_off", job) == [("success", "1 job changed.")]
    job.refresh_from_db()
    assert (job.state, job.lapsed, job.failure_code) == ("failed", False, "other")
    assert last_step(job) == {"from_state": "in_production", "to_state": "failed", "by": "staff: grace"}
    assert decide(boss, JOBS, "make_again", job) == [("success", "1 job changed.")]

    job.refresh_from_db()
    assert (job.state, job.lease_token) == ("ready", None)


STATES = Job.State.values
REFUSED = [
    *(("make_again", state) for state in STATES if state != "failed"),
    *(("give_up", state) for state in STATES if state not in ("pending", "ready", "failed")),
    *(("call_off", state) for state in STATES),
]


@pytest.mark.parametrize(("action", "state"), REFUSED)
def test_a_decision_that_does_not_fit_is_refused_in_words_and_changes_nothing(
    action: str, state: str
) -> None:
    job, boss = make_job(state), make_boss()
    before = stored_rows()

    said = decide(boss, JOBS, action, job)

    name = Job.State(state).label
    assert said == [("warning", f"Order {job.order.number}: the job is {name}, so it stays as it is.")]
    assert stored_rows() == before


def test_of_several_jobs_those_that_fit_are_changed_and_the_others_named() -> None:
    failed, claimed, produced = make_job("failed"), make_job("claimed"), make_job("produced")

    said = decide(make_boss(), JOBS, "give_up", failed, claimed, produced)

    assert sorted(level for level, _text in said) == ["success", "warning", "warning"]
    assert ("success", "1 job changed.") in said
    assert {job.pk: job.state for job in Job.objects.all()} == {
        failed.pk: "cancelled", claimed.pk: "claimed", produced.pk: "produced"
    }  # fmt: skip


def test_a_dead_entry_is_tried_again_and_its_job_released_when_it_works() -> None:
    entry, boss = make_dead_entry(), make_boss()

    said = act(boss, OUTBOX, "retry", entry)

    assert said == [("info", "1 entry is tried again.")]
    entry.refresh_from_db()
    assert (entry.state, entry.attempts) == ("pending", 0)
    assert entry.next_attempt_at <= timezone.now()
    assert process_outbox(entry.pk)
    job = Job.objects.get()
    assert (job.state, job.on_hold) == ("ready", False)


@pytest.mark.parametrize("state", ["pending", "done"])
def test_an_entry_that_is_not_dead_is_not_tried_again(state: str) -> None:
    entry, boss = make_dead_entry(), make_boss()
    OutboxEntry.objects.update(state=state)
    before = stored_rows()

    assert act(boss, OUTBOX, "retry", entry) == [("info", "0 entries are tried again.")]

    assert stored_rows() == before


@pytest.mark.parametrize(
    ("path", "action", "permission"),
    [
        (JOBS, "make_again", "view_job"),
        (JOBS, "give_up", "view_job"),
        (JOBS, "call_off", "view_job"),
        (OUTBOX, "retry", "view_outboxentry"),
    ],
)
def test_who_may_only_look_is_offered_no_decision_and_cannot_take_one(
    path: str, action: str, permission: str
) -> None:
    jobs = {"make_again": "failed", "give_up": "ready"}
    row: Any = (
        make_dead_entry()
        if path == OUTBOX
        else make_job(jobs[action])
        if action in jobs
        else make_lapsed_job()
    )
    clerk = make_clerk(permission)
    before = stored_rows()

    assert f'value="{action}"' not in clerk.get(path).content.decode()
    act(clerk, path, action, row)

    assert stored_rows() == before


@pytest.mark.parametrize(
    ("path", "action", "permissions"),
    [
        (JOBS, "make_again", ("view_job", "change_job")),
        (OUTBOX, "retry", ("view_outboxentry", "change_outboxentry")),
    ],
)
def test_who_may_decide_is_offered_the_decision_and_can_take_it(
    path: str, action: str, permissions: tuple[str, ...]
) -> None:
    row: Any = make_dead_entry() if path == OUTBOX else make_job("failed")
    clerk = make_clerk(*permissions)

    assert f'value="{action}"' in clerk.get(path).content.decode()
    (act if path == OUTBOX else decide)(clerk, path, action, row)

    row.refresh_from_db()
    assert row.state == ("pending" if path == OUTBOX else "ready")


@pytest.mark.parametrize("path", [JOBS, OUTBOX])
def test_who_may_not_see_them_is_refused(path: str) -> None:
    make_job()
    clerk = make_clerk("view_order")

    assert clerk.get(path).status_code == 403
    assert clerk.post(path, {"action": "give_up", "_selected_action": ["1"]}).status_code == 403


def count_queries(staff: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert staff.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("path", [JOBS, OUTBOX])
def test_a_list_of_30_costs_no_more_queries_than_one_of_2(path: str) -> None:
    boss = make_boss()
    for _ in range(2):
        make_order(paid=True, size="50ml")
    few = count_queries(boss, path)
    for _ in range(28):
        make_order(paid=True, size="50ml")

    assert count_queries(boss, path) == few <= 12
