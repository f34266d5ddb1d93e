"""Payments that nobody told us about: the provider is asked, ever more rarely, and never in the way of other work."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from orders.models import Order, OutboxEntry, Payment
from orders.reconciling import ASKED_AT_ONCE, ask_about_open_payments
from orders.relaying import do_periodic_work
from tests.orders.make import make_order
from tests.orders.racing import do_alone, do_at_once, shop_on_file
from tests.orders.stored import stored_rows
from tests.orders.stripe_double import DOWN, EXPIRED, PAID, PENDING, StripeDouble, session_of, stripe_shop

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MINUTE, HOUR, SECOND = timedelta(minutes=1), timedelta(hours=1), timedelta(seconds=1)


@pytest.fixture
def double() -> Iterator[StripeDouble]:
    with stripe_shop() as double:
        yield double


def make_open(double: StripeDouble, number: int = 1, *, now: datetime = NOW, became: Any = PAID) -> Payment:
    """A payment that was begun at Stripe `now`, and what became of it there."""
    with time_machine.travel(now, tick=False):
        order = make_order(now=now)
    order.payments.update(transaction_id=f"cs_{number}")
    payment = order.payments.get()
    double.sessions[f"cs_{number}"] = session_of(payment, **became)
    return payment


def asked(double: StripeDouble) -> list[str]:
    return [call.path.rsplit("/", 1)[-1] for call in double.calls]


def test_a_payment_whose_notice_never_came_makes_the_order_paid(double: StripeDouble) -> None:
    make_open(double)

    assert ask_about_open_payments(now=NOW + 10 * MINUTE) == 1

    assert Order.objects.get().state == Order.State.PAID
    assert list(OutboxEntry.objects.values_list("topic", flat=True)) == ["handoff", "mail_confirmed"]
    after = stored_rows()
    assert ask_about_open_payments(now=NOW + 10 * HOUR) == 0
    assert stored_rows() == after
    assert asked(double) == ["cs_1"]


def test_it_is_asked_about_at_a_distance_that_grows_and_for_two_days(double: StripeDouble) -> None:
    make_open(double, became=PENDING)
    ages: list[float] = []

    for minute in range(10, 3 * 24 * 60, 10):
        before = len(double.calls)
        ask_about_open_payments(now=NOW + minute * MINUTE)
        if len(double.calls) > before:
            ages.append(minute)

    assert ages[:7] == [10, 20, 40, 80, 160, 280, 400]
    assert {later - earlier for earlier, later in itertools.pairwise(ages[5:])} == {120}
    assert 46 * 60 < ages[-1] < 48 * 60
    assert Order.objects.get().state == Order.State.PLACED


def test_before_ten_minutes_a_notice_is_waited_for(double: StripeDouble) -> None:
    make_open(double)
    before = stored_rows()

    assert ask_about_open_payments(now=NOW + 10 * MINUTE - SECOND) == 0

    assert (asked(double), stored_rows()) == ([], before)


@pytest.mark.parametrize("changes", [{"transaction_id": ""}, {"status": "rejected"}, {"status": "confirmed"}])
def test_what_was_never_begun_or_is_over_is_not_asked_about(
    double: StripeDouble, changes: dict[str, str]
) -> None:
    make_open(double)
    Payment.objects.update(**changes)
    before = stored_rows()

    assert ask_about_open_payments(now=NOW + HOUR) == 0

    assert (asked(double), stored_rows()) == ([], before)


def test_a_session_that_expired_is_written_down(double: StripeDouble) -> None:
    payment = make_open(double, became=EXPIRED)

    assert ask_about_open_payments(now=NOW + HOUR) == 0

    payment.refresh_from_db()
    assert (payment.status, Order.objects.get().state) == ("rejected", "placed")


def test_few_are_asked_about_in_one_round_and_the_others_in_the_next(double: StripeDouble) -> None:
    for number in range(ASKED_AT_ONCE + 2):
        make_open(double, number, now=NOW + number * SECOND)

    first = ask_about_open_payments(now=NOW + HOUR)
    second = ask_about_open_payments(now=NOW + HOUR)

    assert (first, second) == (ASKED_AT_ONCE, 2) == (5, 2)
    assert asked(double) == [f"cs_{number}" for number in range(7)]


def test_a_dead_provider_is_logged_once_a_round_and_stops_no_other_work(
    double: StripeDouble, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(3):
        make_open(double, number, now=NOW + number * SECOND)
    unpaid = make_order(now=NOW - 24 * HOUR)
    double.fail_with = DOWN

    do_periodic_work(now=NOW + HOUR)

    errors = [record for record in caplog.records if record.levelname == "ERROR"]
    assert [record.name for record in errors] == ["orders.reconciling"]
    assert len(set(asked(double))) == 1  # the others would wait for the same silence
    assert Order.objects.get(pk=unpaid.pk).state == Order.State.CANCELLED
    double.fail_with = None
    assert [ask_about_open_payments(now=NOW + age * HOUR) for age in (1, 2)] == [2, 1]


def test_a_payment_that_the_provider_does_not_know_stops_no_other(
    double: StripeDouble, caplog: pytest.LogCaptureFixture
) -> None:
    make_open(double, 1)
    make_open(double, 2, now=NOW + SECOND, became={"amount_total": 1})
    make_open(double, 3, now=NOW + 2 * SECOND)
    del double.sessions["cs_1"]

    assert ask_about_open_payments(now=NOW + HOUR) == 1

    assert [order.state for order in Order.objects.order_by("id")] == ["placed", "placed", "paid"]
    about = [record.getMessage() for record in caplog.records if record.name == "orders.reconciling"]
    assert len(about) == 2


def test_money_that_came_after_the_order_was_let_go_is_found_and_given_back(double: StripeDouble) -> None:
    payment = make_open(double)
    do_periodic_work(now=NOW + MINUTE)
    Order.objects.update(placed_at=NOW - 25 * HOUR)
    do_periodic_work(now=NOW + 2 * MINUTE)
    assert Order.objects.get().state == Order.State.CANCELLED

    assert ask_about_open_payments(now=NOW + HOUR) == 1

    assert Order.objects.get().state == Order.State.CANCELLED
    entry = OutboxEntry.objects.get(topic=OutboxEntry.Topic.REFUND)
    assert (entry.topic, entry.key) == ("refund", str(payment.pk))


def test_rounds_at_once_ask_about_each_payment_once(double: StripeDouble, tmp_path: Path) -> None:
    for number in range(4):
        make_open(double, number)

    with shop_on_file(tmp_path):
        paid = do_at_once([lambda: ask_about_open_payments(now=NOW + HOUR)] * 6)
        states = do_alone(lambda: list(Order.objects.values_list("state", flat=True)))

    assert sorted(asked(double)) == ["cs_0", "cs_1", "cs_2", "cs_3"]
    assert sum(count for count in paid if isinstance(count, int)) == 4
    assert states == ["paid"] * 4
