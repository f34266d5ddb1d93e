"""The outbox: what was given up stands first, with what to do about it."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, QuerySet, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from orders.care import retry_hand_off
from orders.models import OutboxEntry
from staff.reading import ReadOnlyAdmin

T = OutboxEntry.Topic
S = OutboxEntry.State

MAIL_HINT = _("Is EMAIL_URL right, and is her address? Then try it again; what was sent is not sent twice.")
HINTS: dict[str, str | Promise] = {
    T.HANDOFF: _(
        "Its jobs are on hold. If the recipe cannot be made as it was sold, cancel and refund the order; else mend"
        " what the error names and try it again: the hold ends when it works."
    ),
    T.REFUND: _(
        "Look at the payment provider whether it was given back, then try it again: it is given back once."
    ),
}


@admin.register(OutboxEntry)
class OutboxAdmin(ReadOnlyAdmin):
    list_display = [
        *(
            "topic",
            "order",
            "plan",
            "key",
            "state",
            "attempts",
            "error",
            "what_to_do",
            "next_attempt_at",
            "created_at",
        )
    ]
    list_filter = ["state", "topic"]
    list_select_related = ["order", "plan__recipe"]
    search_fields = ["order__number"]
    readonly_fields = ["what_to_do"]
    actions = ["retry"]

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [Case(When(state=S.DEAD, then=0), default=1).asc(), "-id"]

    @admin.display(description=_("what to do"))
    def what_to_do(self, entry: OutboxEntry) -> str | Promise:
        return HINTS.get(entry.topic, MAIL_HINT) if entry.state == S.DEAD else ""

    @admin.action(description=_("Try dead entries again"), permissions=["decide"])
    def retry(self, request: HttpRequest, chosen: QuerySet[OutboxEntry]) -> None:
        now = timezone.now()
        tried = 0
        for entry in chosen:
            if retry_hand_off(entry, now=now):
                tried += 1
                self.log_change(request, entry, gettext("Tried again."))
        messages.info(
            request,
            ngettext("%(count)s entry is tried again.", "%(count)s entries are tried again.", tried)
            % {"count": tried},
        )

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_outboxentry")
