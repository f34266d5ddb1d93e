"""Giving the money back for an order that stays what it is."""

import pytest
from django.utils import timezone

from orders.goodwill_refunds import NothingToGiveBackError, StillOpenError, give_money_back
from orders.invariants import find_offences
from orders.models import OrderEvent, OutboxEntry, Payment
from orders.outbox import process_outbox
from tests.orders.make import make_job, make_order
from tests.orders.stored import stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")


def test_what_is_sent_is_refunded_once_and_stays_sent() -> None:
    order = make_job("shipped").order
    now = timezone.now()

    assert give_money_back(order, now=now) == order.total == 1725
    assert give_money_back(order, now=now) == 0

    assert process_outbox(OutboxEntry.objects.get(topic="refund").pk, now=now)
    order.refresh_from_db()
    assert (order.state, order.jobs.get().state) == ("paid", "shipped")
    assert Payment.objects.get().status == "refunded"
    assert order.events.get().kind == OrderEvent.Kind.REFUNDED
    assert [str(each) for each in find_offences(now=now) if "captured" in each.check] == []
    with pytest.raises(NothingToGiveBackError):
        give_money_back(order, now=now)


@pytest.mark.parametrize("state", ["pending", "ready", "claimed", "in_production", "produced", "failed"])
def test_what_is_still_to_be_made_or_sent_is_not_refunded(state: str) -> None:
    job = make_job(state)
    before = stored_rows()

    with pytest.raises(StillOpenError) as raised:
        give_money_back(job.order, now=timezone.now())

    assert raised.value.jobs == (job,)
    assert stored_rows() == before


def test_what_was_never_paid_is_not_refunded() -> None:
    order = make_order()
    before = stored_rows()

    with pytest.raises(NothingToGiveBackError):
        give_money_back(order, now=timezone.now())

    assert stored_rows() == before
