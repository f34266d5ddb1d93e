"""The feed over the API: in order, once each, a client's own only, and no word about persons."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from orders.address_changes import Address, correct_address
from orders.feed import begin_feed_anew, number_events, prune_feed
from orders.fulfilment.waiting import wait_until
from orders.holds import place_hold, release_hold
from orders.invariants import find_offences
from orders.models import FeedEvent, FeedState, Hold, Job, JobTransition
from tests.orders.fulfilment.api import Caller, everything
from tests.orders.make import ADA, STAFF, make_client, make_job, make_order

pytestmark = pytest.mark.usefixtures("catalogue")

S = Job.State


def seqs(answer: dict[str, Any]) -> list[int]:
    return [event["seq"] for event in answer["events"]]


def test_an_empty_feed_begins_at_nothing(caller: Caller) -> None:
    assert caller.get("/events") == (200, {"events": [], "last_seq": 0, "next_after": 0, "has_more": False})


def test_each_step_of_a_job_is_an_event_in_its_order(caller: Caller) -> None:
    job = make_job(S.SHIPPED, client=caller.key)

    status, answer = caller.get("/events")

    assert status == 200
    moves = [(event["data"]["from"], event["data"]["to"]) for event in answer["events"]]
    assert moves == [
        (None, "pending"),
        ("pending", "ready"),
        ("ready", "claimed"),
        ("claimed", "in_production"),
        ("in_production", "produced"),
        ("produced", "shipped"),
    ]
    assert seqs(answer) == [1, 2, 3, 4, 5, 6]
    assert {event["type"] for event in answer["events"]} == {"job.moved"}
    assert {(event["job"], event["order"]) for event in answer["events"]} == {
        (str(job.public_id), job.order.number)
    }
    assert (answer["last_seq"], answer["next_after"], answer["has_more"]) == (6, 6, False)
    first = JobTransition.objects.earliest("id").at
    assert answer["events"][0]["at"] == first.isoformat().replace("+00:00", "Z")


def test_holds_and_a_corrected_address_are_events(caller: Caller) -> None:
    job = make_job()
    after = caller.get("/events")[1]["next_after"]
    hold = place_hold(
        job.public_id, reason=Hold.Reason.QUALITY, note="Ada rang", by=STAFF, now=timezone.now()
    )
    release_hold(hold.public_id, job_id=job.public_id, by=STAFF, now=timezone.now())
    address = Address(
        full_name="Ada King", postcode="LS2", address_line1="1 New Road", address_line2="", town="Hull"
    )
    correct_address(job.order, address=address, by=STAFF, now=timezone.now())

    events = caller.get("/events", after=after)[1]["events"]

    assert [(event["type"], event["job"], event["data"]) for event in events] == [
        ("job.held", str(job.public_id), {"hold": str(hold.public_id), "reason": "quality"}),
        ("job.hold_released", str(job.public_id), {"hold": str(hold.public_id)}),
        ("order.address_corrected", None, {}),
    ]
    assert {event["order"] for event in events} == {job.order.number}


def test_the_same_address_again_is_no_event(caller: Caller) -> None:
    order = make_order(paid=True)
    number_events()
    same = Address(
        full_name=ADA.full_name, postcode=ADA.postcode, address_line1=ADA.address_line1,
        address_line2=ADA.address_line2, town=ADA.town,
    )  # fmt: skip

    assert correct_address(order, address=same, by=STAFF, now=timezone.now()) is False

    assert not FeedEvent.objects.filter(kind=FeedEvent.Kind.ADDRESS).exists()


def test_pages_follow_one_another_without_gap_or_repeat(caller: Caller) -> None:
    make_job(S.SHIPPED, client=caller.key)

    _, first = caller.get("/events", limit=4)
    _, second = caller.get("/events", limit=4, after=first["next_after"])
    _, third = caller.get("/events", limit=4, after=second["next_after"])

    assert [seqs(page) for page in (first, second, third)] == [[1, 2, 3, 4], [5, 6], []]
    assert [page["has_more"] for page in (first, second, third)] == [True, False, False]
    assert [page["next_after"] for page in (first, second, third)] == [4, 6, 6]
    assert {page["last_seq"] for page in (first, second, third)} == {6}


def test_a_page_has_100_events_unless_asked(caller: Caller) -> None:
    fill_feed(130)

    assert len(caller.get("/events")[1]["events"]) == 100
    assert len(caller.get("/events", limit=1000)[1]["events"]) == 131


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": 0}, "limit"), ({"limit": 1001}, "limit"), ({"limit": "x"}, "limit"),
        ({"after": -1}, "after"), ({"after": "x"}, "after"), ({"after": 2**63}, "after"), ({"since": 1}, "since"),
    ],
)  # fmt: skip
def test_a_query_that_makes_no_sense_is_refused(caller: Caller, query: dict[str, Any], field: str) -> None:
    status, problem = caller.get("/events", **query)

    assert (status, problem["errors"][0]["field"]) == (422, field)


def test_a_cursor_beyond_the_end_is_refused(caller: Caller) -> None:
    make_order(paid=True)

    status, problem = caller.get("/events", after=2)

    assert (status, problem["errors"]) == (422, [{"field": "after", "message": "The last event is 1."}])


def test_what_is_not_of_a_client_moves_its_cursor_all_the_same(caller: Caller) -> None:
    make_order(paid=True)
    tester = Caller(make_client(is_test=True))

    _, answer = tester.get("/events")

    assert answer == {"events": [], "last_seq": 1, "next_after": 1, "has_more": False}


def test_a_test_key_reads_its_own_sandbox_and_a_live_key_none(caller: Caller) -> None:
    testers = [Caller(make_client(is_test=True)) for _ in range(2)]
    live = make_order(paid=True)
    for tester in testers:
        FeedEvent.objects.create(
            kind=FeedEvent.Kind.MOVED, order=live, sandbox=tester.key, data={}, at=timezone.now()
        )

    assert seqs(caller.get("/events")[1]) == [1]
    assert [seqs(tester.get("/events")[1]) for tester in testers] == [[2], [3]]


def test_events_hold_no_personal_data(caller: Caller) -> None:
    canary = "Zebulon"
    customer = type(ADA)(
        email=f"{canary}@example.org", full_name=f"{canary} X", postcode=canary, address_line1=f"1 {canary} Way",
        address_line2=canary, town=canary,
    )  # fmt: skip
    job = make_job(S.SHIPPED, client=caller.key, customer=customer, label_name=canary)
    place_first = make_job(customer=customer)
    place_hold(place_first.public_id, reason=Hold.Reason.ADDRESS, note=canary, by=STAFF, now=timezone.now())
    address = Address(
        full_name=canary, postcode=canary, address_line1=canary, address_line2=canary, town=f"New {canary}"
    )
    correct_address(place_first.order, address=address, by=STAFF, now=timezone.now())

    _, answer = caller.get("/events")

    assert job.order.number in json.dumps(answer)
    assert canary not in json.dumps(answer)
    assert canary not in json.dumps(list(FeedEvent.objects.values()), default=str)


def test_a_reader_may_wait_for_the_next_event(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    make_order(paid=True)
    waited: list[float] = []

    def order_meanwhile(seconds: float) -> None:
        waited.append(seconds)
        make_order(paid=True)

    monkeypatch.setattr("orders.fulfilment.events.wait_until", partial(wait_until, sleep=order_meanwhile))

    _, at_once = caller.get("/events", after=0, wait_seconds=20)
    _, later = caller.get("/events", after=1, wait_seconds=20)

    assert (seqs(at_once), seqs(later), len(waited)) == ([1], [2], 1)


@pytest.mark.parametrize("seconds", [-1, 21, "x"])
def test_nobody_waits_for_longer_than_20_seconds(caller: Caller, seconds: Any) -> None:
    status, problem = caller.get("/events", wait_seconds=seconds)

    assert (status, problem["errors"][0]["field"]) == (422, "wait_seconds")


# Forgetting ---------------------------------------------------------------------------------------------------------


def fill_feed(count: int, *, at: datetime | None = None) -> None:
    """An order and so many more events of it."""
    order = make_order(paid=True)
    FeedEvent.objects.bulk_create(
        FeedEvent(kind=FeedEvent.Kind.ADDRESS, order=order, at=at or timezone.now()) for _ in range(count)
    )
    number_events()


def test_events_are_kept_for_30_days() -> None:
    now = timezone.now()
    fill_feed(3, at=now - timedelta(days=30))
    before = everything()

    assert prune_feed(now=now - timedelta(seconds=1)) == 0

    assert everything() == before


def test_old_events_are_forgotten_in_batches_and_the_last_number_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("orders.feed.PRUNED_AT_ONCE", 2)
    now = timezone.now()
    fill_feed(5, at=now - timedelta(days=31))
    FeedEvent.objects.filter(seq=1).update(at=now - timedelta(days=32))
    fill_feed(2)

    assert prune_feed(now=now) == 6
    assert prune_feed(now=now) == 0

    assert list(FeedEvent.objects.order_by("seq").values_list("seq", flat=True)) == [7, 8, 9]
    assert FeedState.objects.values_list("pruned_to", "last_seq").get() == (6, 9)


def test_one_go_forgets_no_more_than_so_many_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders.feed.PRUNED_AT_ONCE", 1)
    monkeypatch.setattr("orders.feed.PRUNED_AT_MOST", 2)
    fill_feed(5, at=timezone.now() - timedelta(days=31))
    FeedEvent.objects.update(at=timezone.now() - timedelta(days=31))

    assert prune_feed(now=timezone.now()) == 2


def test_an_event_without_a_number_is_never_forgotten() -> None:
    make_order(paid=True, now=timezone.now() - timedelta(days=40))

    assert prune_feed(now=timezone.now()) == 0

    assert FeedEvent.objects.count() == 1


def test_a_cursor_whose_next_events_are_forgotten_is_told_to_read_the_jobs_again(caller: Caller) -> None:
    fill_feed(3, at=timezone.now() - timedelta(days=31))
    FeedEvent.objects.update(at=timezone.now() - timedelta(days=31))
    fill_feed(1)
    prune_feed(now=timezone.now())

    status, problem = caller.get("/events", after=3)

    assert (status, problem["type"]) == (410, "/problems/cursor-expired")
    assert (problem["resync"], problem["pruned_to"]) == ("/api/fulfilment/v1/jobs", 4)
    assert [caller.get("/events", after=after)[0] for after in (0, 4, 5)] == [410, 200, 200]
    assert seqs(caller.get("/events", after=4)[1]) == seqs(caller.get("/events")[1]) == [5, 6]


# Numbering ----------------------------------------------------------------------------------------------------------


def test_numbers_are_given_once_in_the_order_of_the_rows() -> None:
    make_order(paid=True)
    assert [number_events(), number_events()] == [1, 1]
    fill_feed(3)

    assert number_events() == 5
    by_id = FeedEvent.objects.order_by("id").values_list("seq", flat=True)
    assert list(by_id) == [1, 2, 3, 4, 5]


def test_a_thousand_events_are_numbered_by_one_update(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    order = make_order(paid=True)
    number_events()
    FeedEvent.objects.bulk_create(
        FeedEvent(kind=FeedEvent.Kind.ADDRESS, order=order, at=timezone.now()) for _ in range(999)
    )

    with django_assert_num_queries(6):  # are there any; savepoint; lock; number; count; release
        assert number_events() == 1000


def test_more_than_fits_in_one_go_is_numbered_in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders.feed.NUMBERED_AT_ONCE", 2)
    order = make_order(paid=True)
    FeedEvent.objects.bulk_create(
        FeedEvent(kind=FeedEvent.Kind.ADDRESS, order=order, at=timezone.now()) for _ in range(4)
    )

    assert number_events() == 5
    assert list(FeedEvent.objects.order_by("id").values_list("seq", flat=True)) == [1, 2, 3, 4, 5]


# Begun anew ---------------------------------------------------------------------------------------------------------

RESTORED_AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
BEGINNING = 1_795_348_800_000  # its milliseconds since 1970


def test_after_a_restore_every_cursor_from_before_is_told_to_read_the_jobs_again(caller: Caller) -> None:
    fill_feed(4)
    backed_up, lost = 5, 8  # three more events came after the backup

    assert begin_feed_anew(now=RESTORED_AT) == BEGINNING

    for cursor in (0, backed_up - 1, backed_up, backed_up + 1, lost):
        status, problem = caller.get("/events", after=cursor)
        assert (status, problem["type"], problem["resync"]) == (
            410, "/problems/cursor-expired", "/api/fulfilment/v1/jobs",
        )  # fmt: skip
        assert problem["pruned_to"] == BEGINNING


def test_after_a_restore_the_events_are_there_in_their_order_and_the_next_come_after_them(
    caller: Caller,
) -> None:
    make_job(S.SHIPPED, client=caller.key)
    _, before = caller.get("/events")

    begin_feed_anew(now=RESTORED_AT)

    _, after = caller.get("/events")
    assert seqs(after) == [BEGINNING + number for number in range(1, 7)]
    assert after["last_seq"] == after["next_after"] == BEGINNING + 6
    assert [event["data"] for event in after["events"]] == [event["data"] for event in before["events"]]
    make_order(paid=True)
    assert seqs(caller.get("/events", after=after["next_after"])[1]) == [BEGINNING + 7]
    assert caller.get("/events", after=BEGINNING)[1]["events"][0]["seq"] == BEGINNING + 1
    assert caller.get("/events", after=BEGINNING + 8)[0] == 422


def test_what_was_not_numbered_yet_is_numbered_after_the_new_beginning() -> None:
    make_order(paid=True)

    begin_feed_anew(now=RESTORED_AT)

    assert number_events() == BEGINNING + 1
    assert FeedState.objects.values_list("pruned_to", "last_seq").get() == (BEGINNING, BEGINNING + 1)


def test_the_same_backup_restored_twice_begins_above_what_was_counted_after_the_first(caller: Caller) -> None:
    fill_feed(2)
    begin_feed_anew(now=RESTORED_AT)
    _, first = caller.get("/events")
    FeedEvent.objects.all().delete()
    FeedState.objects.update(last_seq=3, pruned_to=3)

    begin_feed_anew(now=RESTORED_AT + timedelta(minutes=5))

    assert caller.get("/events", after=first["next_after"])[0] == 410


@pytest.mark.parametrize("at_once", [10_000, 2])
def test_a_clock_that_is_behind_takes_nobody_back(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr("orders.feed.MOVED_AT_ONCE", at_once)
    fill_feed(4)

    assert begin_feed_anew(now=datetime(1970, 1, 1, tzinfo=UTC)) == 5

    assert list(FeedEvent.objects.order_by("id").values_list("seq", flat=True)) == [6, 7, 8, 9, 10]
    assert FeedState.objects.values_list("pruned_to", "last_seq").get() == (5, 10)


def feed_offences(now: datetime) -> list[str]:
    return [str(offence) for offence in find_offences(now=now) if offence.check == "the feed is whole"]


@pytest.mark.parametrize("days_old", [0, 31])
def test_the_invariants_hold_for_a_feed_that_was_begun_anew(days_old: int) -> None:
    now = timezone.now()
    make_job(S.SHIPPED, now=now - timedelta(days=days_old))
    number_events()
    prune_feed(now=now)

    begin_feed_anew(now=now)

    assert feed_offences(now) == []
    make_order(paid=True)
    number_events()
    assert feed_offences(now) == []


def test_the_command_says_where_the_feed_begins(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("begin_feed_anew")

    beginning = FeedState.objects.values_list("pruned_to", flat=True).get()
    assert f"Events have numbers above {beginning};" in capsys.readouterr().out
    assert beginning > BEGINNING - 10**12
