"""The pick list of a batch of jobs: one page to print, by component, with totals."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orders.admin.bench_pages import LOOK, WORK, bench_page, check_may, read_id, staff_of
from orders.bench_client import find_bench_client
from orders.bench_work import jobs_of_bench, read_pick_list, read_work
from orders.models import Job

MOST = 100


@require_safe
def pick_list(request: HttpRequest) -> HttpResponse:
    """Of the jobs that the address names, else of all that whoever asks holds."""
    check_may(request, LOOK, WORK)
    now = timezone.now()
    jobs = jobs_of_bench().exclude(snapshot="").order_by("promised_on", "id")
    if named := request.GET.getlist("job"):
        jobs = jobs.filter(public_id__in=[job_id for text in named[:MOST] if (job_id := read_id(text))])
    else:
        jobs = jobs.filter(
            client=find_bench_client(staff_of(request)),
            state__in=Job.LEASED,
            lapsed=False,
            client__isnull=False,
        )
    batch = list(jobs[:MOST])
    if not batch:
        messages.warning(request, _("There is nothing to pick: take some jobs first."))
        return redirect("admin:bench")
    return bench_page(
        request,
        "pick_list",
        title=_("Pick list"),
        at=now,
        works=[read_work(job, now=now) for job in batch],
        rows=read_pick_list(batch, now=now),
    )
