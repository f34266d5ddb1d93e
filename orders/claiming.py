"""Claims: handing ready jobs to a maker under a lease, and taking back what a maker has let run out."""

import logging
import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from orders.cancel_requests import settle_cancellation
from orders.feed import note_event
from orders.jobs import Actor, WrongStateError, move_jobs, without_lease
from orders.leases import lock_job
from orders.models import FeedEvent, FulfilmentKey, Job, Order
from orders.visibility import visible_jobs

logger = logging.getLogger(__name__)

MAX_JOBS = 50
LEASE_SECONDS = (60, 43_200)
EXPIRED_AT_ONCE = 500
CLAIMABLE = {"state": Job.State.READY, "on_hold": False, "cancellation": ""}

RELAY = Actor("relay")


def claim_jobs(
    client: FulfilmentKey,
    *,
    worker: str,
    station: str = "",
    max_jobs: int,
    lease_seconds: int,
    only: Collection[uuid.UUID] | None = None,
    now: datetime,
) -> list[Job]:
    """Up to `max_jobs` (1-50) ready jobs, the earliest promised first, leased to `client` for 60-43200 seconds.

    Each gets a lease token of its own, one more attempt and one transition; jobs that are held or to be cancelled are
    passed over, and a test key is given jobs of its own sandbox only. With `only` none but these (public ids) are
    taken, as far as they are still to be had. The rows are locked with SKIP LOCKED, so claims at the same time get
    different jobs without waiting; on SQLite the transaction itself begins with the write lock. Four queries however
    many; ValueError for numbers out of range.
    """
    if not 1 <= max_jobs <= MAX_JOBS or not LEASE_SECONDS[0] <= lease_seconds <= LEASE_SECONDS[1]:
        raise ValueError(f"max_jobs {max_jobs} or lease_seconds {lease_seconds} is out of range")
    lease = {
        "client": client,
        "worker": worker,
        "station": station,
        "lease_expires_at": now + timedelta(seconds=lease_seconds),
        "lapsed": False,
    }
    with transaction.atomic(savepoint=False):
        ready = visible_jobs(client).filter(**CLAIMABLE)
        if only is not None:
            ready = ready.filter(public_id__in=only)
        locked = ready.select_for_update(skip_locked=True, of=("self",)).select_related("order", "line")
        jobs = list(locked.order_by("promised_on", "id")[:max_jobs])
        move_jobs(
            jobs,
            Job.State.CLAIMED,
            by=Actor("fulfilment", client.name),
            now=now,
            changes=lambda job: {**lease, "lease_token": uuid.uuid4(), "attempt": job.attempt + 1},
        )
    return jobs


def expire_leases(now: datetime) -> int:
    """Take back claimed jobs whose lease has run out, and mark those in production as lapsed; how many of both.

    Goods in production exist, so their jobs stay with whoever makes them until staff, told by the log, have decided.
    Locks what it moves and leaves what others hold; safe to run twice at once.
    """
    ended = Job.objects.filter(state=Job.State.CLAIMED, lease_expires_at__lte=now).order_by("id")
    taken = _take_back(ended.exclude(cancellation=Job.Cancellation.REQUESTED), now=now)
    asked = ended.filter(cancellation=Job.Cancellation.REQUESTED)
    for order_id in sorted(set(asked.values_list("order_id", flat=True)[:EXPIRED_AT_ONCE])):
        with transaction.atomic():  # the order first, for its cancellation may be settled by this
            order = Order.objects.select_for_update(no_key=True).get(pk=order_id)
            taken += _take_back(asked.filter(order=order), now=now)
            settle_cancellation(order, by=RELAY, now=now)
    return taken + _mark_lapsed(now)


def reclaim_job(
    client: FulfilmentKey,
    public_id: uuid.UUID,
    *,
    worker: str,
    station: str = "",
    lease_seconds: int,
    now: datetime,
) -> Job:
    """A job whose lease ran out in production, under a new lease with a new token: whoever has the goods goes on.

    Its state and the count of its attempts stay. Locks the order and the job. Raises Job.DoesNotExist, and
    WrongStateError for a job that is not in production or whose lease still runs.
    """
    with transaction.atomic():
        job = lock_job(client, public_id)
        runs = not job.lapsed and (job.lease_expires_at is None or job.lease_expires_at > now)
        if job.state != Job.State.IN_PRODUCTION or runs:
            raise WrongStateError(job, Job.State.IN_PRODUCTION)
        job.client, job.worker, job.station, job.lapsed = client, worker, station, False
        job.lease_token, job.lease_expires_at = uuid.uuid4(), now + timedelta(seconds=lease_seconds)
        job.save(update_fields=["client", "worker", "station", "lapsed", "lease_token", "lease_expires_at"])
        note_event(FeedEvent.Kind.RECLAIMED, order=job.order, job=job, now=now)
        return job


def _take_back(ended: QuerySet[Job], *, now: datetime) -> int:
    with transaction.atomic():
        jobs = list(ended.select_for_update(skip_locked=True)[:EXPIRED_AT_ONCE])
        move_jobs(jobs, Job.State.READY, by=RELAY, now=now, note="the lease ran out", changes=without_lease)
    return len(jobs)


def _mark_lapsed(now: datetime) -> int:
    lapsed = 0
    late = Job.objects.filter(state=Job.State.IN_PRODUCTION, lease_expires_at__lte=now, lapsed=False)
    for job in late.select_related("order", "client").order_by("id")[:EXPIRED_AT_ONCE]:
        with transaction.atomic():
            if not late.filter(pk=job.pk).update(lapsed=True):
                continue
            note_event(FeedEvent.Kind.LAPSED, order=job.order, job=job, now=now)
            lapsed += 1
            (logger.error if job.sandbox_id is None else logger.info)(
                "job %s of order %s is in production and its lease ran out: ask %s (%s) what became of it",
                job.public_id, job.order.number, job.client, job.worker,
            )  # fmt: skip
    return lapsed
