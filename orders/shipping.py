"""Shipping: one parcel, reported by the client that sent it, for produced jobs of one order."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from orders.holds import check_not_held
from orders.jobs import Actor, move_jobs
from orders.models import FulfilmentKey, Job, OutboxEntry, Shipment
from orders.outbox import add_entry
from orders.sending import send_after_commit
from orders.visibility import visible_jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What a client says it sent; `external_id` is its own number for it."""

    external_id: str
    job_ids: tuple[uuid.UUID, ...]
    carrier: str
    tracking: str
    shipped_at: datetime


class ParcelJobsError(ValueError):
    """Jobs that cannot be in one parcel; `field` is the path of the one at fault."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class ParcelConflictError(Exception):
    """The client has reported another parcel under this external id; `shipment` is that one."""

    def __init__(self, shipment: Shipment) -> None:
        self.shipment = shipment
        super().__init__(f"{shipment.external_id!r} is another parcel")


def ship_jobs(client: FulfilmentKey, *, parcel: Parcel, now: datetime) -> Shipment:
    """Write down a parcel, move its jobs from produced to shipped and tell the shopper, all or nothing.

    The same parcel reported again returns the first shipment. Locks the jobs in the order of their ids. Raises
    ParcelConflictError for other content under a known external id, ParcelJobsError for unknown or repeated jobs and
    jobs of several orders, jobs.WrongStateError for a job that is not produced, holds.OnHoldError for a held one.
    """
    try:
        with transaction.atomic():
            jobs = _lock_jobs(client, parcel.job_ids)
            shipment = _shipped_before(client, parcel)
            return shipment or _ship(client, jobs, parcel, now=now)
    except IntegrityError:
        shipment = _shipped_before(client, parcel)
        if shipment is None:
            raise
        return shipment


def _lock_jobs(client: FulfilmentKey, job_ids: Sequence[uuid.UUID]) -> list[Job]:
    wanted = visible_jobs(client).filter(public_id__in=job_ids).select_related("order").order_by("id")
    return list(wanted.select_for_update(of=("self",)))


def _shipped_before(client: FulfilmentKey, parcel: Parcel) -> Shipment | None:
    shipment = (
        Shipment.objects.filter(client=client, external_id=parcel.external_id).select_related("order").first()
    )
    if shipment is None:
        return None
    same = (
        {job.public_id for job in shipment.jobs.all()} == set(parcel.job_ids)
        and len(set(parcel.job_ids)) == len(parcel.job_ids)
        and (shipment.carrier, shipment.tracking) == (parcel.carrier, parcel.tracking)
        and shipment.shipped_at == parcel.shipped_at
    )
    if not same:
        raise ParcelConflictError(shipment)
    return shipment


def _ship(client: FulfilmentKey, jobs: Sequence[Job], parcel: Parcel, *, now: datetime) -> Shipment:
    _check_jobs(jobs, parcel.job_ids)
    for job in jobs:
        if job.state == Job.State.PRODUCED:
            check_not_held(job)
    shipment = Shipment.objects.create(
        client=client,
        external_id=parcel.external_id,
        order=jobs[0].order,
        carrier=parcel.carrier,
        tracking=parcel.tracking,
        shipped_at=parcel.shipped_at,
    )
    move_jobs(
        jobs,
        Job.State.SHIPPED,
        by=Actor("fulfilment", client.name),
        now=now,
        note=f"{parcel.carrier} {parcel.tracking}",
        changes=lambda job: {"shipment": shipment},
    )
    key = str(shipment.public_id)
    send_after_commit(add_entry(OutboxEntry.Topic.MAIL_SHIPPED, order=shipment.order, key=key, now=now))
    return shipment


def _check_jobs(jobs: Sequence[Job], job_ids: Sequence[uuid.UUID]) -> None:
    found = {job.public_id: job for job in jobs}
    for i, job_id in enumerate(job_ids):
        if job_id not in found:
            raise ParcelJobsError(f"jobs[{i}]", f"There is no job {job_id}.")
        if job_id in job_ids[:i]:
            raise ParcelJobsError(f"jobs[{i}]", f"The job {job_id} stands there twice.")
        if found[job_id].order_id != found[job_ids[0]].order_id:
            raise ParcelJobsError(f"jobs[{i}]", "One parcel goes to one order; this job is of another one.")
    if not job_ids:
        raise ParcelJobsError("jobs", "A parcel needs at least one job.")
