"""Build jobs and the outbox, to read, with what staff may decide about them as actions."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orders.admin.reading import ReadOnlyAdmin, ReadOnlyInline
from orders.care import call_off, give_up, make_again, retry_hand_off
from orders.jobs import WrongStateError
from orders.models import Job, JobTransition, OutboxEntry


class TransitionInline(ReadOnlyInline):
    model = JobTransition
    fields = ["version", "from_state", "to_state", "by", "note", "at"]
    show_change_link = False


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["__str__", "promised_on", "state", "on_hold", "lapsed", "worker", "attempt", "batch"]
    list_filter = ["state", "on_hold", "lapsed"]
    list_select_related = ["order"]
    search_fields = ["order__number", "batch", "public_id"]
    inlines = [TransitionInline]
    exclude = ["lease_token"]
    actions = ["make_again", "call_off", "give_up"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        """Jobs of real orders; those of a sandbox are nobody's to decide about."""
        return super().get_queryset(request).filter(sandbox=None)

    @admin.action(description=gettext_lazy("Make failed jobs again"), permissions=["decide"])
    def make_again(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        _decide(request, chosen, make_again)

    @admin.action(description=gettext_lazy("Call off jobs whose maker went silent"), permissions=["decide"])
    def call_off(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        _decide(request, chosen, call_off)

    @admin.action(description=gettext_lazy("Cancel failed or untaken jobs"), permissions=["decide"])
    def give_up(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        _decide(request, chosen, give_up)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_job")


@admin.register(OutboxEntry)
class OutboxAdmin(ReadOnlyAdmin):
    list_display = ["topic", "order", "key", "state", "attempts", "next_attempt_at", "created_at", "error"]
    list_filter = ["state", "topic"]
    list_select_related = ["order"]
    search_fields = ["order__number"]
    actions = ["retry"]

    @admin.action(description=gettext_lazy("Try dead entries again"), permissions=["decide"])
    def retry(self, request: HttpRequest, chosen: QuerySet[OutboxEntry]) -> None:
        now = timezone.now()
        tried = sum(retry_hand_off(entry, now=now) for entry in chosen)
        messages.info(
            request,
            ngettext("%(count)s entry is tried again.", "%(count)s entries are tried again.", tried)
            % {"count": tried},
        )

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_outboxentry")


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
