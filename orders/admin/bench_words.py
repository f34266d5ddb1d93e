"""What people at the bench are told when something did not go as they asked: what is so now, and the way on."""

from django.utils.translation import gettext as _

from orders.holds import OnHoldError
from orders.jobs import WrongStateError
from orders.leases import LeaseLostError
from orders.making import CancellationRequestedError, NothingToDecideError, RetryInProductionError
from orders.models import FulfilmentKey, Job

S = Job.State
REFUSALS = (
    LeaseLostError,
    WrongStateError,
    OnHoldError,
    CancellationRequestedError,
    NothingToDecideError,
)


def name_of(job: Job) -> str:
    """How the bench calls a job: its order's number, and the line where it is not the first."""
    return job.order.number if job.line.position == 1 else f"{job.order.number} / {job.line.position}"


def explain(error: Exception, *, client: FulfilmentKey) -> str:
    """One of REFUSALS in words; its `job` is as found."""
    job: Job = error.job  # type: ignore[attr-defined]  # all of REFUSALS have it
    names = {"job": name_of(job)}
    if isinstance(error, OnHoldError):
        said = _(
            "Job %(job)s was put on hold meanwhile. It goes on when its hold is released; see why below."
        )
    elif isinstance(error, CancellationRequestedError):
        said = _("The shopper asks to cancel job %(job)s: say below whether it is still in time.")
    elif isinstance(error, NothingToDecideError):
        said = _("Nobody asks to cancel job %(job)s any more: go on with it.")
    elif isinstance(error, RetryInProductionError):
        said = _(
            "Job %(job)s has been begun, so nobody else can try it as it is: say that it failed instead."
        )
    else:
        return where_it_is(job, client=client)
    return said % names


def where_it_is(job: Job, *, client: FulfilmentKey | None) -> str:
    """Where a job is that this client cannot act upon, or not in this way."""
    names = {"job": name_of(job), "worker": job.worker or str(job.client or "")}
    if job.state in Job.LEASED and job.lapsed:
        said = _(
            "The time for job %(job)s ran out while it was being made. Whoever has what was begun goes on below."
        )
    elif job.state in Job.LEASED and client is not None and job.client_id == client.pk:
        said = _(
            "You hold job %(job)s, and it has moved on since that page was opened: see below how it is now."
        )
    elif job.state in Job.LEASED:
        said = _(
            "%(worker)s has job %(job)s now. Put aside what you began, and take another one from the bench."
        )
    else:
        said = str(_AT_REST[S(job.state)]())
    return said % names


_AT_REST = {
    S.PENDING: lambda: _("Job %(job)s is being handed off. It can be taken in a moment: look again then."),
    S.READY: lambda: _(
        "Nobody holds job %(job)s: it was given back, or its time ran out before it was begun. Take it to go on."
    ),
    S.PRODUCED: lambda: _("Job %(job)s is made already. It waits to be sent."),
    S.SHIPPED: lambda: _("Job %(job)s has been sent already: there is nothing left to do."),
    S.FAILED: lambda: _("Job %(job)s has failed. Whoever cares for orders decides whether it is made again."),
    S.CANCELLED: lambda: _(
        "Job %(job)s was cancelled meanwhile. Put aside what you began, and take another one from the bench."
    ),
}
