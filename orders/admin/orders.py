"""Orders with their lines, jobs, payments and parcels, to read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from configurator.templatetags.shop import money
from orders.admin.reading import ReadOnlyAdmin, ReadOnlyInline
from orders.models import Job, Order, OrderLine, Payment, Shipment


class LineInline(ReadOnlyInline):
    model = OrderLine
    fields = ["position", "version", "mix", "size", "label_name", "quantity", "unit_price"]
    show_change_link = False


class JobInline(ReadOnlyInline):
    model = Job
    fk_name = "order"
    fields = ["state", "on_hold", "promised_on", "attempt", "batch"]


class PaymentInline(ReadOnlyInline):
    model = Payment
    fields = ["variant", "status", "total", "currency", "created"]
    readonly_fields = ["created"]
    show_change_link = False


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "state", "full_name", "town", "shown_total", "promised_on", "placed_at"]
    list_filter = ["state", "promised_on"]
    search_fields = ["number", "email", "full_name", "postcode"]
    date_hierarchy = "placed_at"
    inlines = [LineInline, JobInline, PaymentInline]
    exclude = ["token"]

    @admin.display(description=_("total"), ordering="total")
    def shown_total(self, order: Order) -> str:
        return money(order.total)


@admin.register(Shipment)
class ShipmentAdmin(ReadOnlyAdmin):
    list_display = ["carrier", "tracking", "order", "client", "shipped_at"]
    list_select_related = ["order", "client"]
    search_fields = ["tracking", "order__number"]
