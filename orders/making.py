"""What the holder of a lease reports about a job: started, made, failed, given back."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from orders.jobs import NO_LEASE, Actor, WrongStateError, move_job
from orders.models import FulfilmentKey, Job, OutboxEntry
from orders.outbox import add_entry
from orders.sending import send_after_commit
from orders.snapshot import read_snapshot
from orders.stock import use_stock


class Failure(models.TextChoices):
    """Why a job was not made."""

    DAMAGED = "damaged", _("damaged")
    OUT_OF_STOCK = "out-of-stock", _("out of stock")
    CONTAMINATED = "contaminated", _("contaminated")
    EQUIPMENT = "equipment", _("equipment")
    OTHER = "other", _("something else")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What lets a client act on a job: the token that its claim was answered with."""

    client: FulfilmentKey
    token: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What went into one slot of each piece: the component, its lot, and how much (None for parts without a dose)."""

    slot: str
    component: str
    lot: str
    microlitres: int | None


class LeaseLostError(Exception):
    """The token is not the one that the job is under now, or its lease has run out; `job` is as found."""

    def __init__(self, job: Job) -> None:
        self.job = job
        super().__init__(f"the lease on a job that is {job.state} is not this one")


class RetryInProductionError(WrongStateError):
    """A failure was called retryable although production had begun: there are goods to account for."""


class WrongLotsError(ValueError):
    """The lots are not those of the job's recipe; `errors` are (path of the field, message) pairs."""

    def __init__(self, errors: Sequence[tuple[str, str]]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(message for _field, message in errors))


def start_job(public_id: uuid.UUID, *, lease: Lease, now: datetime) -> Job:
    """Claimed -> in production; the first job of an order that starts is told to the shopper.

    Locks the job; raises Job.DoesNotExist, LeaseLostError or WrongStateError.
    """
    with _held_job(public_id, Job.State.IN_PRODUCTION, lease=lease, now=now) as job:
        move_job(job, Job.State.IN_PRODUCTION, by=_by(lease), now=now)
        send_after_commit(add_entry(OutboxEntry.Topic.MAIL_IN_PRODUCTION, order=job.order, now=now))
        return job


def complete_job(
    public_id: uuid.UUID, *, lease: Lease, batch: str, lots: Sequence[Lot], now: datetime
) -> Job:
    """In production -> produced, with the batch and one lot per part of the recipe; its stock is used up.

    Locks the job, then its components in the order of their short names. Raises what start_job raises, and
    WrongLotsError.
    """
    with _held_job(public_id, Job.State.PRODUCED, lease=lease, now=now) as job:
        made_of = _match_lots(job, lots)
        move_job(job, Job.State.PRODUCED, by=_by(lease), now=now, batch=batch, made_of=made_of, lapsed=False)
        use_stock([job.line])
        return job


def fail_job(
    public_id: uuid.UUID, *, lease: Lease, retryable: bool, code: Failure, note: str = "", now: datetime
) -> Job:
    """Claimed -> ready for another try if `retryable`, else claimed or in production -> failed, for staff to decide.

    Locks the job. Raises what start_job raises; RetryInProductionError, a WrongStateError, once production has begun.
    """
    wanted = Job.State.READY if retryable else Job.State.FAILED
    with _held_job(public_id, wanted, lease=lease, now=now) as job:
        if not retryable:
            failure = {"failure_code": code.value, "failure_note": note}
            return move_job(job, wanted, by=_by(lease), now=now, note=_failure(code, note), **failure)
        if job.state == Job.State.IN_PRODUCTION:
            raise RetryInProductionError(job, wanted)
        return move_job(job, wanted, by=_by(lease), now=now, note=_failure(code, note), **NO_LEASE)


def release_job(public_id: uuid.UUID, *, lease: Lease, now: datetime) -> Job:
    """Claimed -> ready, given back untouched. Locks the job; raises what start_job raises."""
    with _held_job(public_id, Job.State.READY, lease=lease, now=now) as job:
        return move_job(job, Job.State.READY, by=_by(lease), now=now, note="given back", **NO_LEASE)


@contextmanager
def _held_job(public_id: uuid.UUID, wanted: str, *, lease: Lease, now: datetime) -> Iterator[Job]:
    """The job, locked for one transaction, if `lease` is the one that it is under.

    A job keeps its last token until it is ready again, so that its maker, repeating a report whose answer was lost,
    learns which state the first one led to, and not that the lease is lost.
    """
    with transaction.atomic():
        related = Job.objects.select_related("order", "line__version").defer("line__version__spec")
        job = related.select_for_update(of=("self",)).get(public_id=public_id)
        if job.lease_token != lease.token or job.client_id != lease.client.pk:
            raise LeaseLostError(job)
        if job.state not in Job.LEASED:
            raise WrongStateError(job, wanted)
        if job.lapsed or job.lease_expires_at is None or job.lease_expires_at <= now:
            raise LeaseLostError(job)
        yield job


def _match_lots(job: Job, lots: Sequence[Lot]) -> list[dict[str, Any]]:
    """The lots in the order of the recipe's parts; raises WrongStateError first if the job is not in production."""
    if job.state != Job.State.IN_PRODUCTION:
        raise WrongStateError(job, Job.State.PRODUCED)
    parts = {part["slot"]: part for part in read_snapshot(job)["parts"]}
    errors: list[tuple[str, str]] = []
    given: dict[str, Lot] = {}
    for i, lot in enumerate(lots):
        if lot.slot not in parts:
            errors.append(
                (f"lots[{i}].slot", f"The recipe has no part {lot.slot!r}; it has {', '.join(parts)}.")
            )
        elif lot.slot in given:
            errors.append((f"lots[{i}].slot", f"The lot of {lot.slot!r} stands there twice."))
        else:
            given[lot.slot] = lot
            errors.extend(
                (f"lots[{i}].{field}", message) for field, message in _against(parts[lot.slot], lot)
            )
    errors.extend(("lots", f"The lot of {slot!r} is missing.") for slot in parts if slot not in given)
    if errors:
        raise WrongLotsError(errors)
    return [asdict(given[slot]) for slot in parts]


def _against(part: dict[str, Any], lot: Lot) -> Iterator[tuple[str, str]]:
    if lot.component != part["component"]:
        yield "component", f"The recipe says {part['component']!r} here, not {lot.component!r}."
    if lot.microlitres is None and part["microlitres"] is not None:
        yield "microlitres", "This part is dosed: say how much went in."
    if lot.microlitres is not None and part["microlitres"] is None:
        yield "microlitres", "This part has no dose."


def _by(lease: Lease) -> Actor:
    return Actor("fulfilment", lease.client.name)


def _failure(code: Failure, note: str) -> str:
    return f"{code.value}: {note}" if note else code.value
