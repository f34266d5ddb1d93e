"""The lateness watch: whoever's order slips is told once, within minutes, and nobody else is."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from configurator.models import BenchDay, DeliveryTerms
from orders.jobs import move_job
from orders.lateness import LOOK_BACK, tell_of_slips
from orders.making import complete_job, start_job
from orders.models import Job, Order, OrderEvent, OutboxEntry, Shipment, Slip
from orders.relaying import do_periodic_work
from orders.staff_decisions import make_again
from tests.orders.make import STAFF, lease_of, lots_of, make_job, make_order
from tests.orders.stored import stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday; ordered now, made on Wednesday, promised for Friday
WEDNESDAY, FRIDAY = date(2026, 3, 4), date(2026, 3, 6)
MONDAY, TUESDAY = date(2026, 3, 9), date(2026, 3, 10)
THURSDAY_0H = datetime(2026, 3, 5, tzinfo=UTC)
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def slips() -> list[tuple[int, date, date, str]]:
    return list(Slip.objects.values_list("number", "told_before", "expected_on", "reason"))


def told() -> dict[str, Any]:
    """All that the watch may write."""
    return {
        "slips": list(Slip.objects.values()),
        "events": list(OrderEvent.objects.values()),
        "mails": list(OutboxEntry.objects.filter(topic="mail_late").values()),
        "expected": list(Order.objects.values_list("pk", "expected_on", "promised_on")),
    }


def steps(start: datetime, end: datetime, by: timedelta) -> Iterator[datetime]:
    while start <= end:
        yield start
        start += by


def test_a_slip_is_written_with_its_event_its_mail_and_the_new_day() -> None:
    order = make_job(now=NOW).order

    assert tell_of_slips(now=THURSDAY_0H + HOUR) == 1

    order.refresh_from_db()
    assert (order.promised_on, order.expected_on) == (FRIDAY, MONDAY)
    assert slips() == [(1, FRIDAY, MONDAY, "waiting")]
    event = OrderEvent.objects.get()
    assert (event.order, event.kind, event.by, event.note, event.at) == (
        order, "late", "relay: lateness watch", "1", THURSDAY_0H + HOUR
    )  # fmt: skip
    entry = OutboxEntry.objects.get(topic="mail_late")
    assert (entry.order, entry.key, entry.state) == (order, "slip-1", "pending")
    assert entry.created_at == entry.next_attempt_at == THURSDAY_0H + HOUR
    assert Slip.objects.get().at == THURSDAY_0H + HOUR


def test_the_jobs_of_an_order_that_slips_are_left_alone() -> None:
    make_job(now=NOW)
    before = stored_rows()

    tell_of_slips(now=THURSDAY_0H)

    after = stored_rows()
    assert (after["Job"], after["JobTransition"], after["stock"]) == (
        before["Job"], before["JobTransition"], before["stock"],
    )  # fmt: skip


def test_a_slip_is_told_once_and_a_later_one_again() -> None:
    make_job(now=NOW)

    counts = [tell_of_slips(now=THURSDAY_0H + n * HOUR) for n in range(48)]

    assert [n for n, count in enumerate(counts) if count] == [0, 24]
    assert slips() == [(1, FRIDAY, MONDAY, "waiting"), (2, MONDAY, TUESDAY, "waiting")]
    assert list(OutboxEntry.objects.filter(topic="mail_late").values_list("key", flat=True)) == [
        "slip-1", "slip-2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ordered", "midnight"),
    [
        ("2026-03-02T09:00", "2026-03-05T00:00"),
        ("2026-06-01T09:00", "2026-06-04T00:00"),  # summer time: 23:00 of Wednesday in UTC
        ("2026-03-26T09:00", "2026-03-31T00:00"),  # the clock goes forward on the Sunday between
        ("2026-10-22T09:00", "2026-10-27T00:00"),  # and back
        ("2026-04-01T09:00", "2026-04-08T00:00"),  # Easter between
    ],
)
def test_word_goes_out_when_the_planned_day_ends_where_the_shop_is(ordered: str, midnight: str) -> None:
    london = ZoneInfo("Europe/London")
    make_job(now=datetime.fromisoformat(ordered).replace(tzinfo=london))
    end = datetime.fromisoformat(midnight).replace(tzinfo=london).astimezone(UTC)

    at = [now for now in steps(end - 3 * HOUR, end + HOUR, timedelta(minutes=5)) if tell_of_slips(now=now)]

    assert at == [end]
    assert tell_of_slips(now=end + 15 * SECOND) == 0


def test_a_second_before_midnight_nobody_is_told() -> None:
    make_job(now=NOW)
    before = told()

    assert tell_of_slips(now=THURSDAY_0H - SECOND) == 0

    assert told() == before


def test_a_bottle_that_takes_too_long_is_late_because_it_is_slow() -> None:
    make_job("in_production", now=NOW)

    tell_of_slips(now=THURSDAY_0H)

    assert slips() == [(1, FRIDAY, MONDAY, "slow")]


def test_a_bottle_that_is_made_and_not_sent_is_late_after_its_day() -> None:
    make_job("produced", now=NOW)

    assert [tell_of_slips(now=THURSDAY_0H - SECOND), tell_of_slips(now=THURSDAY_0H)] == [0, 1]
    assert slips() == [(1, FRIDAY, MONDAY, "slow")]


def test_a_failure_is_told_at_once_when_making_it_again_takes_too_long() -> None:
    make_job("failed", now=NOW)
    assert tell_of_slips(now=NOW) == 0

    assert tell_of_slips(now=NOW + DAY) == 1

    assert slips() == [(1, FRIDAY, MONDAY, "failed")]


def test_a_hold_is_told_at_once_when_it_costs_the_day() -> None:
    make_job(now=NOW, on_hold=True)

    assert [tell_of_slips(now=NOW), tell_of_slips(now=NOW + DAY)] == [0, 1]

    assert slips() == [(1, FRIDAY, MONDAY, "held")]


def test_what_fails_and_is_made_again_in_time_is_never_told() -> None:
    job = make_job("failed", now=NOW)
    tell_of_slips(now=NOW + HOUR)
    make_again(job, by="grace", now=NOW + HOUR)

    assert tell_of_slips(now=NOW + 2 * DAY) == 0
    assert slips() == []


def test_good_news_after_a_slip_moves_no_day_and_sends_no_mail() -> None:
    job = make_job("failed", now=NOW)
    tell_of_slips(now=NOW + DAY)
    make_again(job, by="grace", now=NOW + DAY)
    before = told()

    assert tell_of_slips(now=NOW + DAY + HOUR) == 0

    assert told() == before


def test_a_closed_day_makes_those_who_are_planned_for_it_late_at_once() -> None:
    order = make_job(now=NOW).order
    other = make_job(now=NOW + DAY).order
    BenchDay.objects.filter(day=WEDNESDAY).update(is_closed=True)

    assert tell_of_slips(now=NOW + DAY) == 1

    assert slips() == [(1, FRIDAY, MONDAY, "waiting")]
    assert Slip.objects.get().order == order != other


def test_a_slower_carrier_makes_all_that_is_not_sent_late_at_once() -> None:
    make_job(now=NOW)
    DeliveryTerms.objects.update(carrier_days=3)

    assert [tell_of_slips(now=NOW), tell_of_slips(now=NOW)] == [1, 0]

    assert slips() == [(1, FRIDAY, MONDAY, "waiting")]


@pytest.mark.parametrize("state", ["shipped", "cancelled"])
def test_an_order_of_which_nothing_is_left_to_make_is_never_late(state: str) -> None:
    make_job(state, now=NOW)
    before = told()

    for now in (NOW, THURSDAY_0H, NOW + 30 * DAY):
        assert tell_of_slips(now=now) == 0

    assert told() == before


def test_an_unpaid_or_cancelled_order_is_never_late() -> None:
    make_order(now=NOW)
    Order.objects.filter(pk=make_job(now=NOW).order_id).update(state=Order.State.CANCELLED)
    before = told()

    assert tell_of_slips(now=NOW + 30 * DAY) == 0

    assert told() == before


def remake(job: Job, *, now: datetime) -> Job:
    return Job.objects.create(
        line=job.line,
        order=job.order,
        remake_of=job,
        promised_on=job.promised_on,
        created_at=now,
    )


def test_a_remake_stands_for_the_job_that_it_replaces() -> None:
    job = make_job("failed", now=NOW)
    replaced = remake(job, now=NOW)
    Job.objects.filter(pk=job.pk).update(state="cancelled")  # as a failed job is when it is made anew
    assert tell_of_slips(now=NOW + DAY) == 0  # made again by Wednesday, in time

    assert tell_of_slips(now=THURSDAY_0H) == 1
    assert slips() == [(1, FRIDAY, MONDAY, "failed")]

    Job.objects.filter(pk=replaced.pk).update(state="cancelled")
    assert tell_of_slips(now=THURSDAY_0H + 9 * DAY) == 0


def test_a_remake_that_cannot_come_in_time_is_told_when_it_is_ordered() -> None:
    job = make_job("shipped", now=NOW)
    remake(job, now=NOW + 2 * DAY)

    assert tell_of_slips(now=NOW + 2 * DAY) == 1

    assert slips() == [(1, FRIDAY, TUESDAY, "failed")]


def test_an_order_of_several_jobs_is_as_late_as_the_last_of_them() -> None:
    job = make_job("shipped", now=NOW)
    Shipment.objects.update(shipped_at=NOW)
    line = job.line
    line.pk, line.position = None, 2
    line.save(force_insert=True)
    Job.objects.create(line=line, order=job.order, promised_on=job.promised_on, created_at=NOW)

    assert tell_of_slips(now=THURSDAY_0H) == 1

    assert slips() == [(1, FRIDAY, MONDAY, "waiting")]


def test_an_old_sale_is_not_looked_at_for_ever() -> None:
    make_job(now=NOW)
    expected = datetime(2026, 3, 6, tzinfo=UTC)

    assert tell_of_slips(now=expected + LOOK_BACK + DAY) == 0
    assert tell_of_slips(now=expected + LOOK_BACK) == 1


def test_an_order_that_goes_its_way_in_time_is_never_told() -> None:
    job = make_job("claimed", now=NOW, lease_seconds=40_000)
    tell_of_slips(now=NOW)
    start_job(job.public_id, lease=lease_of(job), now=NOW + HOUR)
    tell_of_slips(now=NOW + HOUR)
    complete_job(job.public_id, lease=lease_of(job), batch="B1", lots=lots_of(job), now=NOW + 2 * HOUR)

    assert [tell_of_slips(now=now) for now in steps(NOW, THURSDAY_0H - SECOND, HOUR)].count(0) == 63
    assert Slip.objects.count() == 0


def test_an_order_that_is_cancelled_while_the_watch_looks_is_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_job(now=NOW)
    real = Order.objects.filter

    def cancel_before_locking(*args: Any, **kwargs: Any) -> Any:
        if "pk__in" in kwargs:
            monkeypatch.undo()
            Order.objects.update(state=Order.State.CANCELLED)
        return real(*args, **kwargs)

    monkeypatch.setattr(Order.objects, "filter", cancel_before_locking)

    assert tell_of_slips(now=THURSDAY_0H) == 0
    assert slips() == []


def test_a_job_that_is_sent_while_the_watch_looks_is_seen_as_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job("produced", now=NOW)
    real = Order.objects.filter

    def send_before_locking(*args: Any, **kwargs: Any) -> Any:
        if "pk__in" in kwargs:
            monkeypatch.undo()
            move_job(job, "shipped", by=STAFF, now=NOW, shipment=make_job("shipped", now=NOW).shipment)
        return real(*args, **kwargs)

    monkeypatch.setattr(Order.objects, "filter", send_before_locking)

    assert tell_of_slips(now=THURSDAY_0H) == 0
    assert slips() == []


def count_queries(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


def test_looking_costs_two_queries_and_telling_30_no_more_than_telling_one(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_job(now=NOW, size="50ml")
    tell_of_slips(now=NOW)  # Django asks a database once what it knows of JSON
    with django_assert_num_queries(2):
        assert tell_of_slips(now=NOW) == 0
    one = count_queries(lambda: tell_of_slips(now=THURSDAY_0H))
    for _ in range(29):
        make_job(now=NOW, size="50ml")
    Order.objects.update(expected_on=FRIDAY)

    thirty = count_queries(lambda: tell_of_slips(now=THURSDAY_0H))

    assert thirty == one <= 10
    assert Slip.objects.count() == 31


def test_more_orders_than_a_batch_are_all_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders.lateness.BATCH", 2)
    for _ in range(5):
        make_job(now=NOW, size="50ml")

    assert tell_of_slips(now=THURSDAY_0H) == 5
    assert Order.objects.filter(expected_on=MONDAY).count() == 5


def test_the_periodic_work_tells_of_slips() -> None:
    make_job(now=NOW)

    do_periodic_work(now=THURSDAY_0H)
    do_periodic_work(now=THURSDAY_0H + 15 * SECOND)

    assert slips() == [(1, FRIDAY, MONDAY, "waiting")]
