"""Build jobs and what fulfilment does with them: keys, parcels, transitions."""

import uuid
from typing import ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from orders.models.orders import Order, OrderLine


class FulfilmentKey(models.Model):
    """A client of the fulfilment API. The secret is shown once when made; only its hash is kept.

    The row is the client: a new secret leaves its name, its leases and its parcels as they are, and for a while the
    one before works, too. A test key sees jobs of its own sandbox and no others.
    """

    class Scope(models.TextChoices):
        CLAIM = "jobs:claim", _("claim jobs")
        READ = "jobs:read", _("read jobs")
        WRITE = "jobs:write", _("report on jobs")
        SHIP = "shipments:write", _("report shipments")
        SHIPMENTS = "shipments:read", _("read shipments")
        ADDRESS = "ship:read", _("see addresses")
        HOLD = "holds:write", _("hold jobs and release them")
        EVENTS = "events:read", _("read the feed of events")
        WEBHOOKS = "webhooks:manage", _("manage webhooks")
        METRICS = "metrics:read", _("read the shop's metrics")

    name = models.CharField(_("name"), max_length=80, unique=True)
    key_id = models.CharField(_("key id"), max_length=16, unique=True, editable=False)
    secret_sha256 = models.CharField(max_length=64, editable=False)
    previous_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    previous_until = models.DateTimeField(_("the secret before works until"), null=True, editable=False)
    is_test = models.BooleanField(_("test key"), default=False, editable=False)
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


class JobQuerySet(models.QuerySet["Job"]):
    def not_replaced(self) -> Self:
        """Without those that a remake stands for: a later job of their line that is not cancelled.

        A remake that failed is cancelled when it is made anew itself, and the last one stands for all before it.
        """
        later = Job.objects.filter(line=OuterRef("line"), pk__gt=OuterRef("pk"), remake_of__isnull=False)
        return self.filter(~Exists(later.exclude(state=Job.State.CANCELLED)))


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

    class Cancellation(models.TextChoices):
        """What the shop has asked of the bench, and what the bench has answered."""

        REQUESTED = "requested", _("asked for")
        ACCEPTED = "accepted", _("accepted")
        REJECTED = "rejected", _("too late")

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    sandbox = models.ForeignKey(
        FulfilmentKey,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,  # `job_of_sandbox` finds them; one over all real jobs as well leads SQLite astray
        related_name="sandbox_jobs",
    )
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
    cancellation = models.CharField(_("cancellation"), max_length=10, choices=Cancellation, blank=True)
    cancellation_note = models.CharField(_("the bench's answer"), max_length=500, blank=True)

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

    LEASED: ClassVar = (State.CLAIMED, State.IN_PRODUCTION)
    UNMADE: ClassVar = (State.PENDING, State.READY, State.FAILED)  # of a failed job nothing is left to send
    HOLDS_STOCK: ClassVar = (*UNMADE, *LEASED)  # until it is made
    OVER: ClassVar = (State.SHIPPED, State.CANCELLED)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        permissions = [("remake_job", "Can have a job made anew, or given up")]
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
            models.Index(  # PostgreSQL reads in this order only what is compared with "=", and NULL is not
                fields=["promised_on", "id"],
                condition=Q(state="ready", on_hold=False, cancellation="", sandbox=None),
                name="job_claimable",
            ),
            models.Index(
                fields=["sandbox", "promised_on", "id"],
                condition=Q(sandbox__isnull=False),
                name="job_of_sandbox",
            ),
            models.Index(
                fields=["lease_expires_at"],
                condition=Q(state__in=["claimed", "in_production"]),
                name="job_lease_end",
            ),
            # What staff's lists ask for: few rows each, but for the first, by which their list can be sorted.
            models.Index(fields=["promised_on", "-id"], name="job_by_promise"),
            models.Index(  # "or" and not "in": of that SQLite sees that it holds for one state
                fields=["state", "-id"],
                condition=(
                    Q(state="pending")
                    | Q(state="ready")
                    | Q(state="claimed")
                    | Q(state="in_production")
                    | Q(state="produced")
                    | Q(state="failed")
                ),
                name="job_open_by_state",
            ),
            models.Index(fields=["-id"], condition=Q(on_hold=True), name="job_held"),
            models.Index(fields=["-id"], condition=Q(lapsed=True), name="job_lapsed"),
            models.Index(fields=["batch"], condition=~Q(batch=""), name="job_by_batch"),
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


class Hold(models.Model):
    """Why a job is not to go on for now. It is on hold while one of its holds is not released."""

    class Reason(models.TextChoices):
        HANDOFF = "hand-off", _("the hand-off failed")
        STOCK = "stock", _("something is missing")
        QUALITY = "quality", _("quality is in doubt")
        ADDRESS = "address", _("the address is in doubt")
        OTHER = "other", _("something else")

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(_("reason"), max_length=20, choices=Reason)
    note = models.CharField(_("note"), max_length=500, blank=True)
    placed_by = models.CharField(_("placed by"), max_length=100)
    placed_at = models.DateTimeField(_("placed"))
    released_by = models.CharField(_("released by"), max_length=100, blank=True)
    released_at = models.DateTimeField(_("released"), null=True, blank=True)

    class Meta:
        ordering = ["job", "id"]

    def __str__(self) -> str:
        return f"{self.job}: {self.get_reason_display()}"


class LotUse(models.Model):
    """Which lot of which component went into the bottles of a job: what a recall asks for."""

    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="lots")
    slot = models.CharField(_("slot"), max_length=50)
    component = models.CharField(_("component"), max_length=50)
    lot = models.CharField(_("lot"), max_length=40)
    microlitres = models.PositiveIntegerField(_("microlitres of each piece"), null=True, blank=True)

    class Meta:
        ordering = ["job", "id"]
        constraints = [models.UniqueConstraint(fields=["job", "slot"], name="lot_once_per_slot")]
        indexes = [models.Index(fields=["component", "lot"], name="lot_by_component")]

    def __str__(self) -> str:
        return f"{self.component}, {self.lot}"
