"""The states of a build job and the only way to move between them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

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


@dataclass(frozen=True, slots=True)
class Actor:
    """Who moves a job: `kind` is shop, hand-off, fulfilment, relay or staff."""

    kind: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}" if self.name else self.kind


class WrongStateError(Exception):
    """A job cannot go where it was sent from where it is; `job` is as found, `wanted` the state asked for."""

    def __init__(self, job: Job, wanted: str) -> None:
        self.job, self.wanted = job, wanted
        super().__init__(f"a job that is {job.state} cannot become {wanted}")


def make_job(line: OrderLine, *, order: Order, by: Actor, now: datetime) -> Job:
    """The pending job of a paid order line, with its first transition. Call it inside a transaction."""
    job = Job.objects.create(
        line=line, order=order, promised_on=order.promised_on, created_at=now, state=S.PENDING, version=1
    )
    JobTransition.objects.create(job=job, version=1, from_state="", to_state=S.PENDING, by=str(by), at=now)
    return job


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
        JobTransition.objects.create(
            job=job, version=job.version + 1, from_state=job.state, to_state=to, by=str(by), note=note, at=now
        )
    job.state, job.version = to, job.version + 1
    for name, value in changes.items():
        setattr(job, name, value)
    return job
