"""Heartbeats: how the leases that a client holds stand, and making them longer."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import prefetch_related_objects

from orders.leases import Lease, has_lease
from orders.models import FulfilmentKey, Job
from orders.visibility import visible_jobs


@dataclass(frozen=True, slots=True)
class Beat:
    """`job` is None where the lease is lost; else the job with its holds."""

    job_id: uuid.UUID
    job: Job | None


def beat(
    client: FulfilmentKey,
    leases: Sequence[tuple[uuid.UUID, uuid.UUID]],
    *,
    lease_seconds: int | None = None,
    now: datetime,
) -> list[Beat]:
    """How the jobs of these (job id, lease token) pairs stand, in their order; no state is ever changed.

    With `lease_seconds` (60-43200) every lease that still runs is to end so long from now, unless it lasts longer
    anyhow. Two queries for any number of jobs, and one for their holds. Locks the jobs in the order of their ids.
    """
    tokens = dict(leases)
    with transaction.atomic():
        rows = visible_jobs(client).filter(public_id__in=tokens).order_by("id")
        if lease_seconds is not None:
            rows = rows.select_for_update()
        jobs = {
            job.public_id: job
            for job in rows.defer("snapshot", "made_of")
            if has_lease(job, Lease(client=client, token=tokens[job.public_id]), now=now)
        }
        if lease_seconds is not None and jobs:
            _extend(jobs.values(), to=now + timedelta(seconds=lease_seconds))
        prefetch_related_objects([job for job in jobs.values() if job.on_hold], "holds")
    return [Beat(job_id, jobs.get(job_id)) for job_id, _token in leases]


def _extend(jobs: Iterable[Job], *, to: datetime) -> None:
    shorter = [job for job in jobs if job.lease_expires_at is not None and job.lease_expires_at < to]
    Job.objects.filter(pk__in=[job.pk for job in shorter]).update(lease_expires_at=to)
    for job in shorter:
        job.lease_expires_at = to
