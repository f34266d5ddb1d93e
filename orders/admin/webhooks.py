"""Webhooks and what came of the last attempts, to read."""

from django.contrib import admin

from orders.models import WebhookDelivery, WebhookEndpoint
from staff.reading import ReadOnlyAdmin, ReadOnlyInline


class DeliveryInline(ReadOnlyInline):
    model = WebhookDelivery
    fields = ["at", "message_id", "seq", "status", "error", "milliseconds"]
    show_change_link = False


@admin.register(WebhookEndpoint)
class WebhookAdmin(ReadOnlyAdmin):
    list_display = ["url", "client", "sent_to", "attempts", "failing_since", "disabled_at", "disabled_why"]
    list_filter = [("disabled_at", admin.EmptyFieldListFilter), ("failing_since", admin.EmptyFieldListFilter)]
    list_select_related = ["client"]
    search_fields = ["url", "client__name"]
    inlines = [DeliveryInline]
