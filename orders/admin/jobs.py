"""Build jobs, to read, with what staff may decide about them as actions and pages."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from configurator.versions import mixer_for
from orders.admin.holding import HoldPages
from orders.admin.labels import LabelPages
from orders.admin.reading import ReadOnlyAdmin, ReadOnlyInline
from orders.admin.remaking import RemakePages
from orders.care import call_off, give_up, make_again
from orders.jobs import WrongStateError
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


# Fields that lead to pages of others: who may open these, and what stands there for everybody else.
LINKED = {
    "order": ("orders.view_order", "plain_order"),
    "shipment": ("orders.view_shipment", "plain_shipment"),
    "client": ("orders.view_fulfilmentkey", "plain_client"),
}


@admin.register(Job)
class JobAdmin(LabelPages, HoldPages, RemakePages, ReadOnlyAdmin):
    list_display = ["__str__", "promised_on", "state", "on_hold", "lapsed", "worker", "attempt", "batch"]
    list_filter = ["state", "on_hold", "lapsed"]
    list_select_related = ["order"]
    search_fields = ["order__number", "batch", "public_id"]
    inlines = [HoldInline, TransitionInline]
    exclude = ["lease_token"]
    readonly_fields = ["label_name", "needs", "label_links"]
    actions = ["make_again", "remake", "call_off", "give_up"]
    change_form_template = "admin/orders/job/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        """Jobs of real orders; those of a sandbox are nobody's to decide about."""
        return super().get_queryset(request).filter(sandbox=None)

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

    @admin.display(description=gettext_lazy("what it is for"))
    def needs(self, job: Job) -> str:
        """The needs that what is in it answers to, in the words of the version that was sold."""
        chosen = set(job.line.mix.values())
        needs = mixer_for(job.line.version).spec.needs
        return " · ".join(need.wording for need in needs if need.component in chosen) or "-"

    @admin.action(description=gettext_lazy("Make failed jobs again"), permissions=["decide"])
    def make_again(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        _decide(request, chosen, make_again)

    @admin.action(description=gettext_lazy("Call off jobs whose maker went silent"), permissions=["decide"])
    def call_off(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        _decide(request, chosen, call_off)

    @admin.action(description=gettext_lazy("Cancel failed or untaken jobs"), permissions=["remake"])
    def give_up(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        _decide(request, chosen, give_up)

    @admin.action(description=gettext_lazy("Make anew (remake)"), permissions=["remake"])
    def remake(self, request: HttpRequest, chosen: QuerySet[Job]) -> HttpResponse:
        return self.ask_to_remake([job.pk for job in chosen])

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_job")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        may = {
            "can_decide": self.has_decide_permission(request),
            "can_remake": self.has_remake_permission(request),
        }
        context = {**may, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)


def _decide(request: HttpRequest, chosen: QuerySet[Job], decision: Callable[..., Any]) -> None:
    """Apply a decision to each chosen job by itself; those it does not fit stay as they are and are named."""
    now, done = timezone.now(), 0
    for job in chosen.select_related("order", "line__version"):
        try:
            with transaction.atomic():
                decision(job, by=request.user.get_username(), now=now)
        except WrongStateError as error:
            messages.warning(
                request,
                _("Order %(number)s: the job is %(state)s, so it stays as it is.")
                % {"number": job.order.number, "state": error.job.get_state_display()},
            )
        else:
            done += 1
    if done:
        messages.success(
            request, ngettext("%(count)s job changed.", "%(count)s jobs changed.", done) % {"count": done}
        )
