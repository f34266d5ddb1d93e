"""What keeps repeats harmless and tells that the parts of the shop are alive."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from orders.models.jobs import FulfilmentKey


class IdempotentAnswer(models.Model):
    """The answer to a request that changed something, written in the same transaction as what it changed.

    Its body says nothing of where a job is sent: that is put in when it is given again.
    """

    client = models.ForeignKey(FulfilmentKey, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key


class Pulse(models.Model):
    """When a part of the shop last showed that it is alive: the relay by itself, the worker by doing a task."""

    name = models.CharField(_("part"), max_length=20, unique=True)
    asked_at = models.DateTimeField(_("asked"), null=True)
    seen_at = models.DateTimeField(_("seen"), null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
