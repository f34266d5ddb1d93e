"""Refunds: money that is owed back is given back once, through troubles, and written down."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from payments import PaymentError, PaymentStatus
from payments.dummy import DummyProvider

from orders.models import Order, OrderEvent, OutboxEntry, Payment
from orders.outbox import GIVE_UP_AFTER, LEASE, process_outbox
from orders.payments import apply_payment
from orders.refunds import refund_payment, refund_state
from orders.unpaid_orders import let_go
from tests.orders.make import make_order
from tests.orders.racing import do_alone, do_at_once, shop_on_file
from tests.orders.stored import stored_rows
from tests.orders.stripe_double import DOWN, PAID, StripeDouble, session_of, stripe_shop

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def double() -> Iterator[StripeDouble]:
    with stripe_shop() as double:
        yield double


def make_entry(double: StripeDouble | None = None) -> OutboxEntry:
    """The refund of a payment that came when its order had been let go."""
    order = make_order(now=NOW)
    let_go(order, now=NOW)
    order.payments.update(status=PaymentStatus.CONFIRMED, transaction_id="cs_1")
    payment = order.payments.get()
    if double is not None:
        double.sessions["cs_1"] = session_of(payment, **PAID)
    assert apply_payment(payment, now=NOW) is False
    return OutboxEntry.objects.get(order=order)


def refund_events() -> list[tuple[str, str, datetime]]:
    events = OrderEvent.objects.filter(kind=OrderEvent.Kind.REFUNDED)
    return [(event.by, event.note, event.at) for event in events]


def test_a_refund_gives_all_back_and_writes_down_how_much() -> None:
    entry = make_entry()
    assert refund_state(entry.order) == (1725, 0)

    assert process_outbox(entry.pk, now=LATER) is True

    payment = Payment.objects.get()
    assert (payment.status, payment.captured_amount) == ("refunded", Decimal(0))
    assert refund_events() == [("shop", "£17.25", LATER)]
    assert refund_state(entry.order) == (1725, 1725)
    entry.refresh_from_db()
    assert (entry.state, entry.done_at) == ("done", LATER)


def test_an_order_of_which_nothing_is_given_back_says_so() -> None:
    assert refund_state(make_order(paid=True)) == (0, 0)


def test_a_refund_that_is_repeated_gives_nothing_more(double: StripeDouble) -> None:
    entry = make_entry(double)

    for _ in range(3):
        refund_payment(entry, LATER)

    assert len(double.refunds) == 1
    assert len(refund_events()) == 1


def test_a_refund_whose_writing_down_was_lost_is_not_made_again(double: StripeDouble) -> None:
    entry = make_entry(double)
    refund_payment(entry, LATER)
    OrderEvent.objects.all().delete()  # as if the process had died before the commit
    Payment.objects.update(status=PaymentStatus.CONFIRMED, captured_amount="17.25")

    assert process_outbox(entry.pk, now=LATER) is True

    assert len(double.refunds) == 1
    assert refund_events() == [("shop", "£17.25", LATER)]


def test_refunds_at_once_give_back_once(double: StripeDouble, tmp_path: Path) -> None:
    entry = make_entry(double)

    with shop_on_file(tmp_path):
        done = do_at_once([lambda: process_outbox(entry.pk, now=LATER)] * 8)
        events = do_alone(refund_events)

    assert sorted(done, key=str) == [False] * 7 + [True]
    assert (len(double.refunds), len(events)) == (1, 1)


def test_even_two_that_both_ask_stripe_write_it_down_once(double: StripeDouble, tmp_path: Path) -> None:
    entry = make_entry(double)

    with shop_on_file(tmp_path):
        done = do_at_once([lambda: refund_payment(entry, LATER)] * 8)
        events = do_alone(refund_events)

    assert done == [None] * 8
    assert (len(double.refunds), len(events)) == (1, 1)


def test_with_the_provider_down_it_is_tried_again(double: StripeDouble) -> None:
    entry = make_entry(double)
    double.fail_with = DOWN

    assert process_outbox(entry.pk, now=LATER) is False

    entry.refresh_from_db()
    assert (entry.state, entry.attempts, "ProviderDownError" in entry.error) == ("pending", 1, True)
    assert (Payment.objects.get().status, refund_state(entry.order)) == ("confirmed", (1725, 0))
    assert refund_events() == []
    double.fail_with = None
    assert process_outbox(entry.pk, now=entry.next_attempt_at) is True
    assert len(double.refunds) == 1


def test_a_refund_that_never_works_is_left_to_staff_and_holds_up_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = make_entry()
    paid = make_order(paid=True, now=NOW)

    def refuse(self: DummyProvider, payment: Payment, amount: object = None) -> None:
        raise PaymentError("closed account")

    monkeypatch.setattr(DummyProvider, "refund", refuse)
    for _ in range(GIVE_UP_AFTER):
        entry.refresh_from_db()
        assert process_outbox(entry.pk, now=entry.next_attempt_at) is False

    entry.refresh_from_db()
    assert (entry.state, entry.error) == ("dead", "PaymentError: closed account")
    assert Payment.objects.get(order=entry.order).status == PaymentStatus.CONFIRMED
    assert not paid.jobs.get().on_hold


def test_a_process_that_dies_while_it_asks_leaves_the_refund_to_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entry = make_entry()

    def die(self: DummyProvider, payment: Payment, amount: object = None) -> None:
        raise SystemExit

    monkeypatch.setattr(DummyProvider, "refund", die)
    with pytest.raises(SystemExit):
        process_outbox(entry.pk, now=LATER)
    monkeypatch.undo()

    assert process_outbox(entry.pk, now=LATER + LEASE - timedelta(seconds=1)) is False
    assert refund_events() == []
    assert process_outbox(entry.pk, now=LATER + LEASE) is True


@pytest.mark.parametrize("status", ["waiting", "input", "rejected", "error"])
def test_what_was_not_taken_is_not_given_back(status: str) -> None:
    entry = make_entry()
    Payment.objects.update(status=status)
    before = stored_rows()

    with pytest.raises(ValueError, match=f"is {status}, so there is nothing to give back"):
        refund_payment(entry, LATER)

    assert stored_rows() == before


def test_a_refund_never_touches_the_payment_of_another_order() -> None:
    entry = make_entry()
    other = make_order(paid=True, now=NOW)
    OutboxEntry.objects.filter(pk=entry.pk).update(order=other)
    entry.refresh_from_db()
    before = stored_rows()

    with pytest.raises(Payment.DoesNotExist):
        refund_payment(entry, LATER)

    assert stored_rows() == before
    assert Order.objects.get(pk=other.pk).state == Order.State.PAID
