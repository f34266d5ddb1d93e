"""One job at the bench: begun, weighed in, completed with its lots, failed, given back, or gone on with."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orders.admin.bench import LEASE_SECONDS, STATION
from orders.admin.bench_forms import FailedForm, MadeForm
from orders.admin.bench_pages import LOOK, SEND, WORK, bench_page, check_may, read_id, staff_of
from orders.admin.bench_words import REFUSALS, explain, name_of, where_it_is
from orders.bench_client import bench_client, find_bench_client
from orders.bench_work import jobs_of_bench, read_work, recent_lots
from orders.claiming import CLAIMABLE, reclaim_job
from orders.jobs import WrongStateError
from orders.leases import Lease, has_lease
from orders.making import (
    Failure,
    WrongLotsError,
    complete_job,
    decide_cancellation,
    fail_job,
    release_job,
    start_job,
)
from orders.models import Job

S = Job.State


@require_safe
def job_page(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """The job as it is now, with what whoever looks can do about it."""
    check_may(request, LOOK, WORK)
    return _page(request, job_id, now=timezone.now())


@require_POST
def begin(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Claimed -> in production."""
    return _report(
        request,
        job_id,
        start_job,
        leads_to=S.IN_PRODUCTION,
        said=_("Begun. Weigh in and tick off each part."),
    )


@require_POST
def complete(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """In production -> produced, with what really went in."""
    check_may(request, WORK)
    now = timezone.now()
    job = _get(job_id)
    form = _made_form(job, now=now, data=request.POST)
    if not form.is_valid() and job.state == S.IN_PRODUCTION:
        return _page(request, job_id, now=now, made=form, status=422)
    if not form.is_valid():  # a job that is elsewhere by now: say that, not what is missing on its form
        messages.warning(request, where_it_is(job, client=find_bench_client(staff_of(request))))
        return redirect("admin:bench_job", job_id)
    return _report(
        request,
        job_id,
        complete_job,
        leads_to=S.PRODUCED,
        said=_("Made. Put the label on; it waits to be sent."),
        batch=form.cleaned_data["batch"],
        lots=form.made_of(),
    )


@require_POST
def fail(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Given up: for another try (`again`, before it was begun), or for whoever cares for orders to decide."""
    check_may(request, WORK)
    form = FailedForm(request.POST)
    if not form.is_valid():
        return _page(request, job_id, now=timezone.now(), failed=form, status=422)
    may_try_again = "again" in request.POST
    return _report(
        request,
        job_id,
        fail_job,
        leads_to=S.READY if may_try_again else S.FAILED,
        said=_("Given back for another try.")
        if may_try_again
        else _("Written down as failed. Whoever cares for orders decides what comes next."),
        retryable=may_try_again,
        code=Failure(form.cleaned_data["code"]),
        note=form.cleaned_data["note"],
    )


@require_POST
def give_back(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Claimed -> ready, untouched."""
    return _report(request, job_id, release_job, leads_to=S.READY, said=_("Given back: anybody can take it."))


@require_POST
def answer(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Whether a cancellation that the shop asks for is still in time."""
    accept = "accept" in request.POST
    said = _("Stopped and cancelled.") if accept else _("The shop knows that it is too late: go on.")
    return _report(
        request,
        job_id,
        decide_cancellation,
        leads_to=S.CANCELLED if accept else S.IN_PRODUCTION,
        said=said,
        accept=accept,
    )


@require_POST
def go_on(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """A new lease on a job whose lease ran out in production, for whoever has what was begun."""
    check_may(request, WORK)
    now = timezone.now()
    user = staff_of(request)
    client = bench_client(user, now=now)
    worker = user.get_username()[:80]
    try:
        reclaim_job(client, job_id, worker=worker, station=STATION, lease_seconds=LEASE_SECONDS, now=now)
    except Job.DoesNotExist:
        raise Http404 from None
    except WrongStateError as error:
        if not (error.job.state == S.IN_PRODUCTION and error.job.client_id == client.pk):
            messages.warning(request, explain(error, client=client))
    else:
        messages.success(request, _("The job is yours: go on with it."))
    return redirect("admin:bench_job", job_id)


def _report(
    request: HttpRequest,
    job_id: UUID,
    use_case: Callable[..., Job],
    *,
    leads_to: str,
    said: str,
    **details: Any,
) -> HttpResponse:
    """Call a use case under the lease that the page was opened with; pressed twice, it is done once."""
    check_may(request, WORK)
    now = timezone.now()
    client = bench_client(staff_of(request), now=now)
    lease = Lease(client=client, token=_read_token(request))
    try:
        use_case(job_id, lease=lease, now=now, **details)
    except Job.DoesNotExist:
        raise Http404 from None
    except WrongLotsError as error:
        messages.error(request, str(error))
    except REFUSALS as error:
        found = _get(job_id)
        if not (isinstance(error, WrongStateError) and _is_done(found, lease, leads_to)):
            messages.warning(request, explain(error, client=client))
    else:
        messages.success(request, said)
    return redirect("admin:bench_job", job_id)


def _is_done(job: Job, lease: Lease, leads_to: str) -> bool:
    """Whether this very lease has led the job there before: the button was pressed twice."""
    return job.state == leads_to and job.lease_token == lease.token and job.client_id == lease.client.pk


def _page(
    request: HttpRequest,
    job_id: UUID,
    *,
    now: datetime,
    made: MadeForm | None = None,
    failed: FailedForm | None = None,
    status: int = 200,
) -> HttpResponse:
    job = _get(job_id)
    client = find_bench_client(staff_of(request))
    is_mine = (
        client is not None
        and job.lease_token is not None
        and has_lease(job, Lease(client=client, token=job.lease_token), now=now)
    )
    is_claimable = all(getattr(job, name) == value for name, value in CLAIMABLE.items())
    return bench_page(
        request,
        "job",
        title=_("Job %(job)s") % {"job": name_of(job)},
        status=status,
        work=read_work(job, now=now),
        job=job,
        is_mine=is_mine,
        is_begun=is_mine and job.state == S.IN_PRODUCTION,
        is_asked=is_mine and job.cancellation == Job.Cancellation.REQUESTED,
        can_be_taken=is_claimable,
        can_go_on=job.state == S.IN_PRODUCTION and job.lapsed,
        can_be_sent=job.state == S.PRODUCED and request.user.has_perm(SEND),
        where="" if is_mine else where_it_is(job, client=client),
        holds=[hold for hold in job.holds.all() if hold.released_at is None] if job.on_hold else [],
        made=made or (_made_form(job, now=now) if is_mine and job.state == S.IN_PRODUCTION else None),
        failed=failed or FailedForm(),
        once=uuid4(),
    )


def _made_form(job: Job, *, now: datetime, data: Any = None) -> MadeForm:
    parts = read_work(job, now=now).parts
    lots = recent_lots(part.component for part in parts)
    batch = f"{timezone.localdate(now):%y%m%d}-{job.order.number}-{job.line.position}"[:40]
    return MadeForm(parts, data, lots=lots, initial={"batch": batch})


def _get(job_id: UUID) -> Job:
    return get_object_or_404(jobs_of_bench(), public_id=job_id)


def _read_token(request: HttpRequest) -> UUID:
    """What is no token is one that no job is under."""
    return read_id(request.POST.get("lease", "")) or uuid4()
