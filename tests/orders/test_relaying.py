"""The relay: it leaves new work to Celery, does what is late, and cleans up; twice at once does no harm."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.db import IntegrityError, OperationalError
from payments import PaymentStatus

from orders.models import Job, JobTransition, Order, OutboxEntry, Payment
from orders.payments import order_and_payments, settle_confirmed_payments, settle_payments
from orders.relaying import (
    EACH_SECOND,
    do_each,
    do_periodic_work,
    expire_unpaid_orders,
    is_hand_off_due,
    relay_outbox,
)
from tests.orders.make import make_hand_off, make_job, make_order
from tests.orders.racing import do_alone, do_at_once, shop_on_file
from tests.orders.stored import reserved, stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
BOTTLE = {"mend": 10, "quench": 5, "warm-hearth": 235}


def relay_at(now: datetime) -> int:
    with time_machine.travel(now, tick=False):
        return relay_outbox(now=now)


@pytest.mark.parametrize(("age", "done"), [(0, 0), (1.999, 0), (2, 1), (3600, 1)])
def test_an_entry_is_left_to_celery_for_2_seconds(age: float, done: int) -> None:
    make_hand_off(now=NOW)
    before = stored_rows()

    assert relay_at(NOW + age * SECOND) == done

    assert (stored_rows() == before) is (done == 0)
    assert Job.objects.get().state == ("ready" if done else "pending")


def test_a_failed_entry_is_taken_when_its_next_attempt_is_due() -> None:
    make_hand_off(now=NOW)
    OutboxEntry.objects.update(attempts=3, next_attempt_at=NOW + 60 * SECOND)
    before = stored_rows()

    assert relay_at(NOW + 59 * SECOND) == 0
    assert stored_rows() == before
    assert relay_at(NOW + 60 * SECOND) == 1


def test_relaying_twice_does_everything_once() -> None:
    for _ in range(3):
        make_hand_off(now=NOW)

    assert [relay_at(NOW + 5 * SECOND), relay_at(NOW + 5 * SECOND)] == [3, 0]

    assert JobTransition.objects.filter(to_state="ready").count() == 3


def test_two_relays_at_once_do_each_entry_once(tmp_path: Path) -> None:
    for _ in range(8):
        make_hand_off(now=NOW)

    with shop_on_file(tmp_path):
        done = do_at_once([lambda: relay_outbox(now=NOW + 5 * SECOND)] * 3)
        ready = do_alone(JobTransition.objects.filter(to_state="ready").count)

    assert sum(count for count in done if isinstance(count, int)) == ready == 8


def test_an_order_unpaid_for_more_than_a_day_is_cancelled_and_its_stock_freed_once() -> None:
    order = make_order(now=NOW)
    kept = make_order(now=NOW + 2 * SECOND)

    assert expire_unpaid_orders(now=NOW + DAY + SECOND) == 1

    order.refresh_from_db()
    kept.refresh_from_db()
    assert (order.state, kept.state) == ("cancelled", "placed")
    assert reserved() == BOTTLE
    before = stored_rows()
    assert expire_unpaid_orders(now=NOW + DAY + SECOND) == 0
    assert stored_rows() == before


def test_an_order_is_kept_for_a_whole_day() -> None:
    make_order(now=NOW)
    before = stored_rows()

    assert expire_unpaid_orders(now=NOW + DAY) == 0

    assert stored_rows() == before


def test_a_paid_order_never_expires() -> None:
    make_order(paid=True, now=NOW)
    before = stored_rows()

    assert expire_unpaid_orders(now=NOW + 400 * DAY) == 0

    assert stored_rows() == before


def test_expiry_by_many_at_once_frees_the_stock_once(tmp_path: Path) -> None:
    make_order(now=NOW)
    make_order(now=NOW + DAY)  # its stock must stay

    with shop_on_file(tmp_path):
        expired = do_at_once([lambda: expire_unpaid_orders(now=NOW + DAY + SECOND)] * 8)
        stock = do_alone(reserved)

    assert sorted(expired, key=str) == [0] * 7 + [1]
    assert stock == BOTTLE


def test_an_order_that_is_paid_while_the_relay_looks_is_not_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = make_order(now=NOW)
    payment = order.payments.get()
    real = Order.objects.select_for_update

    def pay_first() -> object:
        monkeypatch.undo()
        payment.change_status(PaymentStatus.CONFIRMED)
        return real()

    monkeypatch.setattr(Order.objects, "select_for_update", pay_first)

    assert expire_unpaid_orders(now=NOW + DAY + SECOND) == 0

    order.refresh_from_db()
    assert order.state == Order.State.PAID
    assert reserved() == BOTTLE


def test_a_payment_whose_news_got_lost_reaches_its_order_before_that_can_expire() -> None:
    order = make_order(now=NOW)
    Payment.objects.update(status=PaymentStatus.CONFIRMED)  # and then the process died

    do_periodic_work(now=NOW + DAY + SECOND)
    do_periodic_work(now=NOW + DAY + SECOND)

    order.refresh_from_db()
    assert order.state == Order.State.PAID
    assert (Job.objects.count(), OutboxEntry.objects.count()) == (1, 2)
    assert reserved() == BOTTLE


def test_a_confirmed_payment_over_another_total_is_left_to_staff_without_a_word_every_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    make_order(now=NOW)
    Payment.objects.update(status=PaymentStatus.CONFIRMED, total=1)
    before = stored_rows()

    assert settle_confirmed_payments(now=NOW) == 0

    assert stored_rows() == before
    assert not caplog.records


def test_one_orders_lost_news_are_settled_without_the_others() -> None:
    order, other = make_order(now=NOW), make_order(now=NOW)
    Payment.objects.update(status=PaymentStatus.CONFIRMED)

    assert settle_payments(order_and_payments(order.token)[1], now=NOW) == 1

    order.refresh_from_db()
    other.refresh_from_db()
    assert (order.state, other.state) == ("paid", "placed")


def test_each_second_leases_that_ran_out_are_taken_back() -> None:
    job = make_job("claimed", now=NOW, lease_seconds=60)

    do_each(EACH_SECOND, now=NOW + 59 * SECOND)
    job.refresh_from_db()
    assert job.state == Job.State.CLAIMED
    do_each(EACH_SECOND, now=NOW + 60 * SECOND)

    job.refresh_from_db()
    assert (job.state, job.lease_token) == (Job.State.READY, None)


def test_with_nothing_to_do_the_relay_changes_nothing() -> None:
    make_order(paid=True, now=NOW)
    relay_at(NOW + 5 * SECOND)
    before = stored_rows()

    assert relay_at(NOW + 9 * DAY) == 0
    do_periodic_work(now=NOW + 2 * DAY)  # the day that it is planned for

    assert stored_rows() == before


def test_a_row_that_breaks_a_rule_of_the_database_does_not_stop_the_other_work() -> None:
    done: list[str] = []

    def fail(*, now: datetime) -> int:
        raise IntegrityError("a bug")

    def work(*, now: datetime) -> int:
        done.append("that")
        return 1

    do_each((("this", fail), ("that", work)), now=NOW)

    assert done == ["that"]


def test_a_database_that_is_away_is_not_asked_for_the_rest() -> None:
    def fail(*, now: datetime) -> int:
        raise OperationalError("gone")

    with pytest.raises(OperationalError):
        do_each((("this", fail), ("that", lambda *, now: pytest.fail("it was asked"))), now=NOW)


def test_a_hand_off_is_due_while_celery_has_not_done_it() -> None:
    make_hand_off(now=NOW)

    assert [is_hand_off_due(now=NOW + age * SECOND) for age in (0, 2)] == [False, True]
    relay_at(NOW + 5 * SECOND)
    assert not is_hand_off_due(now=NOW + DAY)
