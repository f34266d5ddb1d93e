"""Orders: found by what is known of them, each on one page with all that happened and all that can be done."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from configurator.templatetags.shop import money
from configurator.versions import mixer_for
from configurator.wording import parts_of
from orders.admin.addresses import AddressPages
from orders.admin.came_back import CameBackFilter
from orders.admin.deeds import MOST_AT_ONCE, DeedPages, read_pks
from orders.admin.job_deeds import REMAKE
from orders.admin.jobs import said_if
from orders.admin.labels import first_uncancelled, labels_address
from orders.admin.long_lists import SEARCH_HINT, LongListAdmin
from orders.admin.lots import recall_address
from orders.admin.order_deeds import ORDER_DEEDS
from orders.foreseeing.remakes import remaking
from orders.models import Job, Order, OrderLine, Payment, Shipment
from orders.recall import lots_of_order
from orders.search import find_orders
from orders.timeline import read_timeline
from staff.filters import titled
from staff.read_only import ReadOnlyInline


class LineInline(ReadOnlyInline):
    model = OrderLine
    fields = ["position", "version", "in_words", "size", "label_name", "quantity", "shown_price"]
    readonly_fields = ["in_words", "shown_price"]
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        rows = super().get_queryset(request).select_related("order", "version__recipe")
        return rows.defer("version__spec", "version__space")

    @admin.display(description=_("mix"))
    def in_words(self, line: OrderLine) -> str:
        spec = mixer_for(line.version).spec
        return ", ".join(f"{slot}: {component}" for slot, component in parts_of(spec, line.mix))

    @admin.display(description=_("unit price"))
    def shown_price(self, line: OrderLine) -> str:
        return money(line.unit_price)


class JobInline(ReadOnlyInline):
    model = Job
    fk_name = "order"
    fields = ["state", "is_held", "promised_on", "attempt", "batch"]
    readonly_fields = ["is_held"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return super().get_queryset(request).select_related("order").defer("snapshot", "made_of")

    @admin.display(description=_("on hold"))
    def is_held(self, job: Job) -> str:
        return said_if(job.on_hold)


class PaymentInline(ReadOnlyInline):
    model = Payment
    fields = ["status", "total", "currency", "created"]
    readonly_fields = ["created"]
    show_change_link = False


@admin.register(Order)
class OrderAdmin(AddressPages, DeedPages, LongListAdmin):
    list_display = ["number", "state", "full_name", "town", "shown_total", "expected_on", "placed_at"]
    list_filter = [
        *("state", ("cancel_asked_at", titled(_("asked to be cancelled")))),
        *("promised_on", "placed_at", CameBackFilter),
    ]
    list_only = ("number", "state", "full_name", "town", "total", "expected_on", "placed_at")
    search_fields = ["number"]  # `orders.search` says what is searched
    search_hint = SEARCH_HINT
    inlines = [LineInline, JobInline, PaymentInline]
    fields = [
        "number", "state", "email", "full_name", "postcode", "address_line1", "address_line2", "town", "country",
        "shown_goods", "shown_delivery", "shown_total", "promised_on", "expected_on", "made_on", "language",
        "placed_at", "paid_at", "cancelled_at", "cancel_asked_at", "lots",
    ]  # fmt: skip
    readonly_fields = ["lots", "shown_goods", "shown_delivery", "shown_total"]
    deeds = ORDER_DEEDS
    actions = ["print_labels"]
    change_form_template = "admin/orders/order/change_form.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        """Orders that somebody placed; those of a sandbox are no sale, and nothing is to be decided about them."""
        return super().get_queryset(request).filter(sandbox=None)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Order], search_term: str
    ) -> tuple[QuerySet[Order], bool]:
        return self.rows_found(request, find_orders(queryset, search_term)), False

    def rows_for_deeds(self, request: HttpRequest) -> QuerySet[Order]:
        jobs = Job.objects.select_related("order", "line__version")
        jobs = jobs.defer("snapshot", "made_of", "line__version__spec", "line__version__space")
        return self.get_queryset(request).prefetch_related(
            Prefetch("jobs", queryset=jobs), "payments", "outbox_entries"
        )

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """The calendar's pages lead to the orders that are planned for a day."""
        return lookup == "bookings__day" or super().lookup_allowed(lookup, value, request)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_order")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {**self._story_of(request, object_id), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def _story_of(self, request: HttpRequest, object_id: str) -> dict[str, Any]:
        """What happened to an order, and what can be done; nothing for one that is not there or not to be seen."""
        if not self.has_view_permission(request):
            return {}
        order = self.rows_for_deeds(request).filter(pk__in=read_pks([object_id])).first()
        if order is None:
            return {}
        deeds = [deed for deed in self.deeds if request.user.has_perm(deed.permission)]
        jobs = list(order.jobs.all())
        return {
            "timeline": read_timeline(order),
            "zone": timezone.get_current_timezone_name(),
            "care": [
                (deed.label, self.deed_address(deed.slug, [order.pk]), self.lines_of([order], deed)[0].told)
                for deed in deeds
            ],
            "can_decide": self.has_decide_permission(request),
            "remakes": _remakes(jobs) if request.user.has_perm(REMAKE) else [],
            "labels": _labels(jobs) if request.user.has_perm("orders.view_job") else "",
        }

    @admin.action(description=_("Print labels"), permissions=["view_jobs"])
    def print_labels(self, request: HttpRequest, chosen: QuerySet[Order]) -> HttpResponse:
        orders = list(chosen.values_list("pk", flat=True)[:MOST_AT_ONCE])
        return redirect(labels_address(first_uncancelled(Job.objects.filter(order__in=orders))))

    def has_view_jobs_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.view_job")

    @admin.display(description=_("lots in it"))
    def lots(self, order: Order) -> SafeString | str:
        """Each leads to who else has it."""
        uses = lots_of_order(order)
        links = ((recall_address(use), str(use)) for use in uses)
        return format_html_join(" · ", '<a href="{}">{}</a>', links) or "-"

    @admin.display(description=_("goods"))
    def shown_goods(self, order: Order) -> str:
        return money(order.goods_total)

    @admin.display(description=_("delivery"))
    def shown_delivery(self, order: Order) -> str:
        return money(order.delivery_price)

    @admin.display(description=_("total"), ordering="total")
    def shown_total(self, order: Order) -> str:
        return money(order.total)


def _labels(jobs: Sequence[Job]) -> str:
    """Where the labels of those jobs are printed that are not cancelled; empty if all are."""
    left = [job.pk for job in jobs if job.state != Job.State.CANCELLED]
    return labels_address(left) if left else ""


def _remakes(jobs: Sequence[Job]) -> list[tuple[str, str]]:
    """Those of the jobs that can be made anew: (where that is decided, what it means)."""
    told = zip(jobs, remaking(jobs), strict=True)
    return [
        (reverse("admin:orders_job_remake", query={"job": str(job.pk)}), each.says)
        for job, each in told
        if each.happens
    ]


@admin.register(Shipment)
class ShipmentAdmin(LongListAdmin):
    list_display = ["carrier", "tracking", "order", "client", "shipped_at"]
    list_select_related = ["order", "client"]
    list_only = ("carrier", "tracking", "shipped_at", "order__number", "client__name")
    search_fields = ["tracking", "order__number"]
    readonly_fields = ["sent_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Shipment]:
        return super().get_queryset(request).filter(order__sandbox=None)

    def get_fields(self, request: HttpRequest, obj: Shipment | None = None) -> Any:
        """With a link to the client's key for who may open it."""
        client = "client" if request.user.has_perm("orders.view_fulfilmentkey") else "sent_by"
        return [client, "external_id", "order", "carrier", "tracking", "shipped_at"]

    @admin.display(description=_("client"))
    def sent_by(self, shipment: Shipment) -> str:
        return shipment.client.name
