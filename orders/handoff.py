"""Making the jobs of a paid order ready for fulfilment."""

from datetime import datetime

from configurator.versions import mixer_for
from orders.jobs import Actor, move_job
from orders.models import Job, Order
from orders.snapshot import take_snapshot

HAND_OFF = Actor("hand-off")


def hand_off(order: Order, now: datetime) -> None:
    """Re-check each pending job of an order against its frozen version, freeze its recipe and make it ready.

    Run inside a transaction: either all jobs of the order become ready or none. Raises snapshot.NotReadyError.
    """
    pending = (
        Job.objects.filter(order=order, state=Job.State.PENDING)
        .select_related("line__version")
        .order_by("id")
    )
    for job in pending.select_for_update(of=("self",)):
        text, digest = take_snapshot(job.line, mixer_for(job.line.version))
        move_job(
            job,
            Job.State.READY,
            by=HAND_OFF,
            now=now,
            snapshot=text,
            snapshot_sha256=digest,
            on_hold=False,
            hold_reason="",
        )


def hold_jobs(order_id: int, *, reason: str) -> None:
    """Keep an order's unmade jobs from being claimed until staff have looked."""
    Job.objects.filter(order_id=order_id, state__in=[Job.State.PENDING, Job.State.READY]).update(
        on_hold=True, hold_reason=reason
    )
