"""Payments: an order is paid once, for its own total, whoever says so and however often."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from payments import PaymentStatus
from pytest_django import DjangoCaptureOnCommitCallbacks

from orders import sending
from orders.goodwill_refunds import give_money_back
from orders.models import Job, JobTransition, Order, OrderLine, OutboxEntry, Payment
from orders.outbox import process_outbox
from orders.payments import apply_payment, open_payment, order_and_payments, settle_confirmed_payments
from orders.unpaid_orders import let_go
from tests.orders.make import make_job, make_order
from tests.orders.racing import do_alone, do_at_once, shop_on_file
from tests.orders.stored import count_rows, stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 10, tzinfo=UTC)
PAID_ROWS = {"Order": 1, "OrderLine": 1, "Payment": 1, "Job": 1, "JobTransition": 1, "OutboxEntry": 2}
OTHER_STATUSES = sorted(
    {status for status, _name in PaymentStatus.CHOICES} - {PaymentStatus.CONFIRMED, PaymentStatus.WAITING}
)


def add_line(order: Order) -> OrderLine:
    line = order.lines.get()
    line.pk, line.position = None, 2
    line.save(force_insert=True)
    return line


def confirm(order: Order) -> Payment:
    """The order's payment, as a provider has confirmed it without our having heard."""
    order.payments.update(status=PaymentStatus.CONFIRMED)
    return order.payments.get()


def refunds() -> list[tuple[str, str]]:
    """Order number and payment id of each refund that was asked for."""
    asked = OutboxEntry.objects.filter(topic=OutboxEntry.Topic.REFUND).order_by("id")
    return [(entry.order.number, entry.key) for entry in asked]


def test_a_confirmed_payment_makes_the_order_paid_with_a_job_per_line_a_hand_off_and_a_mail() -> None:
    order = make_order(now=NOW)
    lines = [order.lines.get(), add_line(order)]

    assert apply_payment(confirm(order), now=LATER) is True

    order.refresh_from_db()
    assert (order.state, order.paid_at) == (Order.State.PAID, LATER)
    jobs = list(Job.objects.order_by("id"))
    assert [job.line for job in jobs] == lines
    assert {(job.order, job.state, job.version, job.promised_on, job.created_at) for job in jobs} == {
        (order, "pending", 1, order.promised_on, LATER)
    }
    steps = JobTransition.objects.order_by("job").values_list(
        "job", "version", "from_state", "to_state", "by"
    )
    assert list(steps) == [(job.pk, 1, "", "pending", "payment") for job in jobs]
    assert order.payments.get().captured_amount == Decimal("17.25")
    entries = OutboxEntry.objects.all()
    assert [(entry.topic, entry.key) for entry in entries] == [("handoff", ""), ("mail_confirmed", "")]
    assert {(entry.order, entry.state, entry.attempts) for entry in entries} == {(order, "pending", 0)}
    assert {(entry.created_at, entry.next_attempt_at) for entry in entries} == {(LATER, LATER)}


def test_a_second_notice_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    payment = make_order(paid=True, now=NOW).payments.get()
    before = stored_rows()

    assert apply_payment(payment, now=LATER) is False

    assert stored_rows() == before
    assert not caplog.records


@pytest.mark.parametrize(
    "wrong",
    [
        {"total": Decimal("17.24")},
        {"total": Decimal("17.26")},
        {"total": Decimal(0)},
        {"total": Decimal(1725)},
        {"currency": "EUR"},
    ],
)
def test_a_payment_over_another_amount_or_currency_is_refused_and_told_to_staff(
    wrong: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    order = make_order()
    payment = confirm(order)
    Payment.objects.update(**wrong)
    before = stored_rows()

    assert apply_payment(payment, now=NOW) is False

    assert stored_rows() == before
    [record] = caplog.records
    assert (record.levelname, order.number in record.getMessage()) == ("ERROR", True)


@pytest.mark.parametrize("status", [*OTHER_STATUSES, PaymentStatus.WAITING])
def test_only_a_confirmed_payment_is_applied(status: str) -> None:
    order = make_order()
    stale = confirm(order)
    Payment.objects.update(status=status)
    before = stored_rows()

    assert apply_payment(stale, now=NOW) is False

    assert stored_rows() == before


def test_a_payment_for_an_order_that_was_let_go_is_given_back_once() -> None:
    order = make_order(now=NOW)
    assert let_go(order, now=NOW)
    payment = confirm(order)
    rows = count_rows()

    assert [apply_payment(payment, now=LATER) for _ in range(3)] == [False] * 3

    order.refresh_from_db()
    assert order.state == Order.State.CANCELLED
    assert order.payments.get().captured_amount == Decimal("17.25")
    assert refunds() == [(order.number, str(payment.pk))]
    assert count_rows() == {**rows, "OutboxEntry": 1}
    assert OutboxEntry.objects.get().next_attempt_at == LATER


def test_of_two_payments_for_one_order_the_second_is_given_back() -> None:
    order = make_order()
    first = order.payments.get()
    first.change_status(PaymentStatus.REJECTED)
    second = open_payment(*order_and_payments(order.token))
    second.change_status(PaymentStatus.CONFIRMED)

    first.change_status(PaymentStatus.CONFIRMED)  # the provider had second thoughts
    for payment in (first, second, second, first):  # and says everything again
        payment.change_status(PaymentStatus.CONFIRMED)

    assert refunds() == [(order.number, str(first.pk))]
    assert count_rows() == {**PAID_ROWS, "Payment": 2, "OutboxEntry": 3}
    assert {payment.captured_amount for payment in Payment.objects.all()} == {Decimal("17.25")}


def test_a_paid_order_from_before_captures_were_written_down_keeps_its_payment() -> None:
    order = make_order(paid=True)
    Payment.objects.update(captured_amount=0)

    assert apply_payment(order.payments.get(), now=LATER) is False

    assert refunds() == []
    assert order.payments.get().captured_amount == Decimal("17.25")


def test_of_two_payments_that_were_both_forgotten_one_is_given_back() -> None:
    order = make_order(paid=True)
    first = order.payments.get()
    second = Payment.objects.create(
        order=order, variant="default", total=first.total, currency="GBP", status=PaymentStatus.CONFIRMED
    )
    Payment.objects.update(captured_amount=0)

    settle_confirmed_payments(now=LATER)

    assert refunds() == [(order.number, str(second.pk))]


def test_money_for_a_cancelled_order_that_was_forgotten_is_found_and_given_back() -> None:
    order = make_order(now=NOW)
    let_go(order, now=NOW)
    payment = confirm(order)  # and then the process died

    assert [settle_confirmed_payments(now=LATER) for _ in range(2)] == [0, 0]

    assert refunds() == [(order.number, str(payment.pk))]


@pytest.mark.parametrize("status", OTHER_STATUSES)
def test_any_other_status_leaves_the_order_as_it_is(status: str) -> None:
    order = make_order()
    before = stored_rows()

    order.payments.get().change_status(status)

    after = stored_rows()
    [payment] = after["Payment"]
    assert payment["status"] == status
    assert {**after, "Payment": before["Payment"]} == before


def test_a_status_of_django_payments_reaches_the_order() -> None:
    order = make_order()

    order.payments.get().change_status(PaymentStatus.CONFIRMED)

    order.refresh_from_db()
    assert order.state == Order.State.PAID
    assert order.paid_at is not None
    assert abs((timezone.now() - order.paid_at).total_seconds()) < 60
    assert count_rows() == PAID_ROWS


def test_a_notice_over_the_address_of_django_payments_makes_the_order_paid_once(client: Client) -> None:
    order = make_order()
    address = f"/payments/process/{order.payments.get().token}/?verification_result=confirmed"

    answers = [client.get(address) for _ in range(3)]

    assert [answer["Location"] for answer in answers] == [f"/order/{order.token}/thanks"] * 3
    assert Order.objects.get().state == Order.State.PAID
    assert count_rows() == PAID_ROWS


def test_of_20_notices_at_once_one_makes_the_order_paid(tmp_path: Path) -> None:
    order = make_order()
    confirm(order)

    def read_and_apply() -> bool:
        return apply_payment(Payment.objects.get(), now=NOW)

    def be_told_by_the_provider() -> bool:
        Payment.objects.get().change_status(PaymentStatus.CONFIRMED)
        return False

    calls: list[Callable[[], bool]] = [read_and_apply, be_told_by_the_provider] * 10
    with shop_on_file(tmp_path):
        applied = do_at_once(calls)
        rows, state = do_alone(count_rows), do_alone(lambda: Order.objects.get(pk=order.pk).state)

    assert {type(outcome) for outcome in applied} == {bool}
    assert sum(outcome is True for outcome in applied) <= 1  # the other way of hearing of it says False
    assert (state, rows) == (Order.State.PAID, PAID_ROWS)


def test_hand_off_and_mail_are_sent_in_one_message_after_the_commit_and_not_before(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent: list[tuple[int, ...]] = []
    monkeypatch.setattr(sending, "send", lambda *entry_ids: sent.append(entry_ids))
    order = make_order()

    with django_capture_on_commit_callbacks() as callbacks:
        apply_payment(confirm(order), now=NOW)

    assert sent == []
    for callback in callbacks:
        callback()
    [hand_off, mail] = OutboxEntry.objects.order_by("topic")
    assert sent == [(hand_off.pk, mail.pk)]


def test_nothing_is_sent_for_a_payment_that_is_rolled_back(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    payment = confirm(make_order())
    before = stored_rows()

    def fail() -> None:
        with transaction.atomic():
            assert apply_payment(payment, now=NOW)
            raise ConnectionError

    with django_capture_on_commit_callbacks() as callbacks, pytest.raises(ConnectionError):
        fail()

    assert callbacks == []
    assert stored_rows() == before


def test_a_half_made_set_of_jobs_is_taken_back_with_the_payment() -> None:
    order = make_order()
    Job.objects.create(
        line=order.lines.get(), order=order, promised_on=order.promised_on, created_at=NOW, version=1
    )  # stands in the way of the job that the payment makes
    payment = confirm(order)
    before = stored_rows()

    with pytest.raises(IntegrityError):
        apply_payment(payment, now=NOW)

    assert stored_rows() == before


@pytest.mark.parametrize("status", [PaymentStatus.WAITING, PaymentStatus.INPUT])
def test_a_payment_that_can_still_succeed_is_gone_on_with(status: str) -> None:
    order = make_order()
    Payment.objects.update(status=status)
    before = stored_rows()

    assert open_payment(*order_and_payments(order.token)) == order.payments.get()

    assert stored_rows() == before


@pytest.mark.parametrize("status", [PaymentStatus.REJECTED, PaymentStatus.ERROR, PaymentStatus.CANCELLED])
def test_after_a_payment_that_failed_there_is_a_new_one_over_the_same_total(status: str) -> None:
    order = make_order()
    failed = order.payments.get()
    failed.change_status(status)

    new = open_payment(*order_and_payments(order.token))

    assert new.pk != failed.pk
    assert new.token != failed.token
    assert (new.status, new.total, new.delivery) == ("waiting", Decimal("17.25"), Decimal("3.25"))
    assert (new.currency, new.billing_email, new.description) == ("GBP", "ada@example.org", order.number)
    assert open_payment(*order_and_payments(order.token)) == new


def test_a_provider_is_told_what_is_bought() -> None:
    order = make_order(quantity=2, size="500ml")

    [item] = order.payments.get().get_purchased_items()

    assert (item.name, item.quantity, item.price, item.currency) == ("Shampoo", 2, Decimal("24.00"), "GBP")
    assert item.sku == "shampoo-500ml"


def test_a_second_payment_is_given_back_after_the_first_was_given_back_of_good_will() -> None:
    order = make_job("shipped", now=NOW).order
    give_money_back(order, now=NOW)
    process_outbox(OutboxEntry.objects.get(topic=OutboxEntry.Topic.REFUND).pk)
    first = order.payments.get()
    assert (first.status, first.captured_amount) == (PaymentStatus.REFUNDED, Decimal(0))
    second = open_payment(*order_and_payments(order.token))
    Payment.objects.filter(pk=second.pk).update(status=PaymentStatus.CONFIRMED)

    assert [apply_payment(second, now=LATER) for _ in range(2)] == [False] * 2

    assert refunds() == [(order.number, str(first.pk)), (order.number, str(second.pk))]
