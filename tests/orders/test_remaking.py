"""Remakes: a new job for what failed or turned out bad, with its own stock and hand-off, once."""

from pathlib import Path

import pytest
from django.utils import timezone

from configurator.models import Component
from orders.invariants import find_offences
from orders.jobs import WrongStateError
from orders.models import Job, JobTransition, LotUse, Order, OutboxEntry
from orders.outbox import process_outbox
from orders.remaking import AlreadyRemadeError, remake_job
from orders.snapshot import read_snapshot
from orders.stock import OutOfStockError
from tests.orders.make import make_job
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
