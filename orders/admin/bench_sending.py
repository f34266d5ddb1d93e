"""Sending from the bench: the parcel of an order, and the label with its address, for who may send."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from orders.admin.bench_forms import ParcelForm
from orders.admin.bench_pages import SEND, bench_page, check_may, staff_of
from orders.admin.bench_words import explain, name_of
from orders.bench_client import bench_client
from orders.bench_work import jobs_of_bench, read_work
from orders.holds import OnHoldError
from orders.jobs import WrongStateError
from orders.models import FulfilmentKey, Job, Order, Shipment
from orders.shipping import Parcel, ParcelConflictError, ParcelJobsError, ship_jobs

S = Job.State


@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest, number: str) -> HttpResponse:
    """What of an order is made and not sent, and the form that reports a parcel with it, once."""
    check_may(request, SEND)
    order = get_object_or_404(Order, number=number, sandbox=None)
    if request.method != "POST":
        return _page(request, order, None)
    now = timezone.now()
    client = bench_client(staff_of(request), now=now)
    jobs = list(jobs_of_bench().filter(order=order))
    form = ParcelForm([(str(job.public_id), name_of(job)) for job in jobs], request.POST)
    if not form.is_valid():
        return _page(request, order, form, status=422)
    return _send(request, order, client, form.cleaned_data, now=now)


@require_safe
def address_label(request: HttpRequest, number: str) -> HttpResponse:
    """The address of an order to print: only for who may send, and only while something of it is there to be sent."""
    check_may(request, SEND)
    order = get_object_or_404(Order, number=number, sandbox=None)
    if not _made(order).exists():
        messages.warning(request, _("Nothing of order %(number)s waits to be sent.") % {"number": number})
        return redirect("admin:bench")
    return bench_page(
        request, "address_label", title=_("Address of order %(number)s") % {"number": number}, order=order
    )


def _send(
    request: HttpRequest, order: Order, client: FulfilmentKey, sent: dict[str, Any], *, now: datetime
) -> HttpResponse:
    parcel = Parcel(
        external_id=str(sent["parcel"]),
        job_ids=tuple(UUID(job) for job in sent["job"]),
        carrier=sent["carrier"],
        tracking=sent["tracking"],
        shipped_at=now,
    )
    try:
        ship_jobs(client, parcel=parcel, now=now)
    except ParcelConflictError as error:  # the second press of a button has another time, nothing else
        if not _is_same(error.shipment, parcel):
            said = _(
                "This parcel was reported before, with %(carrier)s as %(tracking)s. This is what is left."
            )
            messages.warning(
                request, said % {"carrier": error.shipment.carrier, "tracking": error.shipment.tracking}
            )
            return redirect("admin:bench_send", order.number)
    except (OnHoldError, WrongStateError) as error:
        messages.warning(request, explain(error, client=client))
        return redirect("admin:bench_send", order.number)
    except ParcelJobsError:
        messages.warning(request, _("What can be sent has changed: look again, then send."))
        return redirect("admin:bench_send", order.number)
    messages.success(
        request,
        _("The parcel of order %(number)s is on its way, and its shopper is told.")
        % {"number": order.number},
    )
    return redirect("admin:bench")


def _is_same(shipment: Shipment, parcel: Parcel) -> bool:
    jobs = {job.public_id for job in shipment.jobs.all()}
    return (shipment.carrier, shipment.tracking, jobs) == (
        parcel.carrier,
        parcel.tracking,
        set(parcel.job_ids),
    )


def _page(request: HttpRequest, order: Order, form: ParcelForm | None, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    made = [read_work(job, now=now) for job in _made(order)]
    if form is None:
        choices = [(str(work.job.public_id), _words(work)) for work in made]
        form = ParcelForm(choices, initial={"parcel": uuid4()})
    others = jobs_of_bench().filter(order=order).exclude(state__in=[S.PRODUCED, S.CANCELLED]).not_replaced()
    return bench_page(
        request,
        "send",
        title=_("Send order %(number)s") % {"number": order.number},
        status=status,
        order=order,
        made=made,
        others=[read_work(job, now=now) for job in others.order_by("id")],
        form=form,
        carriers=_recent_carriers(),
    )


def _words(work: Any) -> str:
    parts = ", ".join(part.name for part in work.parts)
    said = _("%(pieces)s × %(recipe)s (%(parts)s), batch %(batch)s")
    return said % {"pieces": work.pieces, "recipe": work.recipe, "parts": parts, "batch": work.job.batch}


def _made(order: Order) -> QuerySet[Job]:
    return jobs_of_bench().filter(order=order, state=S.PRODUCED).not_replaced().order_by("id")


def _recent_carriers() -> list[str]:
    recent = Shipment.objects.filter(order__sandbox=None).order_by("-id").values_list("carrier", flat=True)
    return list(dict.fromkeys(recent[:100]))[:5]
