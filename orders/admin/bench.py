"""The bench: what there is to make and to send, taking jobs, and keeping them."""

import hashlib
import json
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from orders.admin.bench_pages import LOOK, SEND, WORK, bench_page, check_may, read_id, staff_of
from orders.admin.bench_words import name_of, where_it_is
from orders.bench_client import bench_client, find_bench_client
from orders.bench_work import MOST_SHOWN, jobs_of_bench, read_bench_work
from orders.claiming import MAX_JOBS, claim_jobs
from orders.heartbeats import beat
from orders.idempotency import KeyInFlightError, KeyReusedError, answer_once
from orders.models import FulfilmentKey, Job

LEASE_SECONDS = 4 * 60 * 60  # half a working day; an open page makes it longer
STATION = "browser"
HOW_MANY = (1, 5, 10, 20)


@require_safe
def bench(request: HttpRequest) -> HttpResponse:
    """Jobs by promise: mine, those to take, those to send, those of others."""
    check_may(request, LOOK, WORK, SEND)
    now = timezone.now()
    work = read_bench_work(find_bench_client(staff_of(request)), now=now)
    return bench_page(
        request,
        "index",
        title=_("Bench"),
        at=now,
        work=work,
        most_shown=MOST_SHOWN,
        how_many=HOW_MANY,
        once=uuid4(),
        hours=LEASE_SECONDS // 3600,
    )


@require_POST
def claim(request: HttpRequest) -> HttpResponse:
    """Take the chosen jobs, or the next ones, once however often the button is pressed."""
    check_may(request, WORK)
    now = timezone.now()
    client = bench_client(staff_of(request), now=now)
    chosen = [job_id for text in request.POST.getlist("job") if (job_id := read_id(text))][:MAX_JOBS]
    if not chosen and request.POST.get("take") != "next":
        messages.warning(request, _("No job was chosen: tick some, or take the next ones."))
        return redirect("admin:bench")
    try:
        taken, is_replay = _claim_once(request, client, chosen, now=now)
    except (KeyReusedError, KeyInFlightError):
        messages.warning(request, _("That page was used before. This is how things are now: choose again."))
        return redirect("admin:bench")
    if not is_replay or taken:
        _tell_of_claim(request, client, taken, chosen, now=now)
    return redirect("admin:bench")


def _claim_once(
    request: HttpRequest, client: FulfilmentKey, chosen: list[UUID], *, now: datetime
) -> tuple[list[UUID], bool]:
    """(what was taken, whether that was done before)."""
    count = request.POST.get("count", "")
    most = len(chosen) or (int(count) if count in map(str, HOW_MANY) else HOW_MANY[0])
    asked = json.dumps([sorted(map(str, chosen)), most])

    def work() -> str | None:
        jobs = claim_jobs(
            client,
            worker=staff_of(request).get_username()[:80],
            station=STATION,
            max_jobs=most,
            lease_seconds=LEASE_SECONDS,
            only=chosen or None,
            now=now,
        )
        return json.dumps([str(job.public_id) for job in jobs]) if jobs else None

    answer = answer_once(
        client,
        key=f"bench-{read_id(request.POST.get('once', '')) or uuid4()}",
        request_sha256=hashlib.sha256(asked.encode()).hexdigest(),
        work=work,
        now=now,
    )
    if answer is None:
        return [], False
    return [UUID(text) for text in json.loads(answer.body)], answer.is_replay


def _tell_of_claim(
    request: HttpRequest, client: FulfilmentKey, taken: list[UUID], chosen: list[UUID], *, now: datetime
) -> None:
    if taken:
        said = ngettext(
            "%(count)s job is yours until %(time)s, and longer while this page is open.",
            "%(count)s jobs are yours until %(time)s, and longer while this page is open.",
            len(taken),
        )
        messages.success(request, said % {"count": len(taken), "time": _until(now)})
    elif not chosen:
        messages.info(request, _("There is no job to take right now."))
    for job in jobs_of_bench().filter(public_id__in=set(chosen) - set(taken)):
        messages.warning(request, _why_not(job, client))


def _why_not(job: Job, client: FulfilmentKey) -> str:
    if job.state == Job.State.READY and job.on_hold:
        return _("Job %(job)s was put on hold meanwhile, so it is not to be made for now.") % {
            "job": name_of(job)
        }
    if job.state == Job.State.READY and job.cancellation:
        return _("Job %(job)s is to be cancelled, so it is not to be made.") % {"job": name_of(job)}
    return where_it_is(job, client=client)


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Make the leases longer that the page shows, and say which of them are lost: to a script, or on the page."""
    check_may(request, WORK)
    now = timezone.now()
    client = bench_client(staff_of(request), now=now)
    leases = [pair for text in request.POST.getlist("lease") if (pair := _read_lease(text))][:MOST_SHOWN]
    beats = beat(client, leases, lease_seconds=LEASE_SECONDS, now=now)
    lost_ids = [each.job_id for each in beats if each.job is None]
    lost = [where_it_is(job, client=client) for job in jobs_of_bench().filter(public_id__in=lost_ids)]
    asks = [
        _("The shopper asks to cancel job %(job)s: open it and say whether it is still in time.")
        % {"job": name_of(job)}
        for job in jobs_of_bench().filter(
            public_id__in=[each.job_id for each in beats if each.job],
            cancellation=Job.Cancellation.REQUESTED,
        )
    ]
    if "application/json" in request.headers.get("Accept", ""):
        until = _("Yours until %(time)s.") % {"time": _until(now)}
        return JsonResponse({"said": until, "warnings": lost + asks})
    for text in lost + asks:
        messages.warning(request, text)
    if len(lost_ids) < len(leases):
        messages.success(request, _("Your jobs are yours until %(time)s.") % {"time": _until(now)})
    return redirect("admin:bench")


def _until(now: datetime) -> str:
    return time_format(timezone.localtime(now + timedelta(seconds=LEASE_SECONDS)), "TIME_FORMAT")


def _read_lease(text: str) -> tuple[UUID, UUID] | None:
    job_id, _colon, token = text.partition(":")
    pair = read_id(job_id), read_id(token)
    return (pair[0], pair[1]) if pair[0] and pair[1] else None
