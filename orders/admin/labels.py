"""The label of a job for staff: the same drawing and print page that fulfilment gets, by their own session."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orders.labels.answering import answer_label
from orders.labels.content import NoRecipeYetError
from orders.models import Job


class LabelPages(admin.ModelAdmin[Any]):
    """What the admin of jobs has for labels: the addresses, and the links to them on a job's page."""

    def get_urls(self) -> list[URLPattern]:
        label = path("<int:job_pk>/label/", self.admin_site.admin_view(self.label), name="orders_job_label")
        sheet = path(
            "<int:job_pk>/labels-to-print/",
            self.admin_site.admin_view(self.labels_to_print),
            name="orders_job_labels_to_print",
        )
        return [label, sheet, *super().get_urls()]

    def label(self, request: HttpRequest, job_pk: int) -> HttpResponse:
        return self._answer(request, job_pk, as_page=False)

    def labels_to_print(self, request: HttpRequest, job_pk: int) -> HttpResponse:
        return self._answer(request, job_pk, as_page=True)

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
        jobs = Job.objects.select_related("order", "line__version").defer(
            "line__version__spec", "line__version__space"
        )
        job = get_object_or_404(jobs, pk=job_pk)
        try:
            return answer_label(request, job, as_page=as_page)
        except NoRecipeYetError:
            messages.warning(
                request,
                gettext("There is no label before the job is ready: hand it off, then come back."),
            )
            return redirect("admin:orders_job_change", job.pk)
