"""Cancelling what is on the bench: the shop asks, the bench answers, and the order is settled once, either way."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from configurator.models import Component
from orders.cancelling import SHOPPER, TooLateError, ask_to_cancel, cancel_order
from orders.claiming import claim_jobs, expire_leases
from orders.foreseeing.remakes import remaking
from orders.handoff import hand_off
from orders.holds import release_hold
from orders.invariants import find_offences
from orders.making import complete_job, start_job
from orders.models import FeedEvent, Job, Order, OrderEvent, OutboxEntry
from orders.outbox import process_outbox
from orders.placing import Wish
from orders.remaking import CancellationOpenError, remake_job
from orders.staff_decisions import call_off, make_again
from orders.tracking import read_tracking
from tests.orders.fulfilment.api import Caller, as_json, everything
from tests.orders.mails import place
from tests.orders.make import MIX, STAFF, claim_only, copy_job, lease_of, lots_of, make_client, make_job
from tests.orders.stored import reserved

pytestmark = pytest.mark.usefixtures("catalogue")

S = Job.State


def ask(order: Order) -> None:
    assert ask_to_cancel(order, by=SHOPPER, now=timezone.now()) is True


def decide(caller: Caller, job: Job, decision: str, **more: Any) -> tuple[int, Any]:
    lease = str(lease_of(job).token)
    body = {"lease_token": lease, "decision": decision, **more}
    return caller.post(f"/jobs/{job.public_id}/cancellation", body, If_Match=caller.etag(job))


def two_jobs(caller: Caller, first: str, second: str = S.CLAIMED) -> tuple[Job, Job]:
    """Two jobs of one order, the first in state `first`, the second claimed or ready."""
    now = timezone.now()
    job = make_job(S.READY)
    copy_job(job, 1)
    other = Job.objects.exclude(pk=job.pk).get()
    claim_only(job, caller.key, lease_seconds=600, now=now)
    if first in (S.IN_PRODUCTION, S.PRODUCED):
        start_job(job.public_id, lease=lease_of(job), now=now)
    if first == S.PRODUCED:
        complete_job(job.public_id, lease=lease_of(job), batch="B1", lots=lots_of(job), now=now)
    if second == S.CLAIMED:
        claim_only(other, caller.key, lease_seconds=600, now=now)
    return Job.objects.get(pk=job.pk), Job.objects.get(pk=other.pk)


def two_lines(caller: Caller) -> tuple[Job, Job]:
    """Two claimed jobs of an order of two lines, with stock set aside for each."""
    now = timezone.now()
    order = place([Wish(recipe="shampoo", mix=MIX, size="250ml")] * 2, now=now)
    with transaction.atomic():
        hand_off(order, now)
    first, second = claim_jobs(caller.key, worker="w", max_jobs=2, lease_seconds=600, now=now)
    return first, second


def offences() -> list[str]:
    return [str(offence) for offence in find_offences(now=timezone.now())]


def states(*jobs: Job) -> list[tuple[str, str]]:
    rows = Job.objects.in_bulk([job.pk for job in jobs])
    return [(rows[job.pk].state, rows[job.pk].cancellation) for job in jobs]


def events() -> list[str]:
    return list(OrderEvent.objects.order_by("id").values_list("kind", flat=True))


def asked_for() -> set[str]:
    return set(OutboxEntry.objects.values_list("topic", flat=True)) & {"refund", "mail_cancelled"}


def feed(kind: str) -> list[Any]:
    return list(FeedEvent.objects.filter(kind=kind).order_by("id").values_list("job", "data"))


def test_asking_marks_every_job_of_the_order_and_tells_the_feed(caller: Caller) -> None:
    job, ready = two_jobs(caller, S.CLAIMED, S.READY)

    ask(job.order)

    assert states(job, ready) == [("claimed", "requested"), ("ready", "requested")]
    assert feed("job.cancellation_requested") == [(job.pk, {}), (ready.pk, {})]
    assert claim_jobs(caller.key, worker="w", max_jobs=5, lease_seconds=60, now=timezone.now()) == []
    assert caller.get(f"/jobs/{job.public_id}")[1]["cancellation"] == "requested"


@pytest.mark.parametrize(("state", "stock_left"), [("claimed", 100), ("in_production", 90)])
def test_an_accepted_cancellation_closes_the_order_with_its_money_back(
    caller: Caller, state: str, stock_left: int
) -> None:
    Component.objects.filter(slug="mend").update(stock_ml=100)
    job = make_job(state, client=caller.key)
    ask(job.order)

    status, shown = decide(caller, job, "accept", note="Poured away.")

    assert (status, shown["state"], shown["cancellation"]) == (200, "cancelled", "accepted")
    assert shown["cancellation_note"] == "Poured away."
    assert Order.objects.get().state == "cancelled"
    assert (events(), asked_for()) == (["cancel_asked", "cancelled"], {"refund", "mail_cancelled"})
    assert reserved() == {}
    assert Component.objects.get(slug="mend").stock_ml == stock_left  # goods begun are lost
    assert feed("job.cancellation_decided") == [(job.pk, {"decision": "accept"})]


def test_a_rejected_cancellation_lets_the_job_go_on_and_the_shopper_reads_it(caller: Caller) -> None:
    job = make_job(S.IN_PRODUCTION, client=caller.key)
    ask(job.order)

    status, shown = decide(caller, job, "reject", note="It is in the bottle.")

    assert (status, shown["state"], shown["cancellation"]) == (200, "in_production", "rejected")
    assert (events(), asked_for()) == (["cancel_asked", "cancel_refused"], set())
    lines = [line.text for line in read_tracking(Order.objects.get()).lines]
    assert lines[-1] == "It was too late to stop: your order goes on and comes to you."
    assert "bottle" not in lines[-1]
    assert caller.report(job, "complete", batch="B1", lots=as_json(lots_of(job)))[0] == 200
    assert events() == ["cancel_asked", "cancel_refused"]


def test_a_job_that_is_to_be_cancelled_is_not_started_until_that_is_answered(caller: Caller) -> None:
    job = make_job(S.CLAIMED, client=caller.key)
    ask(job.order)
    before = everything()

    status, problem = caller.report(job, "start")

    assert (status, problem["type"]) == (409, "/problems/cancellation-requested")
    assert problem["allowed_actions"] == ["cancellation", "release", "fail"]
    assert everything() == before
    decide(caller, job, "reject")
    assert caller.report(job, "start")[0] == 200


@pytest.mark.parametrize("decision", ["accept", "reject"])
def test_what_nobody_asked_for_is_not_decided(caller: Caller, decision: str) -> None:
    job = make_job(S.CLAIMED, client=caller.key)
    before = everything()

    status, problem = decide(caller, job, decision)

    assert (status, problem["type"]) == (409, "/problems/no-cancellation")
    assert problem["allowed_actions"] == ["start", "release", "fail"]
    assert everything() == before


def test_only_the_holder_of_the_lease_decides(caller: Caller) -> None:
    job = make_job(S.CLAIMED)
    ask(job.order)
    before = everything()

    status, problem = decide(caller, job, "accept")

    assert (status, problem["type"]) == (409, "/problems/lease-lost")
    assert everything() == before


def test_while_one_maker_has_not_answered_the_order_waits(caller: Caller) -> None:
    first, second = two_jobs(caller, S.IN_PRODUCTION)
    ask(first.order)

    decide(caller, first, "accept")
    assert states(first, second) == [("cancelled", "accepted"), ("claimed", "requested")]
    assert (events(), Order.objects.get().state) == (["cancel_asked"], "paid")

    decide(caller, second, "accept")
    assert states(first, second) == [("cancelled", "accepted"), ("cancelled", "accepted")]
    assert (events(), Order.objects.get().state) == (["cancel_asked", "cancelled"], "cancelled")


def test_what_nobody_had_taken_is_cancelled_with_the_rest(caller: Caller) -> None:
    job, ready = two_jobs(caller, S.CLAIMED, S.READY)
    ask(job.order)

    decide(caller, job, "accept")

    assert states(job, ready) == [("cancelled", "accepted"), ("cancelled", "accepted")]
    assert Order.objects.get().state == "cancelled"


def test_one_rejection_takes_the_wish_back_for_all_others(caller: Caller) -> None:
    first, second = two_jobs(caller, S.IN_PRODUCTION)
    ask(first.order)

    decide(caller, first, "reject")

    assert states(first, second) == [("in_production", "rejected"), ("claimed", "")]
    assert feed("job.cancellation_decided") == [
        (first.pk, {"decision": "reject"}),
        (second.pk, {"decision": "withdrawn"}),
    ]
    assert events() == ["cancel_asked", "cancel_refused"]
    assert caller.report(second, "start")[0] == 200


@pytest.mark.parametrize("stock", [1000, 1])
def test_what_was_cancelled_for_nothing_is_made_again(caller: Caller, stock: int) -> None:
    first, second = two_jobs(caller, S.IN_PRODUCTION)
    ask(first.order)
    decide(caller, first, "accept")
    if stock == 1:
        Component.objects.filter(slug="mend").update(stock_ml=stock)
    Component.objects.update(reserved_ml=0)

    decide(caller, second, "reject")
    decided = events()
    caller.report(second, "start")
    caller.report(second, "complete", batch="B1", lots=as_json(lots_of(second)))

    remake = Job.objects.get(remake_of=first)
    assert (remake.state, remake.version, remake.transitions.count()) == ("ready", 2, 2)
    assert (remake.snapshot, remake.line, remake.attempt) == (first.snapshot, first.line, 0)
    assert remake.on_hold is (stock == 1)
    assert events() == decided == ["cancel_asked", "cancel_refused"]  # settled once
    claimed = claim_jobs(caller.key, worker="w", max_jobs=5, lease_seconds=60, now=timezone.now())
    assert claimed == ([] if remake.on_hold else [remake])


def release(caller: Caller, job: Job, now: datetime) -> None:
    assert caller.report(job, "release")[1]["state"] == "cancelled"


def fail_for_now(caller: Caller, job: Job, now: datetime) -> None:
    assert caller.report(job, "fail", retryable=True, code="other")[1]["state"] == "cancelled"


def fail_for_good(caller: Caller, job: Job, now: datetime) -> None:
    assert caller.report(job, "fail", retryable=False, code="damaged")[1]["state"] == "cancelled"


def fall_silent(caller: Caller, job: Job, now: datetime) -> None:
    assert expire_leases(now) == 1


@pytest.mark.parametrize("leave", [release, fail_for_now, fail_for_good, fall_silent])
def test_however_the_last_job_leaves_the_bench_the_order_is_closed(caller: Caller, leave: Any) -> None:
    job = make_job(S.CLAIMED, client=caller.key, lease_seconds=600)
    ask(job.order)

    leave(caller, job, timezone.now() + timedelta(seconds=601))

    assert states(job) == [("cancelled", "accepted")]
    assert (Order.objects.get().state, reserved()) == ("cancelled", {})
    assert (events(), asked_for()) == (["cancel_asked", "cancelled"], {"refund", "mail_cancelled"})


def test_a_maker_that_falls_silent_in_production_is_waited_for_until_staff_call_it_off(
    caller: Caller,
) -> None:
    job = make_job(S.IN_PRODUCTION, client=caller.key, lease_seconds=60)
    ask(job.order)
    late = timezone.now() + timedelta(seconds=61)
    expire_leases(late)
    assert (states(job), events()) == ([("in_production", "requested")], ["cancel_asked"])

    call_off(Job.objects.get(), by="Grace", now=late)

    assert (states(job), events()) == ([("cancelled", "accepted")], ["cancel_asked", "cancelled"])


def test_completing_is_a_rejection(caller: Caller) -> None:
    first, second = two_jobs(caller, S.IN_PRODUCTION)
    ask(first.order)

    status, shown = caller.report(first, "complete", batch="B1", lots=as_json(lots_of(first)))

    assert (status, shown["state"], shown["cancellation"]) == (200, "produced", "rejected")
    assert states(first, second) == [("produced", "rejected"), ("claimed", "")]
    assert events() == ["cancel_asked", "cancel_refused"]


def test_where_a_bottle_is_made_already_the_bench_is_not_asked_to_throw_others_away(caller: Caller) -> None:
    first, second = two_jobs(caller, S.PRODUCED)

    ask(first.order)

    assert states(first, second) == [("produced", ""), ("claimed", "")]
    assert (events(), feed("job.cancellation_requested")) == (["cancel_asked"], [])


@pytest.mark.parametrize("way", ["release", "expiry", "failure"])
def test_a_job_that_is_ready_again_after_a_rejection_can_be_claimed(caller: Caller, way: str) -> None:
    job = make_job(S.CLAIMED, client=caller.key, lease_seconds=600)
    ask(job.order)
    decide(caller, job, "reject")
    late = timezone.now() + timedelta(seconds=601)

    if way == "release":
        caller.report(job, "release")
    elif way == "expiry":
        expire_leases(late)
    else:
        caller.report(job, "fail", retryable=False, code="damaged")
        make_again(Job.objects.get(), by="Grace", now=late)

    assert states(job) == [("ready", "")]
    assert claim_jobs(make_client().row, worker="b", max_jobs=1, lease_seconds=60, now=late) == [job]


def test_staff_cannot_cancel_over_the_benchs_head_while_it_is_asked(caller: Caller) -> None:
    job = make_job(S.CLAIMED, client=caller.key)
    ask(job.order)
    before = everything()

    with pytest.raises(TooLateError):
        cancel_order(job.order, by=STAFF, now=timezone.now())

    assert everything() == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"decision": "maybe"}, "decision"), ({"decision": None}, "decision"), ({"note": 1}, "note")],
)
def test_a_wrong_field_is_named(caller: Caller, wrong: dict[str, Any], field: str) -> None:
    job = make_job(S.CLAIMED, client=caller.key)
    ask(job.order)
    before = everything()

    status, problem = decide(caller, job, **{"decision": "accept", **wrong})

    assert (status, [error["field"] for error in problem["errors"]]) == (422, [field])
    assert everything() == before


@pytest.mark.parametrize("decision", ["accept", "reject"])
def test_nothing_is_made_anew_while_the_bench_is_asked_to_stop(caller: Caller, decision: str) -> None:
    """Else the new job, which nobody is asked to stop, would go on in a cancelled order."""
    first, second = two_lines(caller)
    caller.report(first, "start")
    caller.report(second, "fail", retryable=False, code="damaged")
    ask(first.order)
    failed = Job.objects.select_related("order", "line__version").get(pk=second.pk)
    before = everything()

    with pytest.raises(CancellationOpenError):
        remake_job(failed, reason="it broke", by="Grace", now=timezone.now())

    assert everything() == before
    [told] = remaking([failed])
    assert (told.happens, "the makers are asked to cancel it" in told.says) == (False, True)
    decide(caller, first, decision)
    if decision == "accept":
        assert states(first, second) == [("cancelled", "accepted")] * 2
        assert (Order.objects.get().state, Job.objects.count()) == ("cancelled", 2)
    else:
        anew = remake_job(failed, reason="it broke", by="Grace", now=timezone.now())
        assert (anew.state, Order.objects.get().state) == ("pending", "paid")
    assert offences() == []


def test_an_order_is_not_closed_while_a_job_is_in_hand_that_nobody_was_asked_about(caller: Caller) -> None:
    first, second = two_jobs(caller, S.IN_PRODUCTION)
    ask(first.order)
    Job.objects.filter(pk=second.pk).update(cancellation="")

    decide(caller, first, "accept")

    assert states(first, second) == [("cancelled", "accepted"), ("claimed", "")]
    assert (events(), asked_for(), Order.objects.get().state) == (["cancel_asked"], set(), "paid")
    assert caller.report(second, "release")[1]["state"] == "cancelled"
    assert (events(), Order.objects.get().state) == (["cancel_asked", "cancelled"], "cancelled")


@pytest.mark.parametrize("refuse", ["reject", "complete"])
def test_a_refusal_is_told_by_one_mail(
    caller: Caller, mailoutbox: list[EmailMultiAlternatives], refuse: str
) -> None:
    job, other = two_lines(caller)
    caller.report(job, "start")
    ask(job.order)
    assert not OutboxEntry.objects.filter(topic="mail_cancel_refused").exists()

    if refuse == "reject":
        decide(caller, job, "reject")
    caller.report(job, "complete", batch="B1", lots=as_json(lots_of(job)))
    caller.report(other, "release")
    entry = OutboxEntry.objects.get(topic="mail_cancel_refused")
    for _ in range(2):
        process_outbox(entry.pk, now=timezone.now())

    assert [mail.subject for mail in mailoutbox] == [
        f"Order {job.order.number} goes on: it was too late to stop"
    ]


def test_an_accepted_cancellation_tells_of_no_refusal(caller: Caller) -> None:
    job = make_job(S.CLAIMED, client=caller.key)
    ask(job.order)

    decide(caller, job, "accept")

    assert not OutboxEntry.objects.filter(topic="mail_cancel_refused").exists()


def test_what_is_made_again_without_enough_for_it_waits_and_takes_nothing_of_others(caller: Caller) -> None:
    def mend() -> Any:
        return Component.objects.values_list("stock_ml", "reserved_ml").get(slug="mend")

    Component.objects.filter(slug="mend").update(stock_ml=20)  # enough for two bottles
    first, second = two_lines(caller)
    caller.report(first, "start")
    ask(first.order)
    decide(caller, first, "accept")
    assert mend() == (10, 10)

    decide(caller, second, "reject")

    remake = Job.objects.get(remake_of=first)
    hold = remake.holds.get()
    assert (remake.on_hold, hold.reason, hold.note) == (True, "stock", "There is not enough Mend left.")
    assert (mend(), offences()) == ((10, 20), [])
    Component.objects.filter(slug="mend").update(stock_ml=20)
    release_hold(hold.public_id, job_id=remake.public_id, by=STAFF, now=timezone.now())
    assert claim_jobs(caller.key, worker="w", max_jobs=1, lease_seconds=60, now=timezone.now()) == [remake]
    for job in (remake, second):
        caller.report(job, "start")
        caller.report(job, "complete", batch="B1", lots=as_json(lots_of(job)))
    assert (mend(), offences()) == ((0, 0), [])
