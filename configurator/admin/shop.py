"""What the shop asks for delivery."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from configurator.admin.history import KeepsHistory
from configurator.admin.whole_numbers import WHOLE_NUMBERS
from configurator.models import DeliveryTerms

LATE_AT_ONCE = _(
    "With more days to carry, orders that have not left are late at once, and their buyers are told."
)


@admin.register(DeliveryTerms)
class DeliveryTermsAdmin(KeepsHistory):
    formfield_overrides = WHOLE_NUMBERS
    list_display = ["__str__", "price", "free_from", "making_days", "carrier_days", "daily_capacity"]
    fieldsets = (
        (_("Price"), {"fields": ["price", "free_from"]}),
        (
            _("Time"),
            {"fields": ["making_days", "carrier_days", "daily_capacity"], "description": LATE_AT_ONCE},
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not DeliveryTerms.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: DeliveryTerms | None = None) -> bool:
        return False
