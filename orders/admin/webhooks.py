"""Webhooks and what came of the last attempts, to read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from orders.models import WebhookDelivery, WebhookEndpoint
from staff.filters import titled
from staff.read_only import ReadOnlyAdmin, ReadOnlyInline


class DeliveryInline(ReadOnlyInline):
    model = WebhookDelivery
    fields = ["at", "message_id", "seq", "status", "error", "milliseconds"]
    show_change_link = False


@admin.register(WebhookEndpoint)
class WebhookAdmin(ReadOnlyAdmin):
    list_display = ["url", "client", "sent_to", "attempts", "failing_since", "disabled_at", "disabled_why"]
    list_filter = [("disabled_at", titled(_("switched off"))), ("failing_since", titled(_("failing now")))]
    list_select_related = ["client"]
    search_fields = ["url", "client__name"]
    inlines = [DeliveryInline]
