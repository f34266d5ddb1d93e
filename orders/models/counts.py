"""How often something happened on a day, to nobody."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DailyCount(models.Model):
    """`name` is the shop's own, such as `page:home`, `avoid:nuts` or
    `refused:shampoo:gleam+mend`; no row says or leads to who it was."""

    UNSENT = "unsent"  # messages that the broker did not take

    day = models.DateField(_("day"))
    name = models.CharField(_("what"), max_length=200)
    times = models.PositiveBigIntegerField(_("how often"), default=0)

    class Meta:
        ordering = ["day", "name"]
        constraints = [models.UniqueConstraint(fields=["day", "name"], name="daily_count_once")]

    def __str__(self) -> str:
        return f"{self.day}: {self.name}"
