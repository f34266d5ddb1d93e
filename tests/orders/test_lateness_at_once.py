"""Several watches at the same moment, and a watch beside a cancellation: each slip is told once, or not at all."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db.models import Count

from orders.lateness import tell_of_slips
from orders.models import Order, OrderEvent, OutboxEntry, Slip
from tests.orders.make import make_job
from tests.orders.racing import do_alone, do_at_once, shop_on_file

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.race]

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
THURSDAY = datetime(2026, 3, 5, tzinfo=UTC)


def test_8_watches_at_once_tell_each_slip_once(tmp_path: Path) -> None:
    for _ in range(6):
        make_job(now=NOW, size="50ml")

    with shop_on_file(tmp_path):
        counts = do_at_once([lambda: tell_of_slips(now=THURSDAY)] * 8)
        slips = do_alone(lambda: list(Slip.objects.values_list("order").annotate(Count("pk"))))
        mails = do_alone(OutboxEntry.objects.filter(topic="mail_late", key="slip-1").count)
        events = do_alone(OrderEvent.objects.filter(kind="late").count)

    assert sum(count for count in counts if isinstance(count, int)) == 6
    assert [count for count in counts if isinstance(count, Exception)] == []
    assert [count for _order, count in slips] == [1] * 6
    assert (mails, events) == (6, 6)


def cancel_all() -> int:
    return Order.objects.update(state=Order.State.CANCELLED)


def test_an_order_that_is_cancelled_at_the_same_moment_is_told_before_that_or_never(tmp_path: Path) -> None:
    """Either may come first: one race is run, and whichever it is must be right."""
    order = make_job(now=NOW).order

    with shop_on_file(tmp_path):
        told, cancelled = do_at_once([lambda: tell_of_slips(now=THURSDAY), cancel_all])
        again = do_alone(lambda: tell_of_slips(now=THURSDAY))
        slips = do_alone(Slip.objects.count)
        expected = do_alone(lambda: Order.objects.get().expected_on)

    assert (cancelled, again) == (1, 0)
    assert slips == told
    assert expected == (date(2026, 3, 9) if told else order.promised_on)
