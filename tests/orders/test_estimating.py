"""The estimate of an order: from stored events, the planned day and the bench as it is."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configurator.bench import Bench, Day
from configurator.delivery import add_working_days, is_working_day
from orders.estimating import Estimate, JobFacts, arrival_as_planned, estimate
from orders.models import Job, Slip

S, R = Job.State, Slip.Reason
BENCH = Bench(making_days=2, carrier_days=2)
MONDAY = date(2026, 3, 2)
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = (MONDAY + timedelta(days=n) for n in range(1, 6))
MONDAY_AFTER, TUESDAY_AFTER, WEDNESDAY_AFTER = (MONDAY + timedelta(days=n) for n in (7, 8, 9))


def job(state: str, **facts: object) -> JobFacts:
    return JobFacts(state=state, **facts)  # type: ignore[arg-type]


READY, HELD = job(S.READY), job(S.READY, on_hold=True)


@pytest.mark.parametrize(
    ("state", "today", "arrives_on", "reason"),
    [
        (job(S.PENDING), MONDAY, FRIDAY, R.WAITING),
        (READY, MONDAY, FRIDAY, R.WAITING),
        (READY, WEDNESDAY, FRIDAY, R.WAITING),
        (READY, THURSDAY, MONDAY_AFTER, R.WAITING),
        (READY, SATURDAY, WEDNESDAY_AFTER, R.WAITING),
        (job(S.CLAIMED), MONDAY, WEDNESDAY, R.SLOW),
        (job(S.CLAIMED), THURSDAY, MONDAY_AFTER, R.SLOW),
        (job(S.IN_PRODUCTION), TUESDAY, THURSDAY, R.SLOW),
        (job(S.IN_PRODUCTION), FRIDAY, TUESDAY_AFTER, R.SLOW),
        (job(S.PRODUCED), WEDNESDAY, FRIDAY, R.SLOW),
        (job(S.PRODUCED), SATURDAY, WEDNESDAY_AFTER, R.SLOW),
        (job(S.FAILED), MONDAY, FRIDAY, R.FAILED),
        (job(S.FAILED), TUESDAY, MONDAY_AFTER, R.FAILED),
        (HELD, MONDAY, FRIDAY, R.HELD),
        (HELD, TUESDAY, MONDAY_AFTER, R.HELD),
        (job(S.PENDING, on_hold=True), TUESDAY, MONDAY_AFTER, R.HELD),
        (job(S.SHIPPED, shipped_on=WEDNESDAY), FRIDAY, FRIDAY, R.SLOW),
        (job(S.SHIPPED, shipped_on=SATURDAY), TUESDAY_AFTER, WEDNESDAY_AFTER, R.SLOW),
        (job(S.SHIPPED, shipped_on=FRIDAY), WEDNESDAY, FRIDAY, R.SLOW),  # a clock that runs ahead
        (job(S.READY, remade_since=THURSDAY), THURSDAY, WEDNESDAY_AFTER, R.FAILED),
        (job(S.READY, remade_since=MONDAY), THURSDAY, MONDAY_AFTER, R.FAILED),
        (job(S.READY, remade_since=MONDAY, on_hold=True), WEDNESDAY, TUESDAY_AFTER, R.HELD),
    ],
)  # fmt: skip
def test_an_order_planned_for_wednesday_arrives(
    state: JobFacts, today: date, arrives_on: date, reason: Slip.Reason
) -> None:
    assert estimate(WEDNESDAY, [state], bench=BENCH, today=today) == Estimate(arrives_on, reason)


def test_what_is_held_is_not_made_before_its_planned_day() -> None:
    assert estimate(FRIDAY, [HELD], bench=BENCH, today=MONDAY) == Estimate(TUESDAY_AFTER, R.HELD)


def test_on_closed_days_nothing_is_made_and_nothing_leaves() -> None:
    closed = replace(BENCH, days={WEDNESDAY: Day(is_closed=True), THURSDAY: Day(is_closed=True)})

    assert estimate(WEDNESDAY, [READY], bench=closed, today=MONDAY) == Estimate(TUESDAY_AFTER, R.WAITING)
    for state in (S.IN_PRODUCTION, S.PRODUCED):
        assert estimate(WEDNESDAY, [job(state)], bench=closed, today=WEDNESDAY) == Estimate(
            TUESDAY_AFTER, R.SLOW
        )


def test_a_carrier_works_on_days_on_which_the_bench_is_closed() -> None:
    closed = replace(BENCH, days={THURSDAY: Day(is_closed=True)})

    assert estimate(WEDNESDAY, [READY], bench=closed, today=WEDNESDAY) == Estimate(FRIDAY, R.WAITING)


def test_an_order_arrives_with_its_last_job_and_is_late_by_the_gravest_reason() -> None:
    shipped = job(S.SHIPPED, shipped_on=MONDAY)

    assert estimate(WEDNESDAY, [shipped, READY], bench=BENCH, today=WEDNESDAY) == Estimate(FRIDAY, R.WAITING)
    assert estimate(WEDNESDAY, [READY, job(S.FAILED)], bench=BENCH, today=WEDNESDAY) == Estimate(
        TUESDAY_AFTER, R.FAILED
    )
    for jobs in ([READY, job(S.CLAIMED)], [job(S.CLAIMED), READY]):
        assert estimate(WEDNESDAY, jobs, bench=BENCH, today=FRIDAY) == Estimate(TUESDAY_AFTER, R.SLOW)
    thursday_after = WEDNESDAY_AFTER + timedelta(days=1)
    for jobs in ([HELD, job(S.FAILED)], [job(S.FAILED), HELD]):
        assert estimate(WEDNESDAY, jobs, bench=BENCH, today=FRIDAY) == Estimate(thursday_after, R.FAILED)


def test_nothing_arrives_of_an_order_whose_jobs_are_all_cancelled() -> None:
    assert estimate(WEDNESDAY, [job(S.CANCELLED)], bench=BENCH, today=MONDAY) is None
    assert estimate(WEDNESDAY, [], bench=BENCH, today=MONDAY) is None
    assert estimate(WEDNESDAY, [job(S.CANCELLED), READY], bench=BENCH, today=MONDAY) == Estimate(
        FRIDAY, R.WAITING
    )


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
benches = st.builds(
    lambda making, carrier, closed: Bench(
        making_days=making,
        carrier_days=carrier,
        days={date(2026, 1, 1) + timedelta(days=n): Day(is_closed=True) for n in closed},
    ),
    st.integers(0, 4),
    st.integers(0, 4),
    st.sets(st.integers(0, 730), max_size=60),
)
untroubled = st.builds(
    JobFacts,
    state=st.sampled_from([S.PENDING, S.READY, S.CLAIMED, S.IN_PRODUCTION, S.PRODUCED, S.SHIPPED]),
    shipped_on=days,
)
any_job = st.builds(
    JobFacts,
    state=st.sampled_from(S.values),
    on_hold=st.booleans(),
    shipped_on=days,
    remade_since=st.none() | days,
)


@given(made_on=days, today=days, bench=benches, jobs=st.lists(untroubled, min_size=1, max_size=4))
def test_without_trouble_no_order_is_later_than_planned_so_the_calendar_may_choose_whom_to_look_at(
    made_on: date, today: date, bench: Bench, jobs: list[JobFacts]
) -> None:
    found = estimate(made_on, jobs, bench=bench, today=today)

    assert found is not None
    assert found.arrives_on <= arrival_as_planned(made_on, bench=bench, today=today)


@given(made_on=days, today=days, bench=benches, jobs=st.lists(any_job, min_size=1, max_size=4))
def test_an_estimate_is_a_working_day_and_never_becomes_earlier_by_waiting(
    made_on: date, today: date, bench: Bench, jobs: list[JobFacts]
) -> None:
    found = estimate(made_on, jobs, bench=bench, today=today)
    tomorrow = estimate(made_on, jobs, bench=bench, today=today + timedelta(days=1))

    if found is None or tomorrow is None:
        assert all(each.state == S.CANCELLED for each in jobs)
        return
    assert is_working_day(found.arrives_on)
    assert tomorrow.arrives_on >= found.arrives_on
    if any(each.state not in (S.SHIPPED, S.CANCELLED) for each in jobs):
        assert found.arrives_on >= add_working_days(today, bench.carrier_days)


@given(
    made_on=days,
    today=days,
    bench=benches,
    jobs=st.permutations([READY, HELD, job(S.FAILED), job(S.PRODUCED)]),
)
def test_the_order_of_the_jobs_does_not_matter(
    made_on: date, today: date, bench: Bench, jobs: list[JobFacts]
) -> None:
    alone = [estimate(made_on, [each], bench=bench, today=today) for each in jobs]
    together = estimate(made_on, jobs, bench=bench, today=today)

    assert together in alone
    assert together == estimate(made_on, jobs[::-1], bench=bench, today=today)
    assert all(each is None or together is None or each.arrives_on <= together.arrives_on for each in alone)
