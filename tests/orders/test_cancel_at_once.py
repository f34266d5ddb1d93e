"""Cancellations, claims, hand-offs and payments at the same moment: never both, and never half."""

from collections import Counter
from functools import partial
from pathlib import Path

import pytest
from django.utils import timezone
from payments import PaymentStatus

from configurator.models import BenchDay
from orders.cancelling import SHOPPER, TooLateError, cancel_order
from orders.claiming import claim_jobs
from orders.models import Job, JobTransition, Order, OrderEvent, OutboxEntry, Payment
from orders.outbox import process_outbox
from tests.length import long_or_short
from tests.orders.make import copy_job, make_client, make_job, make_order
from tests.orders.racing import EvenRace, do_alone, do_at_once, shop_on_file
from tests.orders.stored import reserved

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.race]

RUNS = long_or_short(200, 50)
NOW = timezone.now()


def read_order(order: Order) -> tuple[str, list[str], list[str], list[str]]:
    """State, states of its jobs, events, and what was asked for after it was paid."""
    later = OutboxEntry.objects.filter(order=order).exclude(topic__in=["handoff", "mail_confirmed"])
    return (
        Order.objects.get(pk=order.pk).state,
        sorted(Job.objects.filter(order=order).values_list("state", flat=True)),
        list(OrderEvent.objects.filter(order=order).values_list("kind", flat=True)),
        sorted(later.values_list("topic", flat=True)),
    )


def read_way(order: Order) -> str:
    """The states that its one job has gone through."""
    steps = JobTransition.objects.filter(job__order=order).order_by("version")
    return ", ".join(steps.values_list("to_state", flat=True))


def test_of_a_cancellation_and_a_claim_at_once_only_one_happens_in_many_random_runs(tmp_path: Path) -> None:
    client, races = make_client().row, EvenRace(22)
    orders = [make_job("ready", now=NOW).order for _ in range(RUNS)]
    Job.objects.update(on_hold=True)
    outcomes = []

    with shop_on_file(tmp_path):
        for order in orders:
            do_alone(partial(Job.objects.filter(order=order).update, on_hold=False))
            cancel = partial(cancel_order, order, by=SHOPPER, now=NOW)
            claim = partial(claim_jobs, client, worker="w", max_jobs=1, lease_seconds=600, now=NOW)
            outcomes.append(races.run(cancel, claim))
            races.was_won_by(0 if outcomes[-1][0] is True else 1)
        found = do_alone(lambda: [read_order(order) for order in orders])
        kept = do_alone(reserved)

    winners: Counter[str] = Counter()
    for order, (cancelled, claimed), rows in zip(orders, outcomes, found, strict=True):
        if cancelled is True:
            winners["cancelled"] += 1
            assert claimed == []
            assert rows == ("cancelled", ["cancelled"], ["cancelled"], ["mail_cancelled", "refund"])
        else:
            winners["claimed"] += 1
            assert isinstance(cancelled, TooLateError)
            assert isinstance(claimed, list)
            assert [job.order_id for job in claimed] == [order.pk]
            assert rows == ("paid", ["claimed"], [], [])
    assert min(winners["cancelled"], winners["claimed"]) >= 10  # else this was no race
    assert kept["quench"] == 5 * winners["claimed"]


def test_many_cancellations_at_once_free_and_refund_once(tmp_path: Path) -> None:
    job = make_job("ready", now=NOW)
    copy_job(job, 2)
    make_order(paid=True, quantity=3, now=NOW)  # its stock and its days must stay

    with shop_on_file(tmp_path):
        done = do_at_once([lambda: cancel_order(job.order, by=SHOPPER, now=NOW)] * 8)
        found, stock = do_alone(lambda: read_order(job.order)), do_alone(reserved)
        left = do_alone(lambda: sum(BenchDay.objects.values_list("booked", flat=True)))

    assert sorted(done, key=str) == [False] * 7 + [True]
    assert found == ("cancelled", ["cancelled"] * 3, ["cancelled"], ["mail_cancelled", "refund"])
    assert stock == {
        "mend": 10,
        "quench": 5,
        "warm-hearth": 235,
    }  # of four bottles, that three jobs gave back
    assert left == 3


def test_a_hand_off_at_the_same_moment_leaves_nothing_to_claim(tmp_path: Path) -> None:
    races, ways = EvenRace(18), Counter[str]()
    orders = [make_order(paid=True, now=NOW) for _ in range(30)]

    with shop_on_file(tmp_path):
        for order in orders:
            entry = OutboxEntry.objects.get(order=order, topic="handoff")
            hand_off = partial(process_outbox, entry.pk, now=NOW)
            races.run(hand_off, partial(cancel_order, order, by=SHOPPER, now=NOW))
            way = do_alone(partial(read_way, order))
            ways[way] += 1
            races.was_won_by(0 if "ready" in way else 1)

    assert set(ways) == {"pending, ready, cancelled", "pending, cancelled"}
    assert min(ways.values()) >= 5  # else this was no race


def test_a_payment_that_comes_while_she_cancels_makes_bottles_or_goes_back(tmp_path: Path) -> None:
    races, outcomes = EvenRace(17), Counter[str]()
    paid_first = "cancelled ['cancelled'] ['mail_cancelled', 'refund']"
    cancelled_first = "cancelled [] ['refund']"

    def be_paid(order: Order) -> None:
        Payment.objects.get(order=order).change_status(PaymentStatus.CONFIRMED)

    orders = [make_order(now=NOW) for _ in range(40)]
    with shop_on_file(tmp_path):
        for order in orders:
            races.run(partial(be_paid, order), partial(cancel_order, order, by=SHOPPER, now=NOW))
            state, jobs, _events, outbox = do_alone(partial(read_order, order))
            outcomes[outcome := f"{state} {jobs} {outbox}"] += 1
            races.was_won_by(0 if outcome == paid_first else 1)

    assert set(outcomes) == {paid_first, cancelled_first}
    assert min(outcomes.values()) >= 5  # else this was no race
