"""The label of a job for staff: the same drawing and print page that fulfilment gets, by their own session."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orders.admin.deeds import MOST_AT_ONCE, read_pks
from orders.labels.answering import answer_label, answer_labels
from orders.labels.content import NoRecipeYetError
from orders.models import Job


def labels_address(jobs: Sequence[int]) -> str:
    """The page of the labels of jobs with these ids, of the first MOST_AT_ONCE."""
    more = {"more": "1"} if len(jobs) > MOST_AT_ONCE else {}
    query: dict[str, Any] = {"job": jobs[:MOST_AT_ONCE], **more}
    return f"{reverse('admin:orders_job_labels')}?{urlencode(query, doseq=True)}"


def first_uncancelled(jobs: QuerySet[Job]) -> list[int]:
    """The ids of those that may want a label; one more than have room on a page, if there are more."""
    left = jobs.exclude(state=Job.State.CANCELLED).values_list("pk", flat=True)
    return list(left[: MOST_AT_ONCE + 1])


class LabelPages(admin.ModelAdmin[Any]):
    """What the admin of jobs has for labels: the addresses, and the links to them on a job's page."""

    def get_urls(self) -> list[URLPattern]:
        label = path("<int:job_pk>/label/", self.admin_site.admin_view(self.label), name="orders_job_label")
        sheet = path(
            "<int:job_pk>/labels-to-print/",
            self.admin_site.admin_view(self.labels_to_print),
            name="orders_job_labels_to_print",
        )
        chosen = path("labels/", self.admin_site.admin_view(self.labels_page), name="orders_job_labels")
        sheets = path(
            "labels/to-print/", self.admin_site.admin_view(self.sheets), name="orders_job_label_sheets"
        )
        return [label, sheet, chosen, sheets, *super().get_urls()]

    def label(self, request: HttpRequest, job_pk: int) -> HttpResponse:
        return self._answer(request, job_pk, as_page=False)

    def labels_to_print(self, request: HttpRequest, job_pk: int) -> HttpResponse:
        return self._answer(request, job_pk, as_page=True)

    @admin.action(description=_("Print labels"), permissions=["view"])
    def print_labels(self, request: HttpRequest, chosen: QuerySet[Job]) -> HttpResponse:
        return redirect(labels_address(first_uncancelled(chosen)))

    def labels_page(self, request: HttpRequest) -> HttpResponse:
        """Which labels are printed and which are not, before the sheets."""
        jobs = self._jobs(request)
        if not jobs:
            messages.warning(request, gettext("Nothing was chosen: choose some in this list."))
            return redirect("admin:orders_job_changelist")
        ready = [job for job in jobs if job.snapshot]
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Print labels"),
            "ready": ready,
            "left": [job for job in jobs if not job.snapshot],
            "pieces": sum(job.line.quantity for job in ready),
            "most": MOST_AT_ONCE if request.GET.get("more") else 0,
        }
        return TemplateResponse(request, "admin/orders/job/labels.html", page)

    def sheets(self, request: HttpRequest) -> HttpResponse:
        """One sheet for each piece of the jobs that have a label."""
        ready = [job for job in self._jobs(request) if job.snapshot]
        if not ready:
            messages.warning(
                request,
                gettext("There is no label before the job is ready: hand it off, then come back."),
            )
            return redirect("admin:orders_job_changelist")
        return answer_labels(request, ready)

    def _jobs(self, request: HttpRequest) -> list[Job]:
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = read_pks(request.GET.getlist("job"))
        jobs = self.get_queryset(request).select_related("order", "line__version")
        lean = jobs.defer("made_of", "line__version__spec", "line__version__space")
        return list(lean.filter(pk__in=asked[:MOST_AT_ONCE]).order_by("pk"))

    @admin.display(description=_("label"))
    def label_links(self, job: Job) -> SafeString | str:
        if not job.snapshot:
            return gettext("There is none before the job is ready.")
        return format_html(
            '<a href="{}">{}</a> · <a href="{}">{}</a>',
            reverse("admin:orders_job_label", args=[job.pk]),
            gettext("Look at it"),
            reverse("admin:orders_job_labels_to_print", args=[job.pk]),
            gettext("Print one for each piece"),
        )

    def _answer(self, request: HttpRequest, job_pk: int, *, as_page: bool) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        jobs = self.get_queryset(request).select_related("order", "line__version")
        lean = jobs.defer("line__version__spec", "line__version__space")
        job = get_object_or_404(lean, pk=job_pk)
        try:
            return answer_label(request, job, as_page=as_page)
        except NoRecipeYetError:
            messages.warning(
                request,
                gettext("There is no label before the job is ready: hand it off, then come back."),
            )
            return redirect("admin:orders_job_change", job.pk)
