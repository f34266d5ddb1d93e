"""Making a job anew: a bottle that failed, or that was made or sent and turned out bad."""

from datetime import datetime

from django.db import transaction

from orders.jobs import Actor, WrongStateError, make_job, move_job
from orders.models import Job, Order, OutboxEntry
from orders.outbox import add_entry
from orders.sending import send_after_commit
from orders.stock import free_stock, reserve_stock

S = Job.State
CAN_BE_REMADE = (S.FAILED, S.PRODUCED, S.SHIPPED)


class AlreadyRemadeError(Exception):
    """Something else makes up for the job already: `remake`, as found."""

    def __init__(self, job: Job, remake: Job) -> None:
        self.job, self.remake = job, remake
        super().__init__(f"job {job.public_id} is made anew as {remake.public_id}")


class CancellationOpenError(Exception):
    """The bench is asked to cancel the order of the job, and has not answered: `job` is as found."""

    def __init__(self, job: Job) -> None:
        self.job = job
        super().__init__(f"the bench is asked to cancel the order of job {job.public_id}")


def remake_job(job: Job, *, reason: str, by: str, now: datetime) -> Job:
    """A new pending job for the same line, with its own hand-off and stock; returns it.

    A failed job is cancelled with it and its stock freed; one that is produced or shipped stays what it is. A remake
    can be remade. `by` is who of staff decides, `reason` is kept with the first step of the new job.

    Locks the order, then the job, so of two at once one is made. Raises WrongStateError, AlreadyRemadeError,
    stock.OutOfStockError, and CancellationOpenError while the bench is asked to cancel the order: what were made anew
    would go on in an order that is cancelled. If one is raised, nothing has changed.
    """
    staff = Actor("staff", by)
    with transaction.atomic():
        order = Order.objects.select_for_update(no_key=True).get(pk=job.order_id)
        related = Job.objects.select_related("line__version").defer(
            "line__version__spec", "line__version__space"
        )
        job = related.select_for_update(of=("self",)).get(pk=job.pk)
        job.line.order = order
        if remake := Job.objects.filter(line=job.line_id, pk__gt=job.pk).exclude(state=S.CANCELLED).first():
            raise AlreadyRemadeError(job, remake)
        if job.state not in CAN_BE_REMADE or order.state != Order.State.PAID:
            raise WrongStateError(job, S.PENDING)
        if order.jobs.filter(cancellation=Job.Cancellation.REQUESTED).exists():
            raise CancellationOpenError(job)
        if job.state == S.FAILED:
            move_job(job, S.CANCELLED, by=staff, now=now, note=reason)
            free_stock([job.line])
        reserve_stock([job.line])
        remake = make_job(job.line, order=order, by=staff, now=now, remake_of=job, note=reason)
        key = f"remake-{remake.public_id.hex}"
        send_after_commit(add_entry(OutboxEntry.Topic.HANDOFF, order=order, key=key, now=now))
        return remake
