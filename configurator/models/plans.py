"""Recipes that go on sale by themselves at a time that staff chose."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from configurator.models.recipes import Recipe
from configurator.models.versions import RecipeVersion


class PlannedPublish(models.Model):
    """A draft as it was when it was planned, to be published at `valid_from`. Moved only by `configurator.planning`."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        PUBLISHED = "published", _("published")
        CALLED_OFF = "called_off", _("called off")
        REFUSED = "refused", _("not published")

    class Refusal(models.TextChoices):
        """Why it was not published when its time had come."""

        OVERTAKEN = "overtaken", _("something else went on sale after it was planned")
        ON_SALE = "on_sale", _("the same was on sale already")
        UNSOUND = "unsound", _("what was planned cannot be sold any more")

    recipe = models.ForeignKey(
        Recipe, on_delete=models.CASCADE, related_name="plans", verbose_name=_("recipe")
    )
    state = models.CharField(_("state"), max_length=20, choices=State, default=State.PLANNED)
    valid_from = models.DateTimeField(_("goes on sale"))
    spec = models.TextField(_("spec, canonical JSON"))
    sha256 = models.CharField(_("SHA-256 of the spec"), max_length=64)
    space = models.BinaryField(_("space, stored form"), null=True)
    mixes = models.PositiveBigIntegerField(_("makeable mixes"), null=True)
    replaces = models.ForeignKey(
        RecipeVersion,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("compared with"),
    )
    note = models.TextField(_("why"))
    planned_at = models.DateTimeField(_("planned"))
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    ended_at = models.DateTimeField(_("published, called off or refused"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("called off by"),
    )
    refusal = models.CharField(_("why not published"), max_length=20, choices=Refusal, blank=True)
    version = models.ForeignKey(
        RecipeVersion,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("published as"),
    )

    class Meta:
        ordering = ["-valid_from", "-id"]
        verbose_name = _("planned version")
        constraints = [
            models.UniqueConstraint(
                fields=["recipe"], condition=Q(state="planned"), name="plan_once_per_recipe"
            ),
            models.CheckConstraint(
                condition=Q(state="planned", ended_at=None) | ~Q(state="planned") & Q(ended_at__isnull=False),
                name="plan_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(state="published", version__isnull=False)
                | ~Q(state="published") & Q(version=None),
                name="plan_published_has_version",
            ),
        ]
        indexes = [
            models.Index(fields=["valid_from"], condition=Q(state="planned"), name="plan_due"),
        ]

    def __str__(self) -> str:
        return f"{self.recipe.name}, {self.get_state_display()}"
