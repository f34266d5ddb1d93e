"""Remakes: a new job for what failed or turned out bad, with its own stock and hand-off, once."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from configurator.models import Component
from orders.bench_work import read_bench_work
from orders.emails import find_why_not
from orders.figures import JobFigures, read_figures
from orders.foreseeing.remakes import remaking
from orders.invariants import find_offences
from orders.jobs import WrongStateError, jobs_that_count
from orders.late_choice import choose_to_wait
from orders.lately import read_sent
from orders.lateness import tell_of_slips
from orders.models import Job, JobTransition, LotUse, Order, OutboxEntry
from orders.outbox import add_entry, process_outbox
from orders.remaking import AlreadyRemadeError, remake_job
from orders.snapshot import read_snapshot
from orders.staff_decisions import give_up
from orders.stock import OutOfStockError
from orders.today import read_open_work
from orders.tracking import read_tracking
from tests.orders.make import copy_job, make_job
from tests.orders.racing import do_at_once, shop_on_file
from tests.orders.stored import reserved, stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

S = Job.State
BOTTLE = {"mend": 10, "quench": 5, "warm-hearth": 235}
NOT_YET = [S.PENDING, S.READY, S.CLAIMED, S.IN_PRODUCTION, S.CANCELLED]


def remake(job: Job) -> Job:
    return remake_job(job, reason="the pump leaks", by="grace", now=timezone.now())


def hand_off_entry(job: Job) -> OutboxEntry:
    return OutboxEntry.objects.get(topic="handoff", key=f"remake-{job.public_id.hex}")


def steps(job: Job) -> list[tuple[str, str, str]]:
    return list(JobTransition.objects.filter(job=job).values_list("to_state", "by", "note"))


@pytest.fixture(autouse=True)
def counted_stock(catalogue: object) -> None:
    Component.objects.update(stock_ml=10_000)


def assert_all_is_well() -> None:
    OutboxEntry.objects.filter(state="pending").update(
        created_at=timezone.now(), next_attempt_at=timezone.now()
    )
    assert [str(offence) for offence in find_offences(now=timezone.now())] == []


@pytest.mark.parametrize("state", [S.PRODUCED, S.SHIPPED])
def test_what_turned_out_bad_is_made_again_beside_what_was_made(state: str) -> None:
    job = make_job(state)
    assert reserved() == {}

    anew = remake(job)

    job.refresh_from_db()
    assert (job.state, anew.state, anew.remake_of, anew.line, anew.order) == (
        *(state, S.PENDING, job, job.line, job.order),
    )
    assert steps(anew) == [("pending", "staff: grace", "the pump leaks")]
    assert reserved() == BOTTLE
    assert_all_is_well()


def test_a_failed_job_is_cancelled_and_its_stock_goes_to_the_new_one() -> None:
    job = make_job(S.FAILED)
    assert reserved() == BOTTLE

    remake(job)

    job.refresh_from_db()
    assert job.state == S.CANCELLED
    assert steps(job)[-1] == ("cancelled", "staff: grace", "the pump leaks")
    assert reserved() == BOTTLE
    assert Order.objects.get().state == Order.State.PAID
    assert_all_is_well()


def test_it_is_handed_off_by_its_own_entry_and_gets_the_same_recipe() -> None:
    job = make_job(S.SHIPPED)
    anew = remake(job)

    assert process_outbox(hand_off_entry(anew).pk)

    anew.refresh_from_db()
    assert anew.state == S.READY
    assert read_snapshot(anew) == read_snapshot(job)
    assert_all_is_well()


def test_a_remake_can_be_remade() -> None:
    first = make_job(S.SHIPPED)
    second = remake(first)
    process_outbox(hand_off_entry(second).pk)
    second.refresh_from_db()
    Job.objects.filter(pk=second.pk).update(state=S.FAILED)
    second.refresh_from_db()

    third = remake(second)

    second.refresh_from_db()
    assert (second.state, third.remake_of) == (S.CANCELLED, second)
    assert reserved() == BOTTLE


@pytest.mark.parametrize("state", NOT_YET)
def test_what_is_under_way_or_over_is_not_remade(state: str) -> None:
    job = make_job(state)
    before = stored_rows()

    with pytest.raises(WrongStateError) as caught:
        remake(job)

    assert caught.value.job.state == state
    assert stored_rows() == before


def test_of_two_one_after_the_other_the_second_is_told_of_the_first() -> None:
    job = make_job(S.SHIPPED)
    anew = remake(job)
    before = stored_rows()

    with pytest.raises(AlreadyRemadeError) as caught:
        remake(job)

    assert caught.value.remake == anew
    assert stored_rows() == before


def test_when_there_is_not_enough_nothing_changes_and_the_component_is_named() -> None:
    job = make_job(S.FAILED)
    Component.objects.filter(slug="mend").update(stock_ml=4)
    before = stored_rows()

    with pytest.raises(OutOfStockError) as caught:
        remake(job)

    assert caught.value.component == "Mend"
    assert stored_rows() == before


def test_jobs_of_a_sandbox_take_no_stock() -> None:
    job = make_job(S.SHIPPED)
    Job.objects.filter(pk=job.pk).update(sandbox=job.client)
    Order.objects.update(sandbox=job.client)

    anew = remake(job)

    assert (anew.sandbox, reserved()) == (job.client, {})


def test_its_lots_are_its_own() -> None:
    assert not LotUse.objects.filter(job=remake(make_job(S.PRODUCED))).exists()


def test_two_at_once_make_one(tmp_path: Path) -> None:
    job = make_job(S.SHIPPED)

    with shop_on_file(tmp_path):
        outcomes = do_at_once([lambda: remake(job)] * 2)

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["AlreadyRemadeError", "Job"]


def give_up_remake(job: Job) -> Job:
    return give_up(remake(job), by="grace", now=timezone.now())


def fail(job: Job) -> Job:
    process_outbox(hand_off_entry(job).pk)
    Job.objects.filter(pk=job.pk).update(state=S.FAILED)
    return Job.objects.get(pk=job.pk)


def jobs_counted() -> list[Job]:
    """Those that count, asked of the database; the same as what is found among jobs that are read."""
    found = list(Job.objects.exclude(state=S.CANCELLED).not_replaced())
    assert found == jobs_that_count(list(Job.objects.order_by("id")))
    return found


@pytest.mark.parametrize("state", [S.PRODUCED, S.SHIPPED])
def test_a_remake_counts_in_place_of_its_job_until_it_is_given_up(state: str) -> None:
    job = make_job(state)
    assert jobs_counted() == [job]

    anew = remake(job)
    assert jobs_counted() == [anew]

    give_up(anew, by="grace", now=timezone.now())
    assert jobs_counted() == [job]

    again = remake(job)
    assert jobs_counted() == [again]


def test_a_remake_of_a_remake_that_failed_counts_in_place_of_both() -> None:
    first = make_job(S.SHIPPED)
    third = remake(fail(remake(first)))

    assert jobs_counted() == [third]
    before = stored_rows()
    with pytest.raises(AlreadyRemadeError) as caught:
        remake(first)
    assert caught.value.remake == third
    assert [foreseen.happens for foreseen in remaking([first, third])] == [False, False]
    assert stored_rows() == before

    give_up(third, by="grace", now=timezone.now())
    assert jobs_counted() == [first]


def test_lines_beside_it_count_for_themselves() -> None:
    job = make_job(S.PRODUCED)
    copy_job(job, 2)
    one, other = Job.objects.exclude(pk=job.pk).order_by("id")

    give_up_remake(one)
    anew = remake(other)

    assert set(Job.objects.exclude(state=S.CANCELLED).not_replaced()) == {job, one, anew}


def test_a_bottle_whose_remake_is_given_up_is_to_be_sent_and_in_every_figure() -> None:
    job = make_job(S.PRODUCED)
    give_up_remake(job)
    now = timezone.now() + timedelta(days=30)

    [to_send] = read_bench_work(None, now=now).to_send
    assert [work.job for work in to_send.made] == [job]
    assert read_figures(now=now).jobs[S.PRODUCED] == JobFigures(jobs=1, held=0, late=1)
    assert [order.pk for order in read_open_work(now=now).late] == [job.order_id]
    assert tell_of_slips(now=now) == 1
    assert choose_to_wait(job.order, slip=1, now=now) is True


def test_a_bottle_whose_remake_is_given_up_is_what_its_page_shows() -> None:
    job = make_job(S.PRODUCED)
    give_up_remake(job)

    shown = read_tracking(job.order)

    assert shown.jobs == 1
    assert [stage.slug for stage in shown.stages if stage.at] == ["received", "making", "made"]
    assert shown.next_step == "It is packed and given to the carrier."
    assert shown.items[0].batch == job.batch


def test_what_was_sent_before_its_remake_is_given_up_is_all_that_is_sent() -> None:
    job = make_job(S.SHIPPED)
    give_up_remake(job)

    assert read_tracking(job.order).is_sent
    assert [order.pk for order in read_sent(now=timezone.now())] == [job.order_id]
    mail = add_entry(OutboxEntry.Topic.MAIL_IN_PRODUCTION, order=job.order, now=timezone.now())
    assert find_why_not(mail) == "everything was shipped meanwhile"
