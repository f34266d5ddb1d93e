"""What went into a bottle that failed has left the stock: once, whatever is decided about the job."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from configurator.models import Component
from orders.cancelling import SHOPPER, cancel_order
from orders.holds import release_hold
from orders.invariants import find_offences
from orders.making import Failure, complete_job, fail_job, start_job
from orders.models import Hold, Job, OutboxEntry
from orders.outbox import process_outbox
from orders.remaking import remake_job
from orders.sandbox import Sample, make_sandbox_job
from orders.staff_decisions import call_off, give_up, make_again
from tests.orders.make import STAFF, claim_only, lease_of, lots_of, make_client, make_job
from tests.orders.stored import stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

S = Job.State


@pytest.fixture(autouse=True)
def counted_stock(catalogue: object) -> None:
    set_stock(100)


def set_stock(ml: int) -> None:
    Component.objects.filter(slug="mend").update(stock_ml=Decimal(ml))


def read_stock() -> Any:
    """(stock, reserved) of a component of which a bottle takes 10 ml."""
    return Component.objects.values_list("stock_ml", "reserved_ml").get(slug="mend")


def offences() -> list[str]:
    return [str(offence) for offence in find_offences(now=timezone.now())]


def fail(job: Job) -> None:
    lease, now = lease_of(job), timezone.now()
    fail_job(job.public_id, lease=lease, retryable=False, code=Failure.DAMAGED, now=now)
    job.refresh_from_db()


def fall_silent(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(lapsed=True)
    call_off(job, by="grace", now=timezone.now())
    job.refresh_from_db()


def finish(job: Job) -> None:
    now = timezone.now()
    claim_only(job, make_client().row, lease_seconds=600, now=now)
    start_job(job.public_id, lease=lease_of(job), now=now)
    complete_job(job.public_id, lease=lease_of(job), batch="B2", lots=lots_of(job), now=now)


@pytest.mark.parametrize("go_wrong", [fail, fall_silent])
def test_what_went_into_it_is_gone_and_as_much_stays_set_aside(go_wrong: Callable[[Job], None]) -> None:
    job = make_job(S.IN_PRODUCTION)
    assert read_stock() == (100, 10)

    go_wrong(job)

    assert (job.state, read_stock()) == ("failed", (90, 10))
    assert offences() == []


def test_a_job_that_fails_before_it_is_begun_has_used_up_nothing() -> None:
    fail(make_job(S.CLAIMED))

    assert read_stock() == (100, 10)


def finish_once_more(job: Job) -> None:
    finish(make_again(job, by="grace", now=timezone.now()))


def finish_another(job: Job) -> None:
    anew = remake_job(job, reason="it broke", by="grace", now=timezone.now())
    assert process_outbox(OutboxEntry.objects.get(key=f"remake-{anew.public_id.hex}").pk)
    finish(Job.objects.get(pk=anew.pk))


def end(job: Job) -> None:
    give_up(job, by="grace", now=timezone.now())


def cancel(job: Job) -> None:
    assert cancel_order(job.order, by=SHOPPER, now=timezone.now())


@pytest.mark.parametrize(
    ("decide", "left"), [(finish_once_more, 80), (finish_another, 80), (end, 90), (cancel, 90)]
)
def test_whatever_is_decided_each_bottle_is_taken_once(decide: Callable[[Job], None], left: int) -> None:
    job = make_job(S.IN_PRODUCTION)
    fail(job)

    decide(job)

    assert read_stock() == (left, 0)
    assert offences() == []


def test_a_bottle_that_is_made_again_without_enough_for_it_waits() -> None:
    set_stock(10)
    job = make_job(S.IN_PRODUCTION)
    fail(job)
    assert (read_stock(), offences()) == ((0, 10), [])

    make_again(job, by="grace", now=timezone.now())

    hold = Hold.objects.get()
    assert (hold.job, hold.reason, hold.note) == (job, "stock", "There is not enough Mend left.")
    assert (read_stock(), offences()) == ((0, 10), [])
    set_stock(10)
    release_hold(hold.public_id, job_id=job.public_id, by=STAFF, now=timezone.now())
    job.refresh_from_db()
    finish(job)
    assert (read_stock(), offences()) == ((0, 0), [])


def test_of_two_that_failed_the_first_is_made_again_of_what_is_enough_for_one() -> None:
    set_stock(30)
    jobs = [make_job(S.IN_PRODUCTION), make_job(S.IN_PRODUCTION)]
    for job in jobs:
        fail(job)
    assert read_stock() == (10, 20)

    for job in jobs:
        make_again(job, by="grace", now=timezone.now())

    assert list(Job.objects.order_by("pk").values_list("on_hold", flat=True)) == [False, True]
    assert offences() == []


def test_what_fails_in_a_sandbox_leaves_the_stock_as_it_is() -> None:
    client = make_client(is_test=True).row
    job = make_sandbox_job(client, state=S.IN_PRODUCTION, sample=Sample(), now=timezone.now())
    before = stored_rows()["stock"]

    fail(job)

    assert (job.state, stored_rows()["stock"]) == ("failed", before)
