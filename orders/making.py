"""What the holder of a lease reports about a job: started, made, failed, given back."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.cancel_requests import settle_cancellation
from orders.feed import note_event
from orders.holds import check_not_held
from orders.jobs import Actor, WrongStateError, move_job, without_lease
from orders.leases import Lease, leased_job
from orders.models import FeedEvent, Job, LotUse, OutboxEntry
from orders.outbox import add_entry
from orders.sending import send_after_commit
from orders.snapshot import read_snapshot
from orders.stock import free_stock, spoil_stock, use_stock


class Failure(models.TextChoices):
    """Why a job was not made."""

    DAMAGED = "damaged", _("damaged")
    OUT_OF_STOCK = "out-of-stock", _("out of stock")
    CONTAMINATED = "contaminated", _("contaminated")
    EQUIPMENT = "equipment", _("equipment")
    OTHER = "other", _("something else")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What went into one slot of each piece: the component, its lot, and how much (None for parts without a dose)."""

    slot: str
    component: str
    lot: str
    microlitres: int | None


class RetryInProductionError(WrongStateError):
    """A failure was called retryable although production had begun: there are goods to account for."""


class CancellationRequestedError(Exception):
    """The shop asks to cancel this job, which its maker has not answered; `job` is as found."""

    def __init__(self, job: Job) -> None:
        self.job = job
        super().__init__("the shop asks to cancel this job")


class NothingToDecideError(Exception):
    """Nobody asks to cancel this job (any more); `job` is as found."""

    def __init__(self, job: Job) -> None:
        self.job = job
        super().__init__("nobody asks to cancel this job")


class WrongLotsError(ValueError):
    """The lots are not those of the job's recipe; `errors` are (path of the field, message) pairs."""

    def __init__(self, errors: Sequence[tuple[str, str]]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(message for _field, message in errors))


def start_job(public_id: uuid.UUID, *, lease: Lease, now: datetime) -> Job:
    """Claimed -> in production; the first job of an order that starts is told to the shopper.

    Locks the order, then the job. Raises Job.DoesNotExist, LeaseLostError, WrongStateError, holds.OnHoldError, and
    CancellationRequestedError for a job that the shop asks to cancel: to begin it now would waste what goes in.
    """
    with leased_job(public_id, Job.State.IN_PRODUCTION, lease=lease, now=now) as job:
        if job.state == Job.State.CLAIMED:
            check_not_held(job)
            if job.cancellation == Job.Cancellation.REQUESTED:
                raise CancellationRequestedError(job)
        move_job(job, Job.State.IN_PRODUCTION, by=_by(lease), now=now)
        send_after_commit(add_entry(OutboxEntry.Topic.MAIL_IN_PRODUCTION, order=job.order, now=now))
        return job


def complete_job(
    public_id: uuid.UUID, *, lease: Lease, batch: str, lots: Sequence[Lot], now: datetime
) -> Job:
    """In production -> produced, with the batch and one lot per part of the recipe; its stock is used up.

    Whoever completes a job that is to be cancelled has refused that: it is made. Locks the order, the job, then its
    components in the order of their short names. Raises Job.DoesNotExist, LeaseLostError, WrongStateError and
    WrongLotsError.
    """
    with leased_job(public_id, Job.State.PRODUCED, lease=lease, now=now) as job:
        made_of = _match_lots(job, lots)
        made: dict[str, Any] = {"batch": batch, "made_of": made_of, "lapsed": False}
        if job.cancellation == Job.Cancellation.REQUESTED:
            made["cancellation"] = Job.Cancellation.REJECTED
            note_event(
                FeedEvent.Kind.CANCELLATION_DECIDED, order=job.order, job=job, now=now, decision="reject"
            )
        move_job(job, Job.State.PRODUCED, by=_by(lease), now=now, **made)
        LotUse.objects.bulk_create(LotUse(job=job, **lot) for lot in made_of)
        use_stock([job.line])
        return _settle(job, lease, now=now)


def fail_job(
    public_id: uuid.UUID, *, lease: Lease, retryable: bool, code: Failure, note: str = "", now: datetime
) -> Job:
    """Claimed -> ready for another try if `retryable`, else claimed or in production -> failed, for staff to decide.

    What had gone into one in production is lost: it leaves the stock, and as much stays set aside for another bottle.
    One that is to be cancelled is cancelled by that, unless others of its order hinder it: then look at the state of
    the job that comes back. Locks the order, then the job. Raises Job.DoesNotExist, LeaseLostError, WrongStateError;
    RetryInProductionError, a WrongStateError, once production has begun.
    """
    wanted = Job.State.READY if retryable else Job.State.FAILED
    with leased_job(public_id, wanted, lease=lease, now=now) as job:
        is_begun = job.state == Job.State.IN_PRODUCTION
        if retryable and is_begun:
            raise RetryInProductionError(job, wanted)
        changes = without_lease(job) if retryable else {"failure_code": code.value, "failure_note": note}
        move_job(job, wanted, by=_by(lease), now=now, note=_failure(code, note), **changes)
        if is_begun:
            spoil_stock([job.line])
        return _settle(job, lease, now=now)


def release_job(public_id: uuid.UUID, *, lease: Lease, now: datetime) -> Job:
    """Claimed -> ready, given back untouched; one that is to be cancelled may be cancelled by that, as in `fail_job`.

    Locks the order, then the job. Raises Job.DoesNotExist, LeaseLostError and WrongStateError.
    """
    with leased_job(public_id, Job.State.READY, lease=lease, now=now) as job:
        move_job(job, Job.State.READY, by=_by(lease), now=now, note="given back", **without_lease(job))
        return _settle(job, lease, now=now)


def decide_cancellation(
    public_id: uuid.UUID, *, lease: Lease, accept: bool, note: str = "", now: datetime
) -> Job:
    """What the bench answers to the shop's wish to cancel a job.

    Accepted, the job is cancelled: what was set aside for a job not yet begun is free again, what a begun one has taken
    is lost, so its stock is used up. Rejected, the job goes on, and with it its order. Locks the order, then the job.
    Raises Job.DoesNotExist, LeaseLostError, WrongStateError, and NothingToDecideError if nobody has asked.
    """
    with leased_job(public_id, Job.State.CANCELLED, lease=lease, now=now) as job:
        if job.cancellation != Job.Cancellation.REQUESTED:
            raise NothingToDecideError(job)
        if accept:
            settle_stock = use_stock if job.state == Job.State.IN_PRODUCTION else free_stock
            answer = {"cancellation": Job.Cancellation.ACCEPTED, "cancellation_note": note, "lapsed": False}
            move_job(job, Job.State.CANCELLED, by=_by(lease), now=now, note=note, **answer)
            settle_stock([job.line])
        else:
            job.cancellation, job.cancellation_note = Job.Cancellation.REJECTED, note
            job.save(update_fields=["cancellation", "cancellation_note"])
        decision = "accept" if accept else "reject"
        note_event(FeedEvent.Kind.CANCELLATION_DECIDED, order=job.order, job=job, now=now, decision=decision)
        return _settle(job, lease, now=now)


def _settle(job: Job, lease: Lease, *, now: datetime) -> Job:
    """The job as it is after whatever its leaving the bench, or its answer, did to the cancellation of its order."""
    if settle_cancellation(job.order, by=_by(lease), now=now):
        job.refresh_from_db(fields=["state", "version", "cancellation"])
    return job


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
