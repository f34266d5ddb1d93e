"""The sale and the work it causes: orders, payments, build jobs, shipments, outbox, fulfilment keys."""

import uuid
from collections.abc import Iterator
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from payments import PurchasedItem
from payments.models import BasePayment

from configurator.models import RecipeVersion
from configurator.money import major_units


class Order(models.Model):
    """One sale. Amounts are minor units; what was sold under which version is on its lines."""

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
    placed_at = models.DateTimeField(_("placed"))
    paid_at = models.DateTimeField(_("paid"), null=True, blank=True)

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


class Payment(BasePayment):
    """One attempt to pay an order, in the form that django-payments asks for."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")

    class Meta:
        ordering = ["-id"]

    def get_purchased_items(self) -> Iterator[PurchasedItem]:
        for line in self.order.lines.select_related("version__recipe"):
            yield PurchasedItem(
                name=line.version.recipe.name,
                quantity=line.quantity,
                price=major_units(line.unit_price),
                currency=self.currency,
                sku=f"{line.version.recipe.slug}-{line.size}",
            )

    def get_success_url(self) -> str:
        return reverse("orders:thanks", args=[self.order.token])

    def get_failure_url(self) -> str:
        return reverse("orders:pay", args=[self.order.token]) + "?failed=1"


class FulfilmentKey(models.Model):
    """A client of the fulfilment API. The secret is shown once when made; only its hash is kept."""

    class Scope(models.TextChoices):
        CLAIM = "jobs:claim", _("claim jobs")
        READ = "jobs:read", _("read jobs")
        WRITE = "jobs:write", _("report on jobs")
        SHIP = "shipments:write", _("report shipments")
        SHIPMENTS = "shipments:read", _("read shipments")
        ADDRESS = "ship:read", _("see addresses")

    name = models.CharField(_("name"), max_length=80, unique=True)
    key_id = models.CharField(_("key id"), max_length=16, unique=True, editable=False)
    secret_sha256 = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(_("scopes"), default=list)
    created_at = models.DateTimeField(_("made"), editable=False)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("fulfilment key")

    def __str__(self) -> str:
        return self.name


class Shipment(models.Model):
    """One parcel of one order, reported by the client that sent it."""

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(FulfilmentKey, on_delete=models.PROTECT, related_name="shipments")
    external_id = models.CharField(_("the client's own number"), max_length=80)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="shipments")
    carrier = models.CharField(_("carrier"), max_length=80)
    tracking = models.CharField(_("tracking number"), max_length=120)
    shipped_at = models.DateTimeField(_("shipped"))

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["client", "external_id"], name="shipment_external_id_once")
        ]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking}"


class Job(models.Model):
    """The order to make one order line: what fulfilment pulls. Moved only by `orders.jobs`."""

    class State(models.TextChoices):
        PENDING = "pending", _("paid, being handed off")
        READY = "ready", _("ready to be made")
        CLAIMED = "claimed", _("taken by the maker")
        IN_PRODUCTION = "in_production", _("in production")
        PRODUCED = "produced", _("produced")
        SHIPPED = "shipped", _("shipped")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="jobs")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="jobs")
    remake_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="remakes"
    )
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.PENDING)
    version = models.PositiveIntegerField(_("number of transitions"), default=0)
    promised_on = models.DateField(_("promised for"))
    created_at = models.DateTimeField(_("made"))
    snapshot = models.TextField(_("frozen recipe, canonical JSON"), blank=True)
    snapshot_sha256 = models.CharField(max_length=64, blank=True)
    on_hold = models.BooleanField(_("on hold"), default=False)
    hold_reason = models.CharField(_("why on hold"), max_length=200, blank=True)

    attempt = models.PositiveIntegerField(_("claims so far"), default=0)
    client = models.ForeignKey(
        FulfilmentKey, on_delete=models.PROTECT, null=True, blank=True, related_name="jobs"
    )
    worker = models.CharField(_("worker"), max_length=80, blank=True)
    station = models.CharField(_("station"), max_length=80, blank=True)
    lease_token = models.UUIDField(null=True, blank=True, editable=False)
    lease_expires_at = models.DateTimeField(_("lease ends"), null=True, blank=True)
    lapsed = models.BooleanField(_("lease ran out in production"), default=False)

    batch = models.CharField(_("batch"), max_length=40, blank=True)
    made_of = models.JSONField(_("lots and actual doses"), null=True, blank=True)
    failure_code = models.CharField(_("failure"), max_length=40, blank=True)
    failure_note = models.CharField(_("what happened"), max_length=500, blank=True)
    shipment = models.ForeignKey(
        Shipment, on_delete=models.PROTECT, null=True, blank=True, related_name="jobs"
    )

    LEASED: ClassVar = [State.CLAIMED, State.IN_PRODUCTION]

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["line"], condition=Q(remake_of=None), name="job_once_per_line"),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "failed", "cancelled"]) | ~Q(snapshot=""),
                name="job_has_snapshot",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["claimed", "in_production"]) | Q(lease_token__isnull=False),
                name="job_has_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state="shipped") | Q(shipment__isnull=False), name="job_shipped_has_shipment"
            ),
        ]
        indexes = [
            models.Index(
                fields=["promised_on", "id"], condition=Q(state="ready", on_hold=False), name="job_claimable"
            ),
            models.Index(
                fields=["lease_expires_at"],
                condition=Q(state__in=["claimed", "in_production"]),
                name="job_lease_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order.number}, {self.get_state_display()}"


class JobTransition(models.Model):
    """One step of a job, never changed afterwards: what tracking, feed and audit cite."""

    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="transitions")
    version = models.PositiveIntegerField(_("step"))
    from_state = models.CharField(_("from"), max_length=20, blank=True)
    to_state = models.CharField(_("to"), max_length=20, choices=Job.State)
    by = models.CharField(_("by"), max_length=100)
    note = models.CharField(_("note"), max_length=500, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["job", "version"]
        constraints = [models.UniqueConstraint(fields=["job", "version"], name="transition_version_once")]

    def __str__(self) -> str:
        return f"{self.from_state or '-'} → {self.to_state}"


class OutboxEntry(models.Model):
    """Something that still has to be done outside the transaction that caused it."""

    class Topic(models.TextChoices):
        HANDOFF = "handoff", _("hand-off of an order's jobs")

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        DONE = "done", _("done")
        DEAD = "dead", _("given up")

    topic = models.CharField(_("topic"), max_length=20, choices=Topic)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="outbox_entries")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveIntegerField(_("failed attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    created_at = models.DateTimeField(_("made"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("outbox entry")
        verbose_name_plural = _("outbox entries")
        constraints = [models.UniqueConstraint(fields=["topic", "order"], name="outbox_topic_once_per_order")]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state="pending"), name="outbox_pending")
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.order}"
