"""Making the jobs of a paid order ready for fulfilment."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from configurator.versions import mixer_for
from orders.holds import place_hold, release_hold
from orders.jobs import Actor, move_job
from orders.models import Hold, Job, Order
from orders.snapshot import take_snapshot

HAND_OFF = Actor("hand-off")


def hand_off(order: Order, now: datetime) -> None:
    """Re-check each pending job of an order against its frozen version, freeze its recipe and make it ready.

    Run inside a transaction: either all jobs of the order become ready or none. Raises snapshot.NotReadyError.
    """
    pending = (
        Job.objects.filter(order=order, state=Job.State.PENDING)
        .select_related("line__version")
        .defer("line__version__spec", "line__version__space")
        .order_by("id")
    )
    for job in pending.select_for_update(of=("self",)):
        text, digest = take_snapshot(job.line, mixer_for(job.line.version))
        move_job(job, Job.State.READY, by=HAND_OFF, now=now, snapshot=text, snapshot_sha256=digest)
        if job.on_hold:
            _release(job, now=now)


def hold_jobs(order_id: int, *, note: str, now: datetime) -> None:
    """Hold what of an order was to be handed off, until it is. Call it inside a transaction.

    What was ready before, beside a remake that is not, is none of it.
    """
    pending = Job.objects.filter(order_id=order_id, state=Job.State.PENDING)
    held = Hold.objects.filter(job=OuterRef("pk"), reason=Hold.Reason.HANDOFF, released_at=None)
    for job in pending.exclude(Exists(held)).order_by("id"):
        place_hold(job.public_id, reason=Hold.Reason.HANDOFF, note=note, by=HAND_OFF, now=now)


def _release(job: Job, *, now: datetime) -> None:
    for hold in job.holds.filter(reason=Hold.Reason.HANDOFF, released_at=None):
        release_hold(hold.public_id, job_id=job.public_id, by=HAND_OFF, now=now)
