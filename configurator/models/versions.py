"""Published recipes: written once, read for ever."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from configurator.models.recipes import Recipe


class ImmutableError(TypeError):
    """Raised on an attempt to change or delete a published version."""


class VersionQuerySet(models.QuerySet["RecipeVersion"]):
    """Versions can be read and added."""

    def update(self, **kwargs: Any) -> int:
        raise ImmutableError("A published version never changes; publish a new one.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise ImmutableError("A published version stays: orders were sold under it.")


class RecipeVersion(models.Model):
    """A published recipe. The newest number is on sale. A database trigger refuses changes too."""

    recipe = models.ForeignKey(Recipe, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    spec = models.TextField(_("spec, canonical JSON"))
    sha256 = models.CharField(_("SHA-256 of the spec"), max_length=64)
    space = models.BinaryField(_("space, stored form"), null=True)
    mixes = models.PositiveBigIntegerField(
        _("makeable mixes"),
        null=True,
        help_text=_("Empty where they are too many to count, or to write here."),
    )
    note = models.TextField(_("why"))
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["recipe", "-number"]
        verbose_name = _("recipe version")
        constraints = [
            models.UniqueConstraint(fields=["recipe", "number"], name="version_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="version_number_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.recipe.name}, version {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ImmutableError("A published version never changes; publish a new one.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise ImmutableError("A published version stays: orders were sold under it.")
