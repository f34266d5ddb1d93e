"""The outbox: what still has to be done outside a transaction."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from configurator.models import PlannedPublish
from orders.models.orders import Order


class OutboxEntry(models.Model):
    """Something that still has to be done outside the transaction that caused it: for an order, or about a plan."""

    class Topic(models.TextChoices):
        HANDOFF = "handoff", _("hand-off of an order's jobs")
        REFUND = "refund", _("refund")
        MAIL_CONFIRMED = "mail_confirmed", _("mail: confirmation")
        MAIL_IN_PRODUCTION = "mail_in_production", _("mail: in production")
        MAIL_SHIPPED = "mail_shipped", _("mail: shipped")
        MAIL_LATE = "mail_late", _("mail: late")
        MAIL_CANCELLED = "mail_cancelled", _("mail: cancelled")
        MAIL_CANCEL_REFUSED = "mail_cancel_refused", _("mail: too late to cancel")
        MAIL_PLAN_REFUSED = "mail_plan_refused", _("mail to staff: not published as planned")

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        DONE = "done", _("done")
        DEAD = "dead", _("given up")

    topic = models.CharField(_("topic"), max_length=20, choices=Topic)
    # Missing only where `plan` is not, and whoever does an entry knows from its topic which of the two it has.
    order: "models.ForeignKey[Order, Order]" = models.ForeignKey(  # type: ignore[misc]
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="outbox_entries"
    )
    plan = models.ForeignKey(
        PlannedPublish,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        db_index=False,  # found by its constraint
        related_name="outbox_entries",
        verbose_name=_("planned version"),
    )
    key = models.CharField(_("which one"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    attempts = models.PositiveIntegerField(_("failed attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"))
    created_at = models.DateTimeField(_("made"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    error = models.TextField(_("last error"), blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("outbox entry")
        verbose_name_plural = _("outbox entries")
        constraints = [
            models.UniqueConstraint(fields=["topic", "order", "key"], name="outbox_topic_once_per_order"),
            models.UniqueConstraint(
                fields=["plan", "topic"], condition=Q(plan__isnull=False), name="outbox_topic_once_per_plan"
            ),
            models.CheckConstraint(
                condition=Q(order=None, plan__isnull=False) | Q(order__isnull=False, plan=None),
                name="outbox_is_about_one",
            ),
        ]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(state="pending"), name="outbox_pending"),
            models.Index(fields=["id"], condition=Q(state="dead"), name="outbox_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.order if self.plan_id is None else self.plan}"
