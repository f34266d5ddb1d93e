"""Orders with their lines, the days booked for them, and what happened to them beside their jobs."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from configurator.models import RecipeVersion
from orders.models.baskets import Basket


class Order(models.Model):
    """One sale. Amounts are minor units; what was sold under which version is on its lines.

    `promised_on` is the day that was sold and never changes; `expected_on` is the day that she was last told.
    """

    class State(models.TextChoices):
        PLACED = "placed", _("waiting for payment")
        PAID = "paid", _("paid")
        CANCELLED = "cancelled", _("cancelled")

    number = models.CharField(_("number"), max_length=20, unique=True)
    token = models.CharField(max_length=64, unique=True, editable=False)
    checkout_key = models.UUIDField(unique=True, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.PLACED)
    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("full name"), max_length=120)
    postcode = models.CharField(_("postcode"), max_length=20)
    address_line1 = models.CharField(_("address line 1"), max_length=120)
    address_line2 = models.CharField(_("address line 2"), max_length=120, blank=True)
    town = models.CharField(_("town"), max_length=80)
    country = models.CharField(_("country"), max_length=2)
    currency = models.CharField(_("currency"), max_length=3)
    goods_total = models.PositiveIntegerField(_("goods"))
    delivery_price = models.PositiveIntegerField(_("delivery"))
    total = models.PositiveIntegerField(_("total"))
    promised_on = models.DateField(_("promised for"))
    expected_on = models.DateField(_("expected on, as last told"))
    made_on = models.DateField(_("planned to be made"))
    language = models.CharField(_("language"), max_length=10)
    basket = models.ForeignKey(
        Basket, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="orders"
    )
    sandbox = models.ForeignKey(
        "orders.FulfilmentKey",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        db_index=False,  # `order_of_sandbox` finds them; one over all real orders as well leads SQLite astray
        related_name="sandbox_orders",
        verbose_name=_("made to try the API, by"),
    )
    placed_at = models.DateTimeField(_("placed"))
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    cancel_asked_at = models.DateTimeField(_("asked to be cancelled"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(total=F("goods_total") + F("delivery_price")), name="order_total_adds_up"
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(paid_at__isnull=False), name="order_paid_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["placed_at"], condition=Q(state="placed"), name="order_unpaid_by_age"),
            models.Index(fields=["expected_on"], condition=Q(state="paid"), name="order_paid_by_expected"),
            models.Index(Upper("email"), name="order_by_email"),
            models.Index(fields=["sandbox"], condition=Q(sandbox__isnull=False), name="order_of_sandbox"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("orders:tracking", args=[self.token])


class OrderLine(models.Model):
    """One mix of an order: what it was, in which version, at which price, all frozen at placing."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(_("position"))
    version = models.ForeignKey(RecipeVersion, on_delete=models.PROTECT, related_name="+")
    mix = models.JSONField(_("mix"))
    size = models.CharField(_("size"), max_length=50)
    label_name = models.CharField(_("name on the label"), max_length=200, blank=True)
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1)
    unit_price = models.PositiveIntegerField(_("unit price"))
    is_gift = models.BooleanField(_("gift"), default=False)

    class Meta:
        ordering = ["order", "position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="line_position_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="line_quantity_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.order.number} / {self.position}"

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity


class Booking(models.Model):
    """Bottles of an order that the bench makes on one day."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="bookings")
    day = models.DateField(_("day"))
    bottles = models.PositiveIntegerField(_("bottles"))

    class Meta:
        ordering = ["order", "day"]
        constraints = [models.UniqueConstraint(fields=["order", "day"], name="booking_day_once")]

    def __str__(self) -> str:
        return f"{self.order}, {self.day:%Y-%m-%d}: {self.bottles}"


class OrderEvent(models.Model):
    """Something that happened to an order beside its jobs, never changed afterwards: what its page cites."""

    class Kind(models.TextChoices):
        ADDRESS_CORRECTED = "address_corrected", _("address corrected")
        CANCELLED = "cancelled", _("cancelled")
        CANCEL_ASKED = "cancel_asked", _("cancellation asked for")
        CANCEL_REFUSED = "cancel_refused", _("too late to cancel")
        REFUNDED = "refunded", _("refunded")
        LATE = "late", _("told that it is late")
        WAITS = "waits", _("chose to wait")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    by = models.CharField(_("by"), max_length=100)
    note = models.CharField(_("note"), max_length=500, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return f"{self.order}: {self.get_kind_display()}"


class Slip(models.Model):
    """One time that the estimate passed what the shopper had been told: from which day to which, and why."""

    class Reason(models.TextChoices):
        WAITING = "waiting", _("it was not made on the day that was planned")
        FAILED = "failed", _("something went wrong while it was made, and it has to be made again")
        HELD = "held", _("it is being looked at before it is made")
        SLOW = "slow", _("it took longer to make than was planned")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="slips")
    number = models.PositiveSmallIntegerField(_("number"))
    told_before = models.DateField(_("told before"))
    expected_on = models.DateField(_("expected now"))
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    at = models.DateTimeField(_("seen"))

    class Meta:
        ordering = ["order", "number"]
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="slip_number_once"),
            models.CheckConstraint(condition=Q(expected_on__gt=F("told_before")), name="slip_is_later"),
        ]

    def __str__(self) -> str:
        return f"{self.order}: {self.told_before:%Y-%m-%d} → {self.expected_on:%Y-%m-%d}"
