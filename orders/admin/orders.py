"""Orders with their lines, jobs, payments and parcels, to read."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from configurator.templatetags.shop import money
from orders.admin.lots import recall_address
from orders.admin.reading import ReadOnlyAdmin, ReadOnlyInline
from orders.cancelling import TooLateError, cancel_order
from orders.care import renew_token
from orders.jobs import Actor
from orders.models import Job, Order, OrderEvent, OrderLine, Payment, Shipment, Slip
from orders.recall import lots_of_order


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


class EventInline(ReadOnlyInline):
    model = OrderEvent
    fields = ["at", "kind", "by", "note"]
    show_change_link = False


class SlipInline(ReadOnlyInline):
    model = Slip
    fields = ["number", "told_before", "expected_on", "reason", "at"]
    show_change_link = False


@admin.register(Order)
class OrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "state", "full_name", "town", "shown_total", "expected_on", "placed_at"]
    list_filter = ["state", ("cancel_asked_at", admin.EmptyFieldListFilter), "promised_on"]
    search_fields = ["number", "email", "full_name", "postcode"]
    date_hierarchy = "placed_at"
    inlines = [LineInline, JobInline, PaymentInline, SlipInline, EventInline]
    exclude = ["token"]
    readonly_fields = ["lots"]
    actions = ["cancel_and_refund", "renew_address"]

    @admin.action(description=_("Cancel and refund"), permissions=["decide"])
    def cancel_and_refund(self, request: HttpRequest, chosen: QuerySet[Order]) -> None:
        now, done = timezone.now(), 0
        staff = Actor("staff", request.user.get_username())
        for order in chosen.order_by("id"):
            try:
                done += cancel_order(order, by=staff, now=now)
            except TooLateError as error:
                messages.warning(request, _too_late(error))
        messages.info(
            request,
            ngettext("%(count)s order was cancelled.", "%(count)s orders were cancelled.", done)
            % {"count": done},
        )

    @admin.action(description=_("Give a new page address; the old one ends"), permissions=["decide"])
    def renew_address(self, request: HttpRequest, chosen: QuerySet[Order]) -> None:
        now, orders = timezone.now(), list(chosen.order_by("id"))
        for order in orders:
            renew_token(order, now=now)
            self.log_change(request, order, gettext("New page address."))
        messages.info(
            request,
            ngettext(
                "%(count)s order has a new page address. If it is paid, a mail with the address is on its way.",
                "%(count)s orders have new page addresses. For those that are paid, mails are on their way.",
                len(orders),
            )
            % {"count": len(orders)},
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        """Orders that somebody placed; those of a sandbox are no sale, and nothing is to be decided about them."""
        return super().get_queryset(request).filter(sandbox=None)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """The calendar's pages lead to the orders that are planned for a day."""
        return lookup == "bookings__day" or super().lookup_allowed(lookup, value, request)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_order")

    @admin.display(description=_("lots in it"))
    def lots(self, order: Order) -> SafeString | str:
        """Each leads to who else has it."""
        uses = lots_of_order(order)
        links = ((recall_address(use), str(use)) for use in uses)
        return format_html_join(" · ", '<a href="{}">{}</a>', links) or "-"

    @admin.display(description=_("total"), ordering="total")
    def shown_total(self, order: Order) -> str:
        return money(order.total)


@admin.register(Shipment)
class ShipmentAdmin(ReadOnlyAdmin):
    list_display = ["carrier", "tracking", "order", "client", "shipped_at"]
    list_select_related = ["order", "client"]
    search_fields = ["tracking", "order__number"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Shipment]:
        return super().get_queryset(request).filter(order__sandbox=None)


def _too_late(error: TooLateError) -> str:
    states = ", ".join(str(job.get_state_display()) for job in error.jobs)
    return gettext("Order %(number)s stays as it is, for the bench has begun: %(states)s.") % {
        "number": error.order.number,
        "states": states,
    }
