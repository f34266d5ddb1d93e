"""Holds, cancellations, claims and reports at the same moment: never both, and never half."""

from collections import Counter
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from django.utils import timezone

from orders.cancelling import SHOPPER, ask_to_cancel
from orders.claiming import claim_jobs, expire_leases, reclaim_job
from orders.holds import place_hold
from orders.idempotency import Answer, KeyInFlightError, answer_once
from orders.jobs import WrongStateError
from orders.making import complete_job, decide_cancellation
from orders.models import FeedEvent, IdempotentAnswer, Job, JobTransition, OrderEvent
from orders.staff_decisions import call_off
from tests.length import long_or_short
from tests.orders.make import STAFF, copy_job, lease_of, lots_of, make_client, make_job
from tests.orders.racing import EvenRace, do_alone, do_at_once, shop_on_file

pytestmark = pytest.mark.usefixtures("catalogue")

RUNS = long_or_short(200, 50)
NOW = timezone.now()


def read(job: Job) -> tuple[str, str, str, list[str], list[str]]:
    """State and cancellation of a job, state of its order, what happened to the order, and the feed of the job."""
    found = Job.objects.select_related("order").get(pk=job.pk)
    told = FeedEvent.objects.filter(job=job).order_by("id").values_list("kind", "transition__to_state")
    return (
        found.state,
        found.cancellation,
        found.order.state,
        list(OrderEvent.objects.filter(order=found.order).order_by("id").values_list("kind", flat=True)),
        [to_state or kind for kind, to_state in told],
    )


def open_for_claims(job: Job) -> None:
    Job.objects.update(on_hold=True)
    Job.objects.filter(pk=job.pk).update(on_hold=False)


def test_of_a_hold_and_a_claim_at_once_no_held_job_is_claimed_in_many_random_runs(tmp_path: Path) -> None:
    client, races, first = make_client().row, EvenRace(22), Counter[str]()
    jobs = [make_job("ready", now=NOW) for _ in range(RUNS)]

    with shop_on_file(tmp_path):
        for job in jobs:
            do_alone(partial(open_for_claims, job))
            hold = partial(place_hold, job.public_id, reason="other", by=STAFF, now=NOW)
            claim = partial(claim_jobs, client, worker="w", max_jobs=1, lease_seconds=600, now=NOW)
            held, claimed = races.run(hold, claim)
            state, _cancellation, _order, _events, told = do_alone(partial(read, job))
            assert held.job == job
            if claimed:
                assert (state, told[2:]) == ("claimed", ["claimed", "job.held"])  # in this order
            else:
                assert (state, told[2:]) == ("ready", ["job.held"])
            first["claim" if claimed else "hold"] += 1
            races.was_won_by(1 if claimed else 0)

    assert min(first.values()) >= 10  # else this was no race


def test_of_a_wish_to_cancel_and_a_claim_at_once_either_it_is_cancelled_or_the_bench_is_asked(
    tmp_path: Path,
) -> None:
    client, races, first = make_client().row, EvenRace(23), Counter[str]()
    jobs = [make_job("ready", now=NOW) for _ in range(RUNS)]

    with shop_on_file(tmp_path):
        for job in jobs:
            do_alone(partial(open_for_claims, job))
            ask = partial(ask_to_cancel, job.order, by=SHOPPER, now=NOW)
            claim = partial(claim_jobs, client, worker="w", max_jobs=1, lease_seconds=600, now=NOW)
            asked, claimed = races.run(ask, claim)
            state, cancellation, order, events, _told = do_alone(partial(read, job))
            assert asked is True
            if claimed:
                assert (state, cancellation, order) == ("claimed", "requested", "paid")
                assert events == ["cancel_asked"]
            else:
                assert (state, cancellation, order, events) == ("cancelled", "", "cancelled", ["cancelled"])
            first["claim" if claimed else "cancel"] += 1
            races.was_won_by(1 if claimed else 0)

    assert min(first.values()) >= 10


def test_of_an_accepted_cancellation_and_a_completion_at_once_only_one_happens(tmp_path: Path) -> None:
    races, first = EvenRace(24), Counter[str]()
    client = make_client().row
    jobs = [make_job("in_production", client=client, now=NOW) for _ in range(40)]
    for job in jobs:
        ask_to_cancel(job.order, by=SHOPPER, now=NOW)

    with shop_on_file(tmp_path):
        for job in jobs:
            lease, lots = do_alone(partial(lease_of, job)), lots_of(job)
            done = partial(complete_job, job.public_id, lease=lease, batch="B1", lots=lots, now=NOW)
            accept = partial(decide_cancellation, job.public_id, lease=lease, accept=True, now=NOW)
            accepted, completed = races.run(accept, done)
            state, cancellation, order, events, _told = do_alone(partial(read, job))
            if isinstance(completed, Job):
                assert isinstance(accepted, WrongStateError)
                assert (state, cancellation, order) == ("produced", "rejected", "paid")
                assert events == ["cancel_asked", "cancel_refused"]
            else:
                assert (state, cancellation, order) == ("cancelled", "accepted", "cancelled")
                assert events == ["cancel_asked", "cancelled"]
            first[state] += 1
            races.was_won_by(1 if state == "produced" else 0)

    assert sum(first.values()) == 40
    assert len(first) == 2


def test_two_answers_for_one_order_at_once_settle_it_once(tmp_path: Path) -> None:
    client = make_client().row
    pairs: list[list[Job]] = []
    for _ in range(20):
        job = make_job("ready", now=NOW)
        copy_job(job, 1)
        both = claim_jobs(client, worker="w", max_jobs=2, lease_seconds=600, now=NOW)
        ask_to_cancel(job.order, by=SHOPPER, now=NOW)
        pairs.append(both)

    with shop_on_file(tmp_path):
        for both in pairs:
            leases = [do_alone(partial(lease_of, job)) for job in both]
            do_at_once(
                [
                    partial(decide_cancellation, job.public_id, lease=lease, accept=True, now=NOW)
                    for job, lease in zip(both, leases, strict=True)
                ]
            )
            found = [do_alone(partial(read, job)) for job in both]
            assert [row[:3] for row in found] == [("cancelled", "accepted", "cancelled")] * 2
            assert found[0][3] == ["cancel_asked", "cancelled"]


def test_eight_requests_with_one_key_at_once_do_it_once_and_get_one_answer(tmp_path: Path) -> None:
    client = make_client().row
    for _ in range(8):
        make_job("ready", now=NOW)

    def claim() -> str:
        [job] = claim_jobs(client, worker="w", max_jobs=1, lease_seconds=600, now=NOW)
        return str(job.lease_token)

    ask = partial(answer_once, client, key="k", request_sha256="0" * 64, work=claim, now=NOW)
    with shop_on_file(tmp_path):
        answers = do_at_once([ask] * 8)
        claims = do_alone(JobTransition.objects.filter(to_state="claimed").count)
        stored = do_alone(IdempotentAnswer.objects.count)

    bodies = {answer.body for answer in answers if isinstance(answer, Answer)}
    assert (claims, stored, len(bodies)) == (1, 1, 1)
    told = [answer.is_replay for answer in answers if isinstance(answer, Answer)]
    in_flight = sum(
        isinstance(answer, KeyInFlightError) for answer in answers
    )  # SQLite has them wait instead
    assert (told.count(False), told.count(True) + in_flight) == (1, 7)


def test_of_eight_that_reclaim_at_once_one_gets_the_job(tmp_path: Path) -> None:
    client = make_client().row
    job = make_job("in_production", lease_seconds=60, now=NOW)
    late = NOW + timedelta(seconds=61)

    with shop_on_file(tmp_path):
        again = partial(reclaim_job, client, job.public_id, worker="w", lease_seconds=600, now=late)
        outcomes = do_at_once([again] * 8)

    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Job": 1, "WrongStateError": 7}


def test_of_a_reclaim_and_a_call_off_at_once_only_one_happens(tmp_path: Path) -> None:
    client, races, first = make_client().row, EvenRace(25), Counter[str]()
    for _ in range(40):
        make_job("in_production", lease_seconds=60, now=NOW)
    late = NOW + timedelta(seconds=61)
    expire_leases(late)
    lapsed = list(Job.objects.filter(lapsed=True).order_by("pk"))  # as staff have them on their page

    with shop_on_file(tmp_path):
        for job in lapsed:
            again = partial(reclaim_job, client, job.public_id, worker="w", lease_seconds=600, now=late)
            reclaimed, called_off = races.run(again, partial(call_off, job, by="Grace", now=late))
            state = do_alone(partial(read, job))[0]
            if isinstance(reclaimed, Job):
                assert isinstance(called_off, WrongStateError)
                assert state == "in_production"
            else:
                assert isinstance(called_off, Job)
                assert state == "failed"
            first[state] += 1
            races.was_won_by(0 if isinstance(reclaimed, Job) else 1)

    assert sum(first.values()) == 40
    assert len(first) == 2
