"""Recipes: the draft of a product, with its slots, sizes, rules, starters and needs."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from configurator.mixing.spec import NONE, REASON_LENGTH
from configurator.models.components import Component, Family, Substance
from configurator.models.fields import (
    IN_PENCE,
    LAST,
    PERCENT_DIGITS,
    PERCENT_PLACES,
    SHORT_NAME,
    validate_short_name,
)


class Recipe(models.Model):
    """A product that staff define: its draft. What is sold is its newest version."""

    slug = models.CharField(
        _("short name"), max_length=50, unique=True, validators=[validate_short_name], help_text=SHORT_NAME
    )
    name = models.CharField(_("name"), max_length=80)
    reference_ml = models.PositiveIntegerField(
        _("doses are given for, ml"), null=True, blank=True, validators=[MinValueValidator(1)],
        help_text=_("The volume of product that the doses of the slots add up to. Empty for goods without doses."),
    )  # fmt: skip
    allergen_threshold_percent = models.DecimalField(
        _("fragrance allergens are declared above, %"), max_digits=PERCENT_DIGITS,
        decimal_places=PERCENT_PLACES, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )  # fmt: skip
    open_jar_months = models.PositiveSmallIntegerField(
        _("keeps after opening, months"), null=True, blank=True, validators=[MinValueValidator(1)],
        help_text=_("Printed on the label beside an open jar. Empty for goods that do not spoil."),
    )  # fmt: skip
    staff_note = models.TextField(_("note for staff"), blank=True)
    position = models.PositiveSmallIntegerField(
        _("position"), default=LAST, help_text=_("The first one is what the home page is about.")
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "name"]
        permissions = [("publish_recipe", "Can publish a recipe")]

    def __str__(self) -> str:
        return self.name


class Size(models.Model):
    """A volume that a recipe is sold in, with its price."""

    recipe = models.ForeignKey(Recipe, on_delete=models.CASCADE, related_name="sizes")
    slug = models.CharField(
        _("short name"), max_length=50, validators=[validate_short_name], help_text=SHORT_NAME
    )
    volume_ml = models.PositiveIntegerField(
        _("volume, ml"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    price = models.PositiveIntegerField(_("price"), help_text=IN_PENCE)
    label = models.CharField(_("word for it"), max_length=30, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=LAST)

    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["recipe", "slug"], name="size_slug_once")]

    def __str__(self) -> str:
        return self.slug


class Slot(models.Model):
    """A place in a recipe, filled from one family."""

    recipe = models.ForeignKey(Recipe, on_delete=models.CASCADE, related_name="slots")
    slug = models.CharField(
        _("short name"), max_length=50, validators=[validate_short_name], help_text=SHORT_NAME
    )
    name = models.CharField(_("name"), max_length=80)
    hint = models.CharField(_("hint"), max_length=120, blank=True)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    dose_ml = models.DecimalField(
        _("dose, ml"),
        max_digits=9,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    is_optional = models.BooleanField(_("may stay empty"), default=False)
    group = models.CharField(
        _("group"), max_length=40, blank=True,
        help_text=_("The heading it is shown under. For all slots of a recipe or for none."),
    )  # fmt: skip
    paints = models.CharField(
        _("paints the slot"), max_length=50, blank=True, validators=[validate_short_name],
        help_text=_("Short name of another slot, which the picture shows in this one's colour."),
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(_("position"), default=LAST)

    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["recipe", "slug"], name="slot_slug_once"),
            models.CheckConstraint(condition=Q(dose_ml__gt=0) | Q(dose_ml=None), name="slot_dose_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.recipe.name}: {self.name}"


class Rule(models.Model):
    """A constraint over the mixes of a recipe, with the reason that the shopper reads."""

    class Kind(models.TextChoices):
        NEVER_TOGETHER = "never-together", _("never together")
        NEEDS = "needs", _("needs")
        AT_MOST = "at-most", _("at most")
        CAP = "cap", _("cap")

    class Force(models.TextChoices):
        HARD = "hard", _("forbids")
        ADVICE = "advice", _("advice: warns only")

    recipe = models.ForeignKey(Recipe, on_delete=models.CASCADE, related_name="rules")
    slug = models.CharField(
        _("short name"), max_length=50, validators=[validate_short_name], help_text=SHORT_NAME
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    force = models.CharField(_("force"), max_length=10, choices=Force, default=Force.HARD)
    reason = models.CharField(
        _("reason"), max_length=REASON_LENGTH, help_text=_("What the shopper reads: short, plain, says why.")
    )
    left = models.ManyToManyField(
        Component, blank=True, related_name="+", verbose_name=_("any of these"), help_text=_("Not for a cap.")
    )
    right = models.ManyToManyField(
        Component, blank=True, related_name="+", verbose_name=_("and any of these"),
        help_text=_("For “never together” and “needs”."),
    )  # fmt: skip
    left_slots = models.ManyToManyField(
        Slot,
        blank=True,
        related_name="+",
        verbose_name=_("only in these slots"),
        help_text=_("None: in any slot."),
    )
    right_slots = models.ManyToManyField(
        Slot,
        blank=True,
        related_name="+",
        verbose_name=_("the others only in"),
        help_text=_("None: in any slot."),
    )
    substances = models.ManyToManyField(
        Substance,
        blank=True,
        related_name="+",
        verbose_name=_("substances to sum up"),
        help_text=_("For a cap."),
    )
    amount = models.CharField(
        _("or number to sum up"), max_length=50, blank=True, validators=[validate_short_name],
        help_text=_("For a cap on a number that components carry, such as grams."),
    )  # fmt: skip
    max_percent = models.DecimalField(
        _("at most, % w/w"), max_digits=PERCENT_DIGITS, decimal_places=PERCENT_PLACES, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)], help_text=_("For a cap on substances."),
    )  # fmt: skip
    max_number = models.IntegerField(
        _("at most, number"),
        null=True,
        blank=True,
        help_text=_("For “at most” (how many slots) and a cap on a number."),
    )
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=LAST)

    history = HistoricalRecords(m2m_fields=[left, right, left_slots, right_slots, substances])

    class Meta:
        ordering = ["recipe", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["recipe", "slug"], name="rule_slug_once")]

    def __str__(self) -> str:
        return self.slug


class Starter(models.Model):
    """A mix that staff offer as a starting point."""

    recipe = models.ForeignKey(Recipe, on_delete=models.CASCADE, related_name="starters")
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=LAST)

    history = HistoricalRecords()

    class Meta:
        ordering = ["recipe", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["recipe", "name"], name="starter_name_once")]

    def __str__(self) -> str:
        return self.name


class StarterPart(models.Model):
    """One slot of a starter; no component means that the slot stays empty."""

    starter = models.ForeignKey(Starter, on_delete=models.CASCADE, related_name="parts")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="+")
    component = models.ForeignKey(
        Component, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["slot__position", "slot_id"]
        constraints = [models.UniqueConstraint(fields=["starter", "slot"], name="starter_slot_once")]

    def __str__(self) -> str:
        return f"{self.slot.name}: {self.component or NONE}"


class Need(models.Model):
    """Something that a shopper wants done, and the component that does it."""

    recipe = models.ForeignKey(Recipe, on_delete=models.CASCADE, related_name="needs")
    slug = models.CharField(
        _("short name"), max_length=50, validators=[validate_short_name], help_text=SHORT_NAME
    )
    wording = models.CharField(_("wording"), max_length=120)
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="needs")
    position = models.PositiveSmallIntegerField(_("position"), default=LAST)

    history = HistoricalRecords()

    class Meta:
        ordering = ["recipe", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["recipe", "slug"], name="need_slug_once")]

    def __str__(self) -> str:
        return self.wording


class NeedWeight(models.Model):
    """Another component that helps with a need, and how well: the quiz falls back on it."""

    need = models.ForeignKey(Need, on_delete=models.CASCADE, related_name="weights")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+")
    weight = models.PositiveSmallIntegerField(
        _("how well, 1 to 99"),
        validators=[MinValueValidator(1), MaxValueValidator(99)],
        help_text=_("The need's own component counts 100."),
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["need", "-weight", "id"]
        constraints = [
            models.UniqueConstraint(fields=["need", "component"], name="need_weight_once"),
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=99), name="need_weight_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.component} {self.weight}"
