"""What the shop asks for delivery."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from configurator.models.fields import IN_PENCE


class DeliveryTerms(models.Model):
    """What delivery costs and how long making and carrying take: one row for the shop."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    price = models.PositiveIntegerField(_("price"), help_text=IN_PENCE)
    free_from = models.PositiveIntegerField(_("free from"), null=True, blank=True, help_text=IN_PENCE)
    making_days = models.PositiveSmallIntegerField(_("working days to make"), default=2)
    carrier_days = models.PositiveSmallIntegerField(_("working days to carry"), default=2)

    class Meta:
        verbose_name = verbose_name_plural = _("delivery terms")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="delivery_terms_one_row")]

    def __str__(self) -> str:
        return str(_("delivery terms"))
