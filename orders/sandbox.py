"""The sandbox of a test key: jobs in any state to try the API with, of which the shop itself takes no notice."""

import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from configurator.mixing.mixer import Mixer
from configurator.models import RecipeVersion
from configurator.versions import NotOnSaleError, mixer_for, newest_version, versions_on_sale
from orders.claiming import expire_leases
from orders.handoff import hand_off
from orders.jobs import Actor, WrongStateError, make_job, move_job
from orders.leases import Lease
from orders.making import Failure, Lot, complete_job, fail_job, start_job
from orders.models import (
    FeedEvent,
    FulfilmentKey,
    Hold,
    Job,
    JobTransition,
    LotUse,
    Order,
    OrderEvent,
    OrderLine,
    Shipment,
)
from orders.placing import NUMBER_ALPHABET, NotMakeableError, read_whole_mix
from orders.shipping import Parcel, ship_jobs
from orders.snapshot import read_snapshot
from orders.tokens import new_token

S = Job.State
SANDBOX = Actor("sandbox")
MOST_JOBS = 1000  # of one key
MOST_PIECES = 99
PROMISED_IN = timedelta(days=7)
LEASE = timedelta(minutes=10)

NOBODY = {
    "email": "nobody@sandbox.invalid",
    "full_name": "Nobody Inparticular",
    "postcode": "ZZ1 1ZZ",
    "address_line1": "1 Sandbox Street",
    "town": "Nowhere",
}


class SandboxFullError(Exception):
    """A key has MOST_JOBS jobs already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What a sandbox job is to make; without a recipe the first on sale, without a mix its first makeable one."""

    recipe: str | None = None
    mix: Mapping[str, str] | None = None
    quantity: int = 1


def make_sandbox_job(client: FulfilmentKey, *, state: str, sample: Sample, now: datetime) -> Job:
    """A job in `state` of an order of its own by an invented customer; what is leased, made or sent is so by `client`.

    It goes there by the real use cases, but the order reserves no stock, books no day, has no payment and sends no
    mail. Raises NotOnSaleError, UnknownChoiceError, NotMakeableError and SandboxFullError.
    """
    if Job.objects.filter(sandbox=client).count() >= MOST_JOBS:
        raise SandboxFullError
    version = newest_version(sample.recipe) if sample.recipe else _first_on_sale()
    mixer = mixer_for(version)
    mix = next(mixer.mixes()) if sample.mix is None else read_whole_mix(mixer, sample.mix)
    with transaction.atomic():
        line = _place(client, version, mixer, mix, quantity=sample.quantity, now=now)
        job = make_job(line, order=line.order, by=SANDBOX, now=now)
        if state != S.PENDING:
            _bring_to(job, state, client=client, now=now)
    return Job.objects.select_related("order", "line", "shipment").get(pk=job.pk)


def end_lease(client: FulfilmentKey, *, job_id: uuid.UUID, now: datetime) -> Job:
    """Let the lease on a job of the client's sandbox run out now, as if its time were over.

    Raises Job.DoesNotExist, and WrongStateError for a job that is under none.
    """
    own = Job.objects.filter(sandbox=client).select_related("order", "line", "shipment")
    job = own.get(public_id=job_id)
    if not own.filter(pk=job.pk, state__in=Job.LEASED).update(lease_expires_at=now):
        raise WrongStateError(job, S.READY)
    expire_leases(now=now)
    return own.get(pk=job.pk)


def empty_sandbox(client: FulfilmentKey) -> int:
    """Delete everything in a client's sandbox; returns how many jobs there were.

    Its events are emptied, too, but keep their numbers: the feed has no gaps.
    """
    with transaction.atomic():
        FeedEvent.objects.filter(sandbox=client).update(order=None, job=None, transition=None, data={})
        for model in (JobTransition, Hold, LotUse):
            model._default_manager.filter(job__sandbox=client).delete()
        jobs = Job.objects.filter(sandbox=client)
        jobs.update(remake_of=None)  # a remake is deleted with what it was made for
        count, _by_model = jobs.delete()
        Shipment.objects.filter(order__sandbox=client).delete()
        OrderEvent.objects.filter(order__sandbox=client).delete()
        Order.objects.filter(sandbox=client).delete()
    return count


def _first_on_sale() -> RecipeVersion:
    found = versions_on_sale()
    if not found:
        raise NotOnSaleError
    return found[0]


def _place(
    client: FulfilmentKey,
    version: RecipeVersion,
    mixer: Mixer,
    mix: dict[str, str],
    *,
    quantity: int,
    now: datetime,
) -> OrderLine:
    size = mixer.read_size(None)
    verdict = mixer.check(mix, size=size)
    if not verdict.makeable:
        raise NotMakeableError(verdict)
    promised_on = timezone.localdate(now + PROMISED_IN)
    order = Order.objects.create(
        sandbox=client,
        number="TEST-" + "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(10)),
        token=new_token(),
        checkout_key=uuid.uuid4(),
        state=Order.State.PAID,
        country=settings.SHOP_COUNTRY,
        currency=settings.CURRENCY,
        goods_total=verdict.price * quantity,
        delivery_price=0,
        total=verdict.price * quantity,
        promised_on=promised_on,
        expected_on=promised_on,
        made_on=promised_on,
        language=settings.LANGUAGE_CODE,
        placed_at=now,
        paid_at=now,
        **NOBODY,
    )
    return OrderLine.objects.create(
        order=order, position=1, version=version, mix=mix, size=size.slug, label_name="Sandbox",
        quantity=quantity, unit_price=verdict.price,
    )  # fmt: skip


def _bring_to(job: Job, state: str, *, client: FulfilmentKey, now: datetime) -> None:
    if state == S.CANCELLED:
        move_job(job, S.CANCELLED, by=SANDBOX, now=now)
        return
    hand_off(job.order, now)
    if state == S.READY:
        return
    job.refresh_from_db()
    lease = Lease(client=client, token=uuid.uuid4())
    _claim(job, lease, now=now)
    if state == S.FAILED:
        fail_job(job.public_id, lease=lease, retryable=False, code=Failure.OTHER, note="sandbox", now=now)
    if state in (S.IN_PRODUCTION, S.PRODUCED, S.SHIPPED):
        start_job(job.public_id, lease=lease, now=now)
    if state in (S.PRODUCED, S.SHIPPED):
        complete_job(job.public_id, lease=lease, batch="SANDBOX", lots=_lots_of(job), now=now)
    if state == S.SHIPPED:
        ship_jobs(client, parcel=_parcel_of(job, now=now), now=now)


def _claim(job: Job, lease: Lease, *, now: datetime) -> None:
    """What `claim_jobs` does, for this very job, whichever others are ready."""
    changes: dict[str, Any] = {
        "client": lease.client,
        "worker": "sandbox",
        "lease_token": lease.token,
        "lease_expires_at": now + LEASE,
        "attempt": job.attempt + 1,
    }
    move_job(job, S.CLAIMED, by=Actor("fulfilment", lease.client.name), now=now, **changes)


def _lots_of(job: Job) -> list[Lot]:
    return [
        Lot(
            slot=part["slot"], component=part["component"], lot=f"SANDBOX-{number}", microlitres=part["microlitres"]
        )
        for number, part in enumerate(read_snapshot(job)["parts"], start=1)
    ]  # fmt: skip


def _parcel_of(job: Job, *, now: datetime) -> Parcel:
    return Parcel(
        external_id=f"sandbox {job.public_id}",
        job_ids=(job.public_id,),
        carrier="Sandbox Post",
        tracking="SANDBOX",
        shipped_at=now,
    )
