"""Leases: what lets a client act on a job, and the one order in which a job is locked for it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from orders.jobs import WrongStateError
from orders.models import FulfilmentKey, Job, Order
from orders.visibility import of_own_kind, visible_jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What lets a client act on a job: the token that its claim was answered with."""

    client: FulfilmentKey
    token: uuid.UUID


class LeaseLostError(Exception):
    """The token is not the one that the job is under now, or its lease has run out; `job` is as found."""

    def __init__(self, job: Job) -> None:
        self.job = job
        super().__init__(f"the lease on a job that is {job.state} is not this one")


def lock_job(client: FulfilmentKey, public_id: uuid.UUID) -> Job:
    """A job that exists for `client`, locked after its order.

    Every function that locks both locks the order first. Call it inside a transaction. Raises Job.DoesNotExist.
    """
    orders = Order.objects.filter(of_own_kind(client), jobs__public_id=public_id)
    order = orders.select_for_update(no_key=True, of=("self",)).first()
    if order is None:
        raise Job.DoesNotExist
    related = visible_jobs(client).select_related("line__version")
    related = related.defer("line__version__spec", "line__version__space")
    job = related.select_for_update(of=("self",)).get(public_id=public_id)
    job.order = job.line.order = order
    return job


def has_lease(job: Job, lease: Lease, *, now: datetime) -> bool:
    """Whether `lease` is the one that the job is under, and still runs."""
    is_own = job.lease_token == lease.token and job.client_id == lease.client.pk and job.state in Job.LEASED
    return is_own and not job.lapsed and job.lease_expires_at is not None and job.lease_expires_at > now


@contextmanager
def leased_job(public_id: uuid.UUID, wanted: str, *, lease: Lease, now: datetime) -> Iterator[Job]:
    """The job, locked for one transaction, if `lease` is the one that it is under; `wanted` is where it is to go.

    A job keeps its last token until it is ready again, so that its maker, repeating a report whose answer was lost,
    learns which state the first one led to, and not that the lease is lost.
    """
    with transaction.atomic():
        job = lock_job(lease.client, public_id)
        if job.lease_token != lease.token or job.client_id != lease.client.pk:
            raise LeaseLostError(job)
        if job.state not in Job.LEASED:
            raise WrongStateError(job, wanted)
        if not has_lease(job, lease, now=now):
            raise LeaseLostError(job)
        yield job
