"""The answer that shows a label: the drawing, or a page with one for each piece to send to a printer."""

from collections.abc import Sequence
from typing import cast

from csp.constants import NONCE, NONE
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from orders.labels.content import read_label
from orders.labels.drawing import draw_label, draw_symbol
from orders.labels.layout import Layout, lay_out
from orders.models import Job

NAME = "label"
NOTHING_ELSE = {
    "default-src": [NONE],
    "style-src": [NONCE],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [NONE],
}


def answer_label(request: HttpRequest, job: Job, *, batch: str = "", as_page: bool = False) -> HttpResponse:
    """The label of a job as SVG; with `as_page` as HTML in which each piece has a sheet of the label's own size.

    `job` comes with its order, its line and the line's version. Raises what `read_label` raises.
    """
    layout = lay_out(read_label(job, batch=batch))
    answer = _page(request, job, layout) if as_page else _drawing(job, layout)
    return _kept_to_itself(request, answer)


def answer_labels(request: HttpRequest, jobs: Sequence[Job]) -> HttpResponse:
    """The labels of several jobs, one sheet for each piece, each sheet of its label's own size.

    The jobs come with their orders, their lines and the lines' versions. Raises what `read_label` raises.
    """
    layouts = [lay_out(read_label(job)) for job in jobs]
    kinds = [
        {
            "name": f"{NAME}-{job.pk}",
            "number": job.order.number,
            "symbol": mark_safe(draw_symbol(layout, name=f"{NAME}-{job.pk}")),  # noqa: S308 ElementTree has escaped it
            "width": f"{layout.width:g}mm",
            "height": f"{layout.height:g}mm",
            "pieces": range(1, job.line.quantity + 1),
        }
        for job, layout in zip(jobs, layouts, strict=True)
    ]
    pieces = sum(job.line.quantity for job in jobs)
    answer = render(request, "orders/labels_of_many.html", {"kinds": kinds, "count": pieces})
    return _kept_to_itself(request, answer)


def _kept_to_itself(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    answer["Cache-Control"] = "private, no-store"  # it may name a person
    return cast("HttpResponse", csp_replace(NOTHING_ELSE)(lambda _request: answer)(request))


def _drawing(job: Job, layout: Layout) -> HttpResponse:
    answer = HttpResponse(draw_label(layout), content_type="image/svg+xml")
    answer["Content-Disposition"] = f'inline; filename="label-{job.order.number}-{job.line.position}.svg"'
    return answer


def _page(request: HttpRequest, job: Job, layout: Layout) -> HttpResponse:
    page = {
        "job": job,
        "name": NAME,
        "symbol": mark_safe(draw_symbol(layout, name=NAME)),  # noqa: S308 ElementTree has escaped its texts
        "width": f"{layout.width:g}mm",
        "height": f"{layout.height:g}mm",
        "pieces": range(1, job.line.quantity + 1),
    }
    return render(request, "orders/labels.html", page)
