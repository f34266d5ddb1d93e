"""The states of a build job and the only way to move between them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, cast

from django.db import transaction
from django.db.models import F, Field, Q

from orders.by_row import ByRow
from orders.feed import note_moves
from orders.models import Job, JobTransition, Order, OrderLine

S = Job.State

ALLOWED: dict[str, tuple[str, ...]] = {
    S.PENDING: (S.READY, S.CANCELLED),
    S.READY: (S.CLAIMED, S.CANCELLED),
    S.CLAIMED: (S.READY, S.IN_PRODUCTION, S.FAILED, S.CANCELLED),
    S.IN_PRODUCTION: (S.PRODUCED, S.FAILED, S.CANCELLED),
    S.PRODUCED: (S.SHIPPED,),
    S.FAILED: (S.READY, S.CANCELLED),
    S.SHIPPED: (),
    S.CANCELLED: (),
}

NO_LEASE: dict[str, Any] = {
    "client": None,
    "worker": "",
    "station": "",
    "lease_token": None,
    "lease_expires_at": None,
}


def without_lease(job: Job) -> dict[str, Any]:
    """What a job that goes back to ready is to have: no lease, and no refused cancellation, for that is over."""
    refused = job.cancellation == Job.Cancellation.REJECTED
    return {**NO_LEASE, "cancellation": "" if refused else job.cancellation}


def jobs_that_count(jobs: Sequence[Job]) -> list[Job]:
    """Of all jobs of an order, the first one first: the last of each line that is not cancelled.

    Cancelled ones count only where all are. What `JobQuerySet.not_replaced` asks of the database.
    """
    left = [job for job in jobs if job.state != S.CANCELLED] or jobs
    return list({job.line_id: job for job in left}.values())


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something to an order or a job, as rows name it.

    `kind` is shop, shopper, payment, hand-off, fulfilment, relay, staff or sandbox; `name` says which of them.
    """

    kind: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}" if self.name else self.kind


class WrongStateError(Exception):
    """A job cannot go where it was sent from where it is; `job` is as found, `wanted` the state asked for."""

    def __init__(self, job: Job, wanted: str) -> None:
        self.job, self.wanted = job, wanted
        super().__init__(f"a job that is {job.state} cannot become {wanted}")


def make_job(
    line: OrderLine, *, order: Order, by: Actor, now: datetime, remake_of: Job | None = None, note: str = ""
) -> Job:
    """The pending job of a paid order line, with its first transition. Call it inside a transaction.

    `remake_of` is the job that it makes up for, if it is not the line's first one.
    """
    return make_jobs([line], order=order, by=by, now=now, remake_of=remake_of, note=note)[0]


def make_jobs(
    lines: Iterable[OrderLine],
    *,
    order: Order,
    by: Actor,
    now: datetime,
    remake_of: Job | None = None,
    note: str = "",
) -> list[Job]:
    """The same for several lines of one order, in their order, in three queries."""
    jobs = Job.objects.bulk_create(
        Job(
            line=line,
            order=order,
            sandbox_id=order.sandbox_id,
            remake_of=remake_of,
            promised_on=order.promised_on,
            created_at=now,
            state=S.PENDING,
            version=1,
        )
        for line in lines
    )
    made = JobTransition.objects.bulk_create(
        JobTransition(job=job, version=1, from_state="", to_state=S.PENDING, by=str(by), note=note, at=now)
        for job in jobs
    )
    note_moves(made)
    return jobs


def move_job(job: Job, to: str, *, by: Actor, now: datetime, note: str = "", **changes: Any) -> Job:
    """Move a job to state `to`, set `changes` on it and write down the transition, all or nothing.

    The update names the state and version it was read with, so of two that move one job at once only one does.
    Raises WrongStateError with the job as it is now.
    """
    if to not in ALLOWED[job.state]:
        raise WrongStateError(job, to)
    with transaction.atomic():
        moved = Job.objects.filter(pk=job.pk, state=job.state, version=job.version).update(
            state=to, version=job.version + 1, **changes
        )
        if not moved:
            raise WrongStateError(Job.objects.get(pk=job.pk), to)
        step = JobTransition.objects.create(
            job=job, version=job.version + 1, from_state=job.state, to_state=to, by=str(by), note=note, at=now
        )
        note_moves([step])
    job.state, job.version = to, job.version + 1
    for name, value in changes.items():
        setattr(job, name, value)
    return job


def move_jobs(
    jobs: Sequence[Job],
    to: str,
    *,
    by: Actor,
    now: datetime,
    note: str = "",
    changes: Callable[[Job], dict[str, Any]],
) -> None:
    """Move several jobs to state `to` in three queries; `changes(job)` is what to set on each, the same fields for all.

    The guarantees are those of `move_job`, for all of them or none: raises WrongStateError with a job that cannot.
    Call it inside the transaction that read (and locked) the jobs.
    """
    if not jobs:
        return
    for job in jobs:
        if to not in ALLOWED[job.state]:
            raise WrongStateError(job, to)
    changed = {job.pk: changes(job) for job in jobs}
    fields = {name: _value_of(name, changed) for name in changed[jobs[0].pk]}
    as_read = _as_read(jobs)
    with transaction.atomic(savepoint=False):
        if Job.objects.filter(as_read).update(state=to, version=F("version") + 1, **fields) < len(jobs):
            raise WrongStateError(_not_moved(jobs, to), to)
        steps = JobTransition.objects.bulk_create(
            JobTransition(
                job=job,
                version=job.version + 1,
                from_state=job.state,
                to_state=to,
                by=str(by),
                note=note,
                at=now,
            )
            for job in jobs
        )
        note_moves(steps)
    for job in jobs:
        job.state, job.version = to, job.version + 1
        for name, value in changed[job.pk].items():
            setattr(job, name, value)


def _as_read(jobs: Sequence[Job]) -> Q:
    """Those of the jobs that are still in the state and at the version they were read with."""
    alike: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for job in jobs:
        alike[job.state, job.version].append(job.pk)
    return reduce(or_, (Q(pk__in=pks, state=state, version=at) for (state, at), pks in alike.items()))


def _value_of(name: str, changed: dict[int, dict[str, Any]]) -> Any:
    """What to set a field to: the one value that it gets everywhere, or else each job's own."""
    values = {pk: values[name] for pk, values in changed.items()}
    first, *others = values.values()
    if all(other == first for other in others):
        return first
    return ByRow(values, output_field=cast("Field[Any, Any]", Job._meta.get_field(name)))


def _not_moved(jobs: Sequence[Job], to: str) -> Job:
    found = Job.objects.in_bulk([job.pk for job in jobs])
    for job in jobs:
        if (found[job.pk].state, found[job.pk].version) != (to, job.version + 1):
            return found[job.pk]
    return found[jobs[0].pk]
