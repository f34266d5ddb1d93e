"""Mixes that shoppers have put behind an address of their own."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from configurator.models.versions import RecipeVersion


class SharedMix(models.Model):
    """A mix without the person: no name, no order. Whoever shared it can take it back."""

    code = models.CharField(_("code"), max_length=32, unique=True, editable=False)
    version = models.ForeignKey(RecipeVersion, on_delete=models.PROTECT, related_name="+")
    mix = models.JSONField(_("mix"))
    size = models.CharField(_("size"), max_length=50)
    created_at = models.DateTimeField(_("shared"))
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("shared mix")
        verbose_name_plural = _("shared mixes")

    def __str__(self) -> str:
        return self.code
