"""The feed of what happens to jobs, and where it is pushed to."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.models.jobs import FulfilmentKey, Job, JobTransition
from orders.models.orders import Order


class FeedEvent(models.Model):
    """Something that happened to a job or an order. Its place in the feed is given when it can be seen by all.

    Ids are handed out before their rows are committed, so a reader that goes by them skips what commits late. `seq` is
    given to committed rows only, by one hand at a time: whoever has read up to a number has seen all below it.
    An event outlives what it tells of, where a sandbox is emptied: the numbers are everybody's.
    """

    class Kind(models.TextChoices):
        MOVED = "job.moved", _("a job moved to another state")
        HELD = "job.held", _("a hold was placed")
        RELEASED = "job.hold_released", _("a hold was released")
        CANCELLATION_REQUESTED = "job.cancellation_requested", _("the shop asks to cancel a job")
        CANCELLATION_DECIDED = "job.cancellation_decided", _("the bench answered a cancellation")
        LAPSED = "job.lease_lapsed", _("a lease ran out in production")
        RECLAIMED = "job.reclaimed", _("a job in production was claimed anew")
        ADDRESS = "order.address_corrected", _("the address of an order was corrected")

    seq = models.BigIntegerField(_("place in the feed"), null=True, unique=True)
    kind = models.CharField(_("what"), max_length=30, choices=Kind)
    order = models.ForeignKey(Order, on_delete=models.SET_NULL, null=True, related_name="feed_events")
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="feed_events")
    transition = models.OneToOneField(
        JobTransition, on_delete=models.SET_NULL, null=True, related_name="feed_event"
    )
    sandbox = models.ForeignKey(FulfilmentKey, on_delete=models.CASCADE, null=True, related_name="+")
    data = models.JSONField(_("more"), default=dict)
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["id"], condition=Q(seq=None), name="feed_unnumbered"),
            models.Index(fields=["at"], name="feed_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.seq or '-'} {self.kind}"


class FeedState(models.Model):
    """The one row that says up to where the feed is numbered and pruned; locked by whoever numbers."""

    last_seq = models.BigIntegerField(default=0)
    pruned_to = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.pruned_to} to {self.last_seq}"


class WebhookEndpoint(models.Model):
    """An address of a client that is told that there is something new in the feed, and up to which number.

    Its signing secret is derived from the shop's own key, its id and `secret_number`: nothing usable is stored.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    client = models.ForeignKey(FulfilmentKey, on_delete=models.CASCADE, related_name="webhooks")
    url = models.CharField(_("address"), max_length=500)
    secret_number = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("made"))
    sent_to = models.BigIntegerField(_("told up to"), default=0)
    attempts = models.PositiveIntegerField(_("failures in a row"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    failing_since = models.DateTimeField(_("fails since"), null=True, blank=True)
    disabled_at = models.DateTimeField(_("switched off"), null=True, blank=True)
    disabled_why = models.CharField(_("why switched off"), max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("webhook")

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One attempt to tell an endpoint, and what it answered: the last ones are kept for whoever looks for an error."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    message_id = models.CharField(_("message"), max_length=64)
    seq = models.BigIntegerField(_("told up to"))
    status = models.PositiveSmallIntegerField(_("answer"), null=True)
    error = models.CharField(_("error"), max_length=200, blank=True)
    milliseconds = models.PositiveIntegerField(_("took"))
    at = models.DateTimeField(_("at"))

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.message_id}: {self.status or self.error}"
