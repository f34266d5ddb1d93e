"""Orders, jobs and keys for tests, made by the real use cases. They need the `catalogue` fixture."""

import itertools
import secrets
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from payments import PaymentStatus

from configurator.bench import read_bench
from orders.claiming import claim_jobs
from orders.handoff import hand_off
from orders.holds import place_hold
from orders.jobs import Actor, move_job
from orders.keys import MadeKey, make_key
from orders.leases import Lease
from orders.making import Failure, Lot, complete_job, fail_job, start_job
from orders.models import FulfilmentKey, Hold, Job, Order, OrderLine, OutboxEntry, Payment
from orders.payments import apply_payment
from orders.placing import Customer, Wish, place_order, quote
from orders.shipping import Parcel, ship_jobs
from orders.snapshot import read_snapshot

MIX = {"base": "warm-hearth", "main": "mend", "second": "quench"}
ADA = Customer(
    email="ada@example.org",
    full_name="Ada Lovelace",
    postcode="LS1 4DY",
    address_line1="12 Calverley Street",
    address_line2="",
    town="Leeds",
)
STAFF = Actor("staff", "Grace")

_numbers = itertools.count(1)
S = Job.State


def make_client(**kwargs: Any) -> MadeKey:
    """A key with all scopes unless told otherwise."""
    kwargs = {"scopes": FulfilmentKey.Scope.values, "now": timezone.now(), **kwargs}
    return make_key(kwargs.pop("name", f"client {secrets.token_hex(4)}"), **kwargs)


def make_order(
    *,
    paid: bool = False,
    mix: Mapping[str, str] = MIX,
    size: str = "250ml",
    label_name: str = "Ada",
    quantity: int = 1,
    customer: Customer = ADA,
    now: datetime | None = None,
) -> Order:
    now = now or timezone.now()
    wish = Wish(recipe="shampoo", mix=mix, size=size, label_name=label_name, quantity=quantity)
    bench = read_bench(today=timezone.localdate(now))
    total = quote([wish], bench=bench, now=now).total
    order = place_order([wish], customer, checkout_key=uuid.uuid4(), shown_total=total, now=now)
    if paid:
        pay_order(order, now=now)
    return order


def make_hand_off(**order: Any) -> OutboxEntry:
    """The hand-off of a paid order, alone in the outbox: a test of hand-offs has no mails in its way."""
    entries = make_order(paid=True, **order).outbox_entries
    entries.exclude(topic=OutboxEntry.Topic.HANDOFF).delete()
    return entries.get()


def pay_order(order: Order, *, now: datetime) -> Payment:
    """The order's payment, confirmed by the provider and applied; both at once, or a relay beside us applies it."""
    with transaction.atomic():
        order.payments.update(status=PaymentStatus.CONFIRMED)
        payment = order.payments.get()
        assert apply_payment(payment, now=now)
    return payment


def make_job(
    state: str = S.READY,
    *,
    client: FulfilmentKey | None = None,
    promised_on: date | None = None,
    on_hold: bool = False,
    lease_seconds: int = 600,
    now: datetime | None = None,
    **order: Any,
) -> Job:
    """A job of an order of its own that went the usual way to `state`; claimed, made and shipped by `client`."""
    now = now or timezone.now()
    job = make_order(paid=True, now=now, **order).jobs.get()
    if state in (S.PENDING, S.CANCELLED):
        if state == S.CANCELLED:
            move_job(job, S.CANCELLED, by=STAFF, now=now)
        return job
    with transaction.atomic():
        hand_off(job.order, now)
    Job.objects.filter(pk=job.pk).update(promised_on=promised_on or job.promised_on)
    if state != S.READY:
        client = client or make_client().row
        claim_only(job, client, lease_seconds=lease_seconds, now=now)
        _make(job, state, client, now=now)
    if on_hold:
        place_hold(job.public_id, reason=Hold.Reason.OTHER, note="for a test", by=STAFF, now=now)
    return Job.objects.get(pk=job.pk)


def lease_of(job: Job) -> Lease:
    """The lease that a job is under, or was last."""
    job.refresh_from_db()
    assert job.client is not None
    assert job.lease_token is not None
    return Lease(client=job.client, token=job.lease_token)


def lots_of(job: Job) -> list[Lot]:
    """One lot for each part, dosed to the drop."""
    parts = read_snapshot(job)["parts"]
    return [
        Lot(slot=part["slot"], component=part["component"], lot=f"L{i}", microlitres=part["microlitres"])
        for i, part in enumerate(parts, 1)
    ]


def parcel_of(*jobs: Job, **kwargs: Any) -> Parcel:
    sent = {
        "external_id": f"P{next(_numbers)}",
        "carrier": "Owl Post",
        "tracking": "TR1",
        "shipped_at": timezone.now(),
    }
    return Parcel(job_ids=tuple(job.public_id for job in jobs), **{**sent, **kwargs})


def claim_only(job: Job, client: FulfilmentKey, *, lease_seconds: int, now: datetime) -> None:
    """Claim this job, whichever others are ready."""
    with _others_held(job):
        [claimed] = claim_jobs(client, worker="w", max_jobs=1, lease_seconds=lease_seconds, now=now)
    assert claimed == job


def claim_before_lock(monkeypatch: pytest.MonkeyPatch, job: Job, *, now: datetime) -> None:
    """Whoever locks an order next finds that this job was claimed just before."""
    client = make_client().row
    lock = Order.objects.select_for_update

    def claim_first(**kwargs: Any) -> object:
        monkeypatch.undo()
        claim_only(job, client, lease_seconds=600, now=now)
        return lock(**kwargs)

    monkeypatch.setattr(Order.objects, "select_for_update", claim_first)


def copy_job(job: Job, times: int) -> None:
    """More ready jobs like one, in bulk: what counts here is how many there are."""
    start = job.line.position
    lines = [
        OrderLine(order=job.order, position=start + i, **_values_of(job.line)) for i in range(1, times + 1)
    ]
    OrderLine.objects.bulk_create(lines)
    Job.objects.bulk_create(Job(line=line, order=job.order, **_values_of(job)) for line in lines)


def _make(job: Job, state: str, client: FulfilmentKey, *, now: datetime) -> None:
    lease = lease_of(job)
    if state == S.FAILED:
        fail_job(job.public_id, lease=lease, retryable=False, code=Failure.DAMAGED, now=now)
    if state in (S.IN_PRODUCTION, S.PRODUCED, S.SHIPPED):
        start_job(job.public_id, lease=lease, now=now)
    if state in (S.PRODUCED, S.SHIPPED):
        complete_job(job.public_id, lease=lease, batch="B1", lots=lots_of(job), now=now)
    if state == S.SHIPPED:
        ship_jobs(client, parcel=parcel_of(job), now=now)


@contextmanager
def _others_held(job: Job) -> Iterator[None]:
    others = Job.objects.filter(state=S.READY, on_hold=False).exclude(pk=job.pk)
    held = list(others.values_list("pk", flat=True))
    Job.objects.filter(pk__in=held).update(on_hold=True)
    yield
    Job.objects.filter(pk__in=held).update(on_hold=False)


def _values_of(row: Any) -> dict[str, Any]:
    left_out = {"id", "public_id", "order_id", "line_id", "position"}
    return {
        f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields if f.attname not in left_out
    }
