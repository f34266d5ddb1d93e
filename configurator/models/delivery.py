"""What the shop asks for delivery, and the days on which it makes things."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from configurator.models.fields import IN_PENCE


class DeliveryTerms(models.Model):
    """What delivery costs and how long making and carrying take: one row for the shop."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    price = models.PositiveIntegerField(_("price"), help_text=IN_PENCE)
    free_from = models.PositiveIntegerField(_("free from"), null=True, blank=True, help_text=IN_PENCE)
    making_days = models.PositiveSmallIntegerField(_("working days to make"), default=2)
    carrier_days = models.PositiveSmallIntegerField(_("working days to carry"), default=2)
    daily_capacity = models.PositiveIntegerField(
        _("bottles a day"), null=True, blank=True,
        help_text=_("How much the bench makes on a working day; empty: as much as is ordered."),
    )  # fmt: skip

    history = HistoricalRecords()

    class Meta:
        verbose_name = verbose_name_plural = _("delivery terms")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="delivery_terms_one_row")]

    def __str__(self) -> str:
        return str(_("delivery terms"))


class BenchDay(models.Model):
    """What is special about one day at the bench, and how much of it is booked; a day without a row is as usual."""

    day = models.DateField(_("day"), unique=True)
    is_closed = models.BooleanField(_("closed"), default=False, help_text=_("Nothing is made on this day."))
    capacity = models.PositiveIntegerField(
        _("bottles on this day"), null=True, blank=True, help_text=_("Empty: as on any working day.")
    )
    booked = models.PositiveIntegerField(_("booked"), default=0, editable=False)
    note = models.CharField(_("note"), max_length=120, blank=True)

    class Meta:
        ordering = ["day"]
        verbose_name = _("day at the bench")
        verbose_name_plural = _("days at the bench")

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
