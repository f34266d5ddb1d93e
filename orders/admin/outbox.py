"""The outbox: what was given up is found by a filter and says what to do about it."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from orders.admin.long_lists import LongListAdmin
from orders.models import OutboxEntry
from orders.outbox import retry_entry


@admin.register(OutboxEntry)
class OutboxAdmin(LongListAdmin):
    list_display = [
        "topic", "order", "plan", "key", "state", "attempts", "error", "what_to_do", "next_attempt_at", "created_at",
    ]  # fmt: skip
    list_filter = ["state", "topic"]
    list_select_related = ["order", "plan__recipe"]
    list_only = (
        *("topic", "key", "state", "attempts", "error", "next_attempt_at", "created_at"),
        *("order__number", "plan__state", "plan__recipe__name"),
    )
    search_fields = ["order__number"]
    ordering = ["-id"]
    readonly_fields = ["what_to_do"]
    actions = ["retry"]

    @admin.display(description=_("what to do"))
    def what_to_do(self, entry: OutboxEntry) -> str:
        return way_on(entry) if entry.state == OutboxEntry.State.DEAD else ""

    @admin.action(description=_("Try dead entries again"), permissions=["decide"])
    def retry(self, request: HttpRequest, chosen: QuerySet[OutboxEntry]) -> None:
        now = timezone.now()
        tried = 0
        for entry in chosen:
            if retry_entry(entry, now=now):
                tried += 1
                self.log_change(request, entry, gettext("Tried again."))
        messages.info(
            request,
            ngettext("%(count)s entry is tried again.", "%(count)s entries are tried again.", tried)
            % {"count": tried},
        )

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_outboxentry")


def way_on(entry: OutboxEntry) -> str:
    """What to do about an entry that was given up."""
    if entry.topic == OutboxEntry.Topic.HANDOFF:
        return gettext(
            "Its jobs are on hold. If the recipe cannot be made as it was sold, cancel and refund the order; else mend"
            " what the error names and try it again: the hold ends when it works."
        )
    if entry.topic == OutboxEntry.Topic.REFUND:
        return gettext(
            "Look at the payment provider whether it was given back, then try it again: it is given back once."
        )
    return gettext(
        "Is the mail server up, EMAIL_URL right, and the address? Then try it again; what was sent is not sent twice."
    )
