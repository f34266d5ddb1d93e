"""The invariants hold for whatever the shop does, and each is broken by what it is there for."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from configurator.models import Component
from orders.cancelling import SHOPPER, cancel_order
from orders.feed import KEPT_FOR, number_events
from orders.invariants import OVER_ALL, PER_ORDER, find_offences
from orders.models import (
    FeedEvent,
    FeedState,
    Job,
    JobTransition,
    Order,
    OrderLine,
    OutboxEntry,
    Payment,
    Pulse,
)
from orders.outbox import process_outbox
from orders.pulse import show_life, take_turn
from orders.unpaid_orders import let_go
from orders.watching import watch_invariants
from tests.orders.make import make_job, make_order
from tests.orders.rewriting import steps_may_change

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
S = Job.State
PATHS, LEASE = "jobs go legal ways, claims are counted", "a job under way has one lease"


@pytest.fixture(autouse=True)
def standing_clock() -> Iterator[None]:
    """All is made at NOW, however long ago this file was read."""
    with time_machine.travel(NOW, tick=False):
        yield


def offences() -> set[str]:
    return {offence.check for offence in find_offences(now=NOW)}


def make_all_kinds() -> None:
    """Orders in every state that the shop leads to, stock counted."""
    Component.objects.update(stock_ml=Decimal(10_000))
    make_order()
    let_go(make_order(), now=NOW)
    for state in S.values:
        if state != S.CANCELLED:
            make_job(state)
    cancel_order(make_job(S.READY).order, by=SHOPPER, now=NOW)
    for entry in OutboxEntry.objects.all():
        process_outbox(entry.pk)


def test_whatever_state_an_order_is_led_to_the_invariants_hold() -> None:
    make_all_kinds()

    assert list(find_offences(now=NOW + timedelta(seconds=5))) == []
    number_events()
    assert list(find_offences(now=NOW + timedelta(seconds=5))) == []


def add_second_line(job: Job) -> None:
    line = job.line
    OrderLine.objects.create(
        order=line.order, position=2, version=line.version, mix=line.mix, size=line.size, unit_price=0
    )


def change_steps(**values: str) -> None:
    with steps_may_change():
        JobTransition.objects.filter(version=2).update(**values)


def renumber(job: Job) -> None:
    number_events()
    FeedEvent.objects.filter(seq=2).update(seq=77)
    FeedState.objects.update(last_seq=77)


SPOILERS: dict[str, tuple[str, Callable[[Job], object]]] = {
    "a paid order has one job per line": (S.READY, add_second_line),
    "no job without a paid order": (
        S.READY,
        lambda job: Order.objects.filter(pk=job.order_id).update(state="placed", paid_at=None),
    ),
    "a job under way has one lease": (S.CLAIMED, lambda job: Job.objects.update(lease_expires_at=None)),
    "jobs go legal ways, claims are counted": (S.READY, lambda job: Job.objects.update(version=9)),
    "a shipped job is in one parcel": (
        S.SHIPPED,
        lambda job: Job.objects.update(shipment=make_job(S.SHIPPED).shipment),
    ),
    "totals follow from what was frozen": (
        S.READY,
        lambda job: Order.objects.update(goods_total=1, delivery_price=1, total=2),
    ),
    "recipes match their hash": (S.READY, lambda job: Job.objects.update(snapshot="{}")),
    "what was captured is what was sold": (
        S.READY,
        lambda job: Payment.objects.update(captured_amount=Decimal("0.01")),
    ),
    "stock is reserved for unmade bottles": (
        S.READY,
        lambda job: Component.objects.filter(slug="mend").update(reserved_ml=Decimal("9.999")),
    ),
    "the feed is whole": (S.READY, renumber),
    "no outbox entry is forgotten": (
        S.READY,
        lambda job: OutboxEntry.objects.update(
            created_at=NOW - timedelta(seconds=61), next_attempt_at=NOW - timedelta(seconds=61)
        ),
    ),
}


def test_each_invariant_has_something_that_breaks_it() -> None:
    assert list(SPOILERS) == [*PER_ORDER, *OVER_ALL]


@pytest.mark.parametrize("name", SPOILERS)
def test_what_is_spoiled_is_found(name: str) -> None:
    state, spoil = SPOILERS[name]
    job = make_job(state)
    assert offences() == set()

    spoil(job)

    assert name in offences()


OTHER_WAYS: dict[str, tuple[str, Callable[[], object]]] = {
    "an attempt too many": (PATHS, lambda: Job.objects.update(attempt=3)),
    "a state without a step": (PATHS, lambda: Job.objects.update(state="failed")),
    "a step from elsewhere": (
        PATHS,
        lambda: change_steps(from_state="produced"),
    ),
    "a token shared": (LEASE, lambda: Job.objects.update(lease_token=uuid.UUID(int=1))),
    "another price": ("totals follow from what was frozen", lambda: OrderLine.objects.update(unit_price=1)),
    "an event lost": ("the feed is whole", lambda: FeedEvent.objects.latest("pk").delete()),
    "all events lost": ("the feed is whole", lambda: FeedEvent.objects.all().delete()),
    "more reserved than there is": (
        "stock is reserved for unmade bottles",
        lambda: Component.objects.update(stock_ml=Decimal(1)),
    ),
}


@pytest.mark.parametrize("way", OTHER_WAYS)
def test_other_ways_of_spoiling_are_found_too(way: str) -> None:
    name, spoil = OTHER_WAYS[way]
    make_job(S.CLAIMED)
    make_job(S.CLAIMED)
    assert offences() == set()

    spoil()

    assert name in offences()


def test_a_feed_that_has_forgotten_all_that_is_old_is_whole() -> None:
    make_job(S.READY, now=NOW - KEPT_FOR)
    FeedEvent.objects.all().delete()

    assert "the feed is whole" not in offences()


@pytest.mark.parametrize(("seconds", "is_forgotten"), [(60 + 119, False), (60 + 121, True)])
def test_an_entry_that_is_taken_and_taken_and_never_fails_is_forgotten(
    seconds: int, *, is_forgotten: bool
) -> None:
    make_job(S.READY)
    OutboxEntry.objects.update(
        created_at=NOW - timedelta(seconds=seconds), next_attempt_at=NOW + timedelta(seconds=100)
    )

    assert ("no outbox entry is forgotten" in offences()) is is_forgotten


def test_an_entry_that_has_failed_or_is_done_is_not_forgotten() -> None:
    old = {"created_at": NOW - timedelta(hours=1), "next_attempt_at": NOW + timedelta(seconds=100)}
    for tried in ({"attempts": 1}, {"error": "OSError: no"}, {"state": "done"}, {"state": "dead"}):
        make_job(S.READY)
        OutboxEntry.objects.exclude(created_at=old["created_at"]).update(**old, **tried)

    assert offences() == set()


def test_the_command_names_the_rows_and_ends_with_an_error() -> None:
    job = make_job(S.READY)
    said = StringIO()
    call_command("check_invariants", stdout=said)
    assert said.getvalue() == "11 invariants hold.\n"

    Job.objects.update(snapshot="{}")

    with pytest.raises(CommandError, match=r"^1 rows break an invariant\.$"):
        call_command("check_invariants", stdout=said)
    assert f"the frozen recipe of job {job.public_id} does not match its hash" in said.getvalue()


def test_only_orders_of_the_last_days_are_gone_through_when_asked() -> None:
    make_job(S.READY, now=NOW - timedelta(days=3))
    Job.objects.update(snapshot="{}")

    def found(days: int) -> set[str]:
        return {offence.check for offence in find_offences(now=NOW, since=NOW - timedelta(days=days))}

    assert "recipes match their hash" not in found(days=1)
    assert "recipes match their hash" in found(days=4)


def test_the_watch_looks_once_an_hour_and_tells_what_it_finds(caplog: pytest.LogCaptureFixture) -> None:
    make_job(S.READY)
    Job.objects.update(snapshot="{}")

    assert [watch_invariants(now=NOW), watch_invariants(now=NOW + timedelta(minutes=59))] == [1, 0]
    assert "this must not be: recipes match their hash" in caplog.text
    assert watch_invariants(now=NOW + timedelta(hours=1)) == 1


def test_that_all_hold_is_written_down_and_that_one_is_broken_is_not() -> None:
    job = make_job(S.READY)
    watch_invariants(now=NOW)
    Job.objects.filter(pk=job.pk).update(snapshot="{}")

    watch_invariants(now=NOW + timedelta(hours=1))

    pulse = Pulse.objects.get(name="invariants")
    assert (pulse.seen_at, pulse.asked_at) == (NOW, NOW + timedelta(hours=1))


def test_a_turn_is_taken_by_one_of_all_that_ask() -> None:
    hour = timedelta(hours=1)

    assert [take_turn("tea", every=hour, now=NOW) for _ in range(3)] == [True, False, False]
    show_life("tea", now=NOW)
    assert [take_turn("tea", every=hour, now=NOW + hour) for _ in range(2)] == [True, False]
