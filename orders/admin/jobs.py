"""Build jobs, to read, with what staff may decide about them as actions and pages."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from orders.admin.deeds import DeedPages
from orders.admin.holding import HoldPages
from orders.admin.job_deeds import DECIDE, JOB_DEEDS
from orders.admin.labels import LabelPages
from orders.admin.long_lists import LongListAdmin
from orders.admin.reading import ReadOnlyInline
from orders.finding import find_jobs
from orders.models import Hold, Job, JobTransition


class TransitionInline(ReadOnlyInline):
    model = JobTransition
    fields = ["version", "from_state", "to_state", "by", "note", "at"]
    show_change_link = False


class HoldInline(ReadOnlyInline):
    model = Hold
    fields = ["reason", "note", "placed_by", "placed_at", "released_by", "released_at", "release"]
    readonly_fields = ["release"]
    show_change_link = False

    @admin.display(description="")
    def release(self, hold: Hold) -> SafeString | str:
        if hold.released_at:
            return ""
        address = reverse("admin:orders_job_release_hold", args=[hold.job_id, hold.public_id])
        return format_html('<a href="{}">{}</a>', address, _("Release"))


@admin.register(Job)
class JobAdmin(LabelPages, HoldPages, DeedPages, LongListAdmin):
    """Nothing about who ordered is read for the list."""

    list_display = ["__str__", "promised_on", "state", "on_hold", "lapsed", "worker", "attempt", "batch"]
    list_filter = ["state", "on_hold", "lapsed"]
    list_select_related = ["order"]
    list_only = (
        *("promised_on", "state", "on_hold", "lapsed", "worker", "attempt", "batch"),
        *("order__number",),
    )
    sortable_by = ["promised_on"]  # by an index; else a million rows are sorted for a hundred
    search_fields = ["order__number"]  # `finding` says what is searched
    inlines = [HoldInline, TransitionInline]
    exclude = ["lease_token"]
    readonly_fields = ["label_links"]
    deeds = JOB_DEEDS
    actions = ["print_labels"]
    change_form_template = "admin/orders/job/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        """Jobs of real orders; those of a sandbox are nobody's to decide about."""
        return super().get_queryset(request).filter(sandbox=None)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Job], search_term: str
    ) -> tuple[QuerySet[Job], bool]:
        return self.rows_found(request, find_jobs(queryset, search_term)), False

    def rows_for_deeds(self, request: HttpRequest) -> QuerySet[Job]:
        jobs = self.get_queryset(request).select_related("order", "line__version")
        return jobs.defer("snapshot", "made_of", "line__version__spec", "line__version__space")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(DECIDE)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"can_decide": self.has_decide_permission(request), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)
