"""Holds: keeping a job from going on, for a reason, until that very hold is released."""

import uuid
from datetime import datetime

from django.db import transaction

from orders.feed import note_event
from orders.jobs import Actor
from orders.models import FeedEvent, Hold, Job


class NothingToHoldError(Exception):
    """The job is shipped or cancelled; `job` is as found."""

    def __init__(self, job: Job) -> None:
        self.job = job
        super().__init__(f"a job that is {job.state} cannot be held")


class OnHoldError(Exception):
    """The job is on hold; `job` is as found."""

    def __init__(self, job: Job) -> None:
        self.job = job
        super().__init__(f"a job that is {job.state} is on hold")


def check_not_held(job: Job) -> None:
    """Raises OnHoldError for a held job. Call it under the lock of the job."""
    if job.on_hold:
        raise OnHoldError(job)


def place_hold(public_id: uuid.UUID, *, reason: str, note: str = "", by: Actor, now: datetime) -> Hold:
    """Put a job on hold, beside any other hold that it is under; it stays in its state.

    A held job is not claimed, not begun and not shipped. Locks the job. Raises Job.DoesNotExist and
    NothingToHoldError.
    """
    with transaction.atomic():
        job = Job.objects.select_for_update(of=("self",)).select_related("order").get(public_id=public_id)
        if job.state in Job.OVER:
            raise NothingToHoldError(job)
        hold = Hold.objects.create(job=job, reason=reason, note=note, placed_by=str(by), placed_at=now)
        Job.objects.filter(pk=job.pk).update(on_hold=True)
        note_event(
            FeedEvent.Kind.HELD,
            order=job.order,
            job=job,
            now=now,
            hold=str(hold.public_id),
            reason=reason,
        )
        return hold


def release_hold(public_id: uuid.UUID, *, job_id: uuid.UUID, by: Actor, now: datetime) -> Hold:
    """Release one hold of a job, once: a second release changes nothing. The job goes on when it was the last.

    Locks the job. Raises Hold.DoesNotExist for one that is not of this job.
    """
    with transaction.atomic():
        job = Job.objects.select_for_update(of=("self",)).select_related("order").get(public_id=job_id)
        hold = Hold.objects.get(public_id=public_id, job=job)
        if hold.released_at is None:
            hold.released_by, hold.released_at = str(by), now
            hold.save(update_fields=["released_by", "released_at"])
            Job.objects.filter(pk=job.pk).update(on_hold=job.holds.filter(released_at=None).exists())
            note_event(FeedEvent.Kind.RELEASED, order=job.order, job=job, now=now, hold=str(hold.public_id))
        hold.job.refresh_from_db(fields=["on_hold"])
        return hold
