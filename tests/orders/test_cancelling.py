"""Cancelling: at once and for all the money until the bench has begun; after that the bench is asked to stop."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from payments import PaymentStatus
from pytest_django import DjangoCaptureOnCommitCallbacks

from configurator.models import BenchDay
from orders import cancelling, sending
from orders.cancelling import SHOPPER, TooLateError, ask_to_cancel, cancel_order, read_outlook
from orders.claiming import claim_jobs, expire_leases
from orders.handoff import hand_off
from orders.jobs import WrongStateError, move_jobs
from orders.models import Job, JobTransition, Order, OrderEvent, OutboxEntry, Payment
from orders.outbox import process_outbox
from orders.payments import apply_payment
from orders.staff_decisions import call_off, give_up
from tests.orders.make import STAFF, claim_before_lock, copy_job, make_client, make_job, make_order
from tests.orders.stored import reserved, stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
BEGUN = ["claimed", "in_production", "produced", "shipped"]


def booked() -> dict[str, int]:
    return {f"{day.day:%a}": day.booked for day in BenchDay.objects.all() if day.booked}


def events() -> list[tuple[str, str, str]]:
    return [(event.kind, event.by, event.note) for event in OrderEvent.objects.order_by("id")]


def outbox() -> list[tuple[str, str]]:
    """Topic and key of what was asked for after the hand-off and the confirmation."""
    entries = OutboxEntry.objects.exclude(topic__in=["handoff", "mail_confirmed"]).order_by("id")
    return [(entry.topic, entry.key) for entry in entries]


@pytest.mark.parametrize("state", ["pending", "ready", "failed"])
def test_a_paid_order_that_nobody_makes_is_cancelled_with_its_jobs_and_given_back(state: str) -> None:
    job = make_job(state, now=NOW)
    payment = job.order.payments.get()
    assert booked()

    assert cancel_order(job.order, by=SHOPPER, now=LATER) is True

    order = Order.objects.get()
    assert (order.state, order.cancelled_at, order.paid_at) == ("cancelled", LATER, NOW)
    [step] = JobTransition.objects.filter(to_state="cancelled")
    assert (step.from_state, step.by, step.at) == (state, "shopper", LATER)
    assert (reserved(), booked(), order.bookings.count()) == ({}, {}, 0)
    assert events() == [("cancelled", "shopper", "")]
    assert outbox() == [("refund", str(payment.pk)), ("mail_cancelled", "")]


def test_all_jobs_of_an_order_are_cancelled_together() -> None:
    job = make_job("ready", now=NOW)
    copy_job(job, 2)
    assert OrderEvent.objects.count() == 0

    cancel_order(job.order, by=SHOPPER, now=LATER)

    assert list(Job.objects.values_list("state", flat=True)) == ["cancelled"] * 3
    assert JobTransition.objects.filter(to_state="cancelled").count() == 3


def test_stock_that_a_cancelled_job_gave_back_is_not_given_back_again() -> None:
    job = make_job("ready", now=NOW)
    copy_job(job, 1)
    make_order(now=NOW, quantity=2)  # its stock must stay
    give_up(job, by="Grace", now=NOW)

    cancel_order(job.order, by=SHOPPER, now=LATER)

    assert reserved() == {
        "mend": 10,
        "quench": 5,
        "warm-hearth": 235,
    }  # of three bottles, that two jobs gave back


def test_a_job_on_hold_is_no_obstacle() -> None:
    job = make_job("ready", on_hold=True, now=NOW)

    assert cancel_order(job.order, by=SHOPPER, now=LATER) is True


def test_an_unpaid_order_is_let_go_and_nothing_is_given_back() -> None:
    order = make_order(now=NOW)

    assert cancel_order(order, by=SHOPPER, now=LATER) is True

    order.refresh_from_db()
    assert (order.state, order.cancelled_at) == ("cancelled", LATER)
    assert (reserved(), booked(), outbox()) == ({}, {}, [])
    assert events() == [("cancelled", "shopper", "")]


@pytest.mark.parametrize("state", ["placed", "paid"])
def test_cancelling_again_changes_nothing(state: str) -> None:
    order = make_order(paid=state == "paid", now=NOW)
    cancel_order(order, by=SHOPPER, now=LATER)
    before = stored_rows()

    assert cancel_order(order, by=STAFF, now=LATER) is False
    assert ask_to_cancel(order, by=SHOPPER, now=LATER) is False

    assert stored_rows() == before


@pytest.mark.parametrize("state", BEGUN)
def test_once_the_bench_has_begun_an_order_is_not_cancelled(state: str) -> None:
    job = make_job(state, now=NOW)
    copy = stored_rows()

    with pytest.raises(TooLateError) as refused:
        cancel_order(job.order, by=SHOPPER, now=LATER)

    assert (refused.value.order, [(found, found.state) for found in refused.value.jobs]) == (
        job.order,
        [(job, state)],
    )
    assert stored_rows() == copy


@pytest.mark.parametrize("state", BEGUN)
def test_one_job_that_is_begun_keeps_the_whole_order(state: str) -> None:
    job = make_job(state, now=NOW)
    copy_job(job, 1)
    Job.objects.exclude(pk=job.pk).update(state="ready", shipment=None)
    before = stored_rows()

    with pytest.raises(TooLateError):
        cancel_order(job.order, by=SHOPPER, now=LATER)

    assert stored_rows() == before


def test_a_job_that_was_given_back_to_the_queue_can_be_cancelled_again() -> None:
    job = make_job("claimed", now=NOW, lease_seconds=60)
    assert expire_leases(NOW + timedelta(seconds=60)) == 1

    assert cancel_order(job.order, by=SHOPPER, now=LATER) is True


def test_a_cancelled_order_is_handed_to_nobody() -> None:
    order = make_order(paid=True, now=NOW)
    cancel_order(order, by=SHOPPER, now=LATER)

    assert process_outbox(order.outbox_entries.get(topic="handoff").pk, now=LATER)
    assert claim_jobs(make_client().row, worker="w", max_jobs=5, lease_seconds=60, now=LATER) == []

    assert Job.objects.get().state == "cancelled"


def test_every_payment_that_was_taken_is_given_back_once() -> None:
    order = make_order(paid=True, now=NOW)
    first = order.payments.get()
    second = Payment.objects.create(
        order=order,
        variant="default",
        total=first.total,
        currency=first.currency,
        status=PaymentStatus.CONFIRMED,
    )
    apply_payment(second, now=NOW)  # a second charge: to be given back already
    Payment.objects.create(order=order, variant="default", total=first.total, currency=first.currency)

    cancel_order(order, by=SHOPPER, now=LATER)

    assert outbox() == [("refund", str(second.pk)), ("refund", str(first.pk)), ("mail_cancelled", "")]


def test_what_is_to_be_done_is_sent_after_the_commit(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    order = make_order(paid=True, now=NOW)
    sent: list[int] = []
    monkeypatch.setattr(sending, "send", sent.append)

    with django_capture_on_commit_callbacks(execute=True):
        cancel_order(order, by=SHOPPER, now=LATER)
        assert sent == []

    topics = OutboxEntry.objects.in_bulk(sent)
    assert [topics[pk].topic for pk in sent] == ["refund", "mail_cancelled"]


def test_the_refund_that_a_cancellation_asks_for_is_made() -> None:
    order = make_order(paid=True, now=NOW)
    cancel_order(order, by=SHOPPER, now=LATER)

    assert process_outbox(OutboxEntry.objects.get(topic="refund").pk, now=LATER)

    assert Payment.objects.get().status == PaymentStatus.REFUNDED
    assert events() == [("cancelled", "shopper", ""), ("refunded", "shop", "£17.25")]


@pytest.mark.parametrize(
    ("state", "refund", "begun", "can_ask"),
    [
        ("pending", 1725, 0, True),
        ("ready", 1725, 0, True),
        ("claimed", 1725, 1, True),
        ("in_production", 1725, 1, True),
        ("produced", 1725, 1, True),
        ("shipped", 1725, 1, False),
        ("failed", 1725, 0, True),
        ("cancelled", 1725, 0, False),
    ],
)
def test_the_outlook_tells_what_cancelling_would_do(
    state: str, refund: int, begun: int, can_ask: object
) -> None:
    job = make_job(state)

    outlook = read_outlook(Order.objects.get())

    assert (outlook.refund, outlook.begun, outlook.can_ask) == (refund, (job,) * begun, can_ask)


def test_the_outlook_of_an_unpaid_order_gives_nothing_back() -> None:
    outlook = read_outlook(make_order())

    assert (outlook.refund, outlook.begun, outlook.can_ask) == (0, (), False)


@pytest.mark.parametrize("state", ["claimed", "in_production", "produced"])
def test_the_bench_is_asked_to_stop_once(state: str) -> None:
    job = make_job(state, now=NOW)
    rows = stored_rows()

    assert ask_to_cancel(job.order, by=SHOPPER, now=LATER) is True
    assert ask_to_cancel(job.order, by=SHOPPER, now=LATER + timedelta(hours=1)) is False

    order = Order.objects.get()
    assert (order.state, order.cancel_asked_at) == ("paid", LATER)
    assert events() == [("cancel_asked", "shopper", "")]
    after = stored_rows()
    marked = "" if state == "produced" else "requested"
    assert after["Job"] == [{**rows["Job"][0], "cancellation": marked}]
    assert {**after, "Order": rows["Order"], "OrderEvent": [], "Job": rows["Job"]} == rows


def test_what_is_on_its_way_is_not_asked_to_be_stopped() -> None:
    job = make_job("shipped", now=NOW)
    before = stored_rows()

    with pytest.raises(TooLateError):
        ask_to_cancel(job.order, by=SHOPPER, now=LATER)

    assert stored_rows() == before


@pytest.mark.parametrize("state", ["pending", "ready", "failed"])
def test_asking_for_an_order_that_is_not_on_the_bench_cancels_it(state: str) -> None:
    job = make_job(state, now=NOW)

    assert ask_to_cancel(job.order, by=SHOPPER, now=LATER) is True

    assert events() == [("cancelled", "shopper", "")]


def test_asking_for_an_unpaid_order_cancels_it() -> None:
    order = make_order(now=NOW)

    assert ask_to_cancel(order, by=SHOPPER, now=LATER) is True

    assert Order.objects.get().state == "cancelled"


def test_giving_up_the_last_job_cancels_the_order_and_gives_its_money_back() -> None:
    job = make_job("failed", now=NOW)
    payment = job.order.payments.get()

    give_up(job, by="Grace", now=LATER)

    order = Order.objects.get()
    assert (order.state, order.cancelled_at) == ("cancelled", LATER)
    assert (reserved(), booked()) == ({}, {})
    assert events() == [("cancelled", "staff: Grace", "")]
    assert outbox() == [("refund", str(payment.pk)), ("mail_cancelled", "")]


def test_giving_up_one_of_two_jobs_leaves_the_order() -> None:
    job = make_job("ready", now=NOW)
    copy_job(job, 1)

    give_up(job, by="Grace", now=LATER)

    assert Order.objects.get().state == "paid"
    assert (events(), outbox()) == ([], [])
    give_up(Job.objects.exclude(pk=job.pk).get(), by="Grace", now=LATER)
    assert Order.objects.get().state == "cancelled"


def test_from_asking_over_the_bench_stopping_to_the_money_back() -> None:
    job = make_job("in_production", now=NOW, lease_seconds=60)
    ask_to_cancel(job.order, by=SHOPPER, now=NOW)
    expire_leases(LATER)
    job.refresh_from_db()
    with pytest.raises(TooLateError):
        cancel_order(job.order, by=STAFF, now=LATER)

    call_off(job, by="Grace", now=LATER)
    cancel_order(job.order, by=STAFF, now=LATER)

    assert Order.objects.get().state == "cancelled"
    assert [kind for kind, _by, _note in events()] == ["cancel_asked", "cancelled"]


def test_what_a_maker_has_in_hand_is_not_given_up_and_its_order_stays() -> None:
    job = make_job("claimed", now=NOW)
    before = stored_rows()

    with pytest.raises(WrongStateError):
        give_up(job, by="Grace", now=LATER)

    assert stored_rows() == before


def test_a_claim_that_comes_while_the_cancellation_begins_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job("ready", now=NOW)
    claim_before_lock(monkeypatch, job, now=NOW)
    before = stored_rows()

    with pytest.raises(TooLateError) as refused:
        cancel_order(job.order, by=SHOPPER, now=LATER)

    assert [found.state for found in refused.value.jobs] == ["claimed"]
    assert stored_rows() == before  # this claim was part of the transaction that is taken back


def test_a_claim_between_reading_the_jobs_and_moving_them_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What no lock allows; the moving itself names the state that was read, too."""
    job = make_job("ready", now=NOW)
    before = stored_rows()

    def claim_first(jobs: list[Job], to: str, **kwargs: Any) -> None:
        Job.objects.filter(pk=job.pk).update(version=job.version + 1)
        move_jobs(jobs, to, **kwargs)

    monkeypatch.setattr(cancelling, "move_jobs", claim_first)
    with pytest.raises(TooLateError):
        cancel_order(job.order, by=SHOPPER, now=LATER)

    assert stored_rows() == before


def test_a_hand_off_that_comes_just_before_is_cancelled_with_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = make_order(paid=True, now=NOW)
    real = Order.objects.select_for_update

    def hand_off_first(**kwargs: Any) -> object:
        monkeypatch.undo()
        hand_off(order, NOW)
        return real(**kwargs)

    monkeypatch.setattr(Order.objects, "select_for_update", hand_off_first)
    assert cancel_order(order, by=SHOPPER, now=LATER) is True

    steps = JobTransition.objects.order_by("version").values_list("to_state", flat=True)
    assert list(steps) == ["pending", "ready", "cancelled"]
