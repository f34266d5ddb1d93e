"""Baskets: what a shopper has collected before she orders it."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from configurator.models import RecipeVersion


class Basket(models.Model):
    """What a shopper has collected, known by her session.

    `checkout_key` names its present content: whoever changes a line gives it a new one, so that one content is
    ordered once.
    """

    checkout_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"))
    touched_at = models.DateTimeField(_("last changed"))

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["touched_at"], name="basket_by_age")]

    def __str__(self) -> str:
        return f"{self.pk}"


class BasketLine(models.Model):
    """One mix in a basket, with the version and the unit price that she has seen and agreed to."""

    basket = models.ForeignKey(Basket, on_delete=models.CASCADE, related_name="lines")
    version = models.ForeignKey(RecipeVersion, on_delete=models.PROTECT, related_name="+")
    mix = models.JSONField(_("mix"))
    size = models.CharField(_("size"), max_length=50)
    label_name = models.CharField(_("name on the label"), max_length=200, blank=True)
    quantity = models.PositiveSmallIntegerField(_("quantity"), default=1)
    unit_price = models.PositiveIntegerField(_("unit price"))
    is_gift = models.BooleanField(_("gift"), default=False)
    is_saved = models.BooleanField(_("saved for later"), default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="basket_line_quantity_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.basket_id} / {self.pk}"
