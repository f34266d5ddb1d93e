"""When an order arrives, as far as its stored events tell: what she was told is judged against this."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from configurator.bench import Bench
from configurator.delivery import add_working_days, bench_day
from orders.models import Job, Slip

S = Job.State
R = Slip.Reason

GRAVEST_FIRST = (R.FAILED, R.HELD, R.SLOW, R.WAITING)  # which reason is named when several cost the same time


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFacts:
    """What is stored of one job that no remake has replaced.

    `shipped_on` is the local day of its parcel; `remade_since` the day on which it was ordered anew, for a remake.
    """

    state: str
    on_hold: bool = False
    shipped_on: date | None = None
    remade_since: date | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """When the last parcel arrives, a working day, and what holds it up most."""

    arrives_on: date
    reason: Slip.Reason


def estimate(made_on: date, jobs: Iterable[JobFacts], *, bench: Bench, today: date) -> Estimate | None:
    """The arrival of an order planned to be made on `made_on`; None if nothing of it is left to arrive."""
    found = [_of_job(job, made_on, bench=bench, today=today) for job in jobs if job.state != S.CANCELLED]
    ranked = sorted(found, key=lambda each: (each.arrives_on, -GRAVEST_FIRST.index(each.reason)))
    return ranked[-1] if ranked else None


def arrival_as_planned(made_on: date, *, bench: Bench, today: date) -> date:
    """When an untouched order planned for `made_on` arrives: no job without trouble makes it later than this."""
    return add_working_days(bench_day(bench, max(made_on, today)), bench.carrier_days)


def _of_job(job: JobFacts, made_on: date, *, bench: Bench, today: date) -> Estimate:
    if job.state == S.SHIPPED and job.shipped_on is not None:
        shipped_on = min(job.shipped_on, today)  # a maker's clock may run ahead
        return Estimate(add_working_days(shipped_on, bench.carrier_days), R.SLOW)
    day, reason = _leaves(job, made_on, bench=bench, today=today)
    return Estimate(add_working_days(day, bench.carrier_days), reason)


def _leaves(job: JobFacts, made_on: date, *, bench: Bench, today: date) -> tuple[date, Slip.Reason]:
    """The day at the bench on which a job can be with the carrier, at the earliest."""
    anew = bench_day(bench, today, days=bench.making_days)
    if job.state == S.FAILED:
        return anew, R.FAILED
    if job.state not in (S.PENDING, S.READY):
        return bench_day(bench, today), R.SLOW
    planned, reason = made_on, R.WAITING
    if job.remade_since is not None:
        planned, reason = bench_day(bench, job.remade_since, days=bench.making_days), R.FAILED
    if job.on_hold:
        planned, reason = max(planned, anew), R.HELD
    return bench_day(bench, max(planned, today)), reason
