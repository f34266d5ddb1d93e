"""Build jobs, to read, with what staff may decide about them as actions and pages."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import BooleanFieldListFilter
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configurator.versions import mixer_for
from orders.admin.deeds import DeedPages
from orders.admin.holding import HoldPages
from orders.admin.job_deeds import DECIDE, JOB_DEEDS
from orders.admin.job_recipe import show_recipe
from orders.admin.labels import LabelPages
from orders.admin.long_lists import SEARCH_HINT, LongListAdmin
from orders.admin.made_anew import MadeAnewFilter
from orders.models import Hold, Job, JobTransition
from orders.search import find_jobs
from staff.filters import titled
from staff.read_only import ReadOnlyInline


class TransitionInline(ReadOnlyInline):
    model = JobTransition
    fields = ["version", "came_from", "to_state", "by", "note", "at"]
    readonly_fields = ["came_from"]
    show_change_link = False

    @admin.display(description=gettext_lazy("from"))
    def came_from(self, step: JobTransition) -> str:
        """As people call it; the step keeps the bare value."""
        return str(dict(Job.State.choices).get(step.from_state, step.from_state)) or "-"


class HoldInline(ReadOnlyInline):
    model = Hold
    fields = ["reason", "note", "placed_by", "placed_at", "released_by", "released_at", "release"]
    readonly_fields = ["release"]
    show_change_link = False

    @admin.display(description=gettext_lazy("go on"))
    def release(self, hold: Hold) -> SafeString | str:
        if hold.released_at:
            return ""
        address = reverse("admin:orders_job_release_hold", args=[hold.job_id, hold.public_id])
        return format_html('<a href="{}">{}</a>', address, _("Release"))


def said_if(is_so: bool) -> str:  # noqa: FBT001 the one thing it is about
    """In words: a tick is green and a cross red, and here neither is good or bad by itself."""
    return _("Yes") if is_so else "-"


# Fields that lead to pages of others: who may open these, and what stands there for everybody else.
LINKED = {
    "order": ("orders.view_order", "plain_order"),
    "shipment": ("orders.view_shipment", "plain_shipment"),
    "client": ("orders.view_fulfilmentkey", "plain_client"),
}


@admin.register(Job)
class JobAdmin(LabelPages, HoldPages, DeedPages, LongListAdmin):
    """Nothing about who ordered is read for the list."""

    list_display = ["__str__", "promised_on", "state", "is_held", "ran_out", "worker", "attempt", "batch"]
    list_filter = [
        "state",
        "on_hold",
        ("lapsed", titled(gettext_lazy("time ran out while it was made"), BooleanFieldListFilter)),
        MadeAnewFilter,
    ]
    list_select_related = ["order"]
    list_only = (
        *("promised_on", "state", "on_hold", "lapsed", "worker", "attempt", "batch"),
        *("order__number",),
    )
    sortable_by = ["promised_on"]  # by an index; else a million rows are sorted for a hundred
    search_fields = ["order__number"]  # `orders.search` says what is searched
    search_hint = SEARCH_HINT
    inlines = [HoldInline, TransitionInline]
    fields = [
        *("order", "line", "state", "promised_on", "is_held", "label_name", "needs", "frozen_recipe"),
        *("label_links", "batch", "shipment", "remake_of", "cancellation", "cancellation_note"),
        *("failure_code", "failure_note", "client", "worker", "station", "lease_expires_at", "ran_out"),
        *("attempt", "version", "created_at"),
    ]
    readonly_fields = ["is_held", "ran_out", "label_name", "needs", "label_links", "frozen_recipe"]
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

    def get_fields(self, request: HttpRequest, obj: Job | None = None) -> Any:
        """The bench sees what to make; only who may open an order, a parcel or a key gets a link to it."""
        closed = {
            field: plain
            for field, (permission, plain) in LINKED.items()
            if not request.user.has_perm(permission)
        }
        return [closed.get(str(field), field) for field in super().get_fields(request, obj)]

    def get_readonly_fields(self, request: HttpRequest, obj: Job | None = None) -> list[Any]:
        return [
            *super().get_readonly_fields(request, obj),
            *(plain for _permission, plain in LINKED.values()),
        ]

    @admin.display(description=gettext_lazy("on hold"))
    def is_held(self, job: Job) -> str:
        return said_if(job.on_hold)

    @admin.display(description=gettext_lazy("time ran out while it was made"))
    def ran_out(self, job: Job) -> str:
        return said_if(job.lapsed)

    @admin.display(description=gettext_lazy("order"))
    def plain_order(self, job: Job) -> str:
        return job.order.number

    @admin.display(description=gettext_lazy("parcel"))
    def plain_shipment(self, job: Job) -> str:
        return str(job.shipment) if job.shipment else "-"

    @admin.display(description=gettext_lazy("maker"))
    def plain_client(self, job: Job) -> str:
        return job.client.name if job.client else "-"

    @admin.display(description=gettext_lazy("name on the label"))
    def label_name(self, job: Job) -> str:
        return job.line.label_name or "-"

    @admin.display(description=gettext_lazy("frozen recipe"))
    def frozen_recipe(self, job: Job) -> SafeString:
        return show_recipe(job, sold_as=mixer_for(job.line.version).spec)

    @admin.display(description=gettext_lazy("what it is for"))
    def needs(self, job: Job) -> str:
        """The needs that what is in it answers to, in the words of the version that was sold."""
        chosen = set(job.line.mix.values())
        needs = mixer_for(job.line.version).spec.needs
        return " · ".join(need.wording for need in needs if need.component in chosen) or "-"

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
