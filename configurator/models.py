"""The rows that staff edit, the draft, and the versions that the shop sells from."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from configurator.mixing.spec import NONE, REASON_LENGTH

PERCENT_DIGITS = {"max_digits": 7, "decimal_places": 4}  # 0.0001 % is one part per million
ABOVE_ZERO = [MinValueValidator(0.0001)]
IN_PENCE = _("In minor units (pence), VAT included.")
SHORT_NAME = _("Short name for addresses and the API: small letters, digits, hyphens.")

validate_short_name = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*\Z", _("Use small letters, digits and single hyphens."))
validate_not_none = RegexValidator(
    rf"^{NONE}\Z", _("“none” is kept for a slot that holds nothing."), inverse_match=True
)
validate_colour = RegexValidator(r"^#[0-9A-Fa-f]{6}\Z", _("Write the colour as #RRGGBB, for example #CFE07A."))


class Family(models.Model):
    """Components that can stand in for one another, such as base blends."""

    slug = models.CharField(_("short name"), max_length=50, unique=True, validators=[validate_short_name], help_text=SHORT_NAME)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = _("families")

    def __str__(self) -> str:
        return self.name


class Substance(models.Model):
    """An ingredient by its INCI name."""

    name = models.CharField(_("INCI name"), max_length=120, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Flag(models.Model):
    """Something that a shopper may want left out, such as nuts."""

    slug = models.CharField(_("short name"), max_length=50, unique=True, validators=[validate_short_name], help_text=SHORT_NAME)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class HairType(models.Model):
    """A kind of hair that the quiz asks about."""

    slug = models.CharField(_("short name"), max_length=50, unique=True, validators=[validate_short_name], help_text=SHORT_NAME)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Component(models.Model):
    """One base blend or super-shot."""

    class Glyph(models.TextChoices):
        BOTTLE = "bottle", _("bottle")
        DROP = "drop", _("drop")
        FEATHER = "feather", _("feather")
        LEAF = "leaf", _("leaf")
        LOOP = "loop", _("loop")
        SPIRAL = "spiral", _("spiral")
        STAR = "star", _("star")
        STITCH = "stitch", _("stitch")
        SUN = "sun", _("sun")

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="components")
    slug = models.CharField(
        _("short name"), max_length=50, unique=True, validators=[validate_short_name, validate_not_none], help_text=SHORT_NAME
    )
    name = models.CharField(_("name"), max_length=80)
    tagline = models.CharField(_("what it does"), max_length=120, blank=True)
    colour = models.CharField(_("colour"), max_length=7, default="#E9DFCB", validators=[validate_colour])
    glyph = models.CharField(_("glyph"), max_length=20, choices=Glyph, default=Glyph.BOTTLE)
    flags = models.ManyToManyField(Flag, blank=True, related_name="components", verbose_name=_("flags"))
    suits = models.ManyToManyField(HairType, blank=True, related_name="components", verbose_name=_("suits"))
    surcharge = models.PositiveIntegerField(_("surcharge"), default=0, help_text=IN_PENCE)
    stock_ml = models.DecimalField(
        _("stock, ml"), max_digits=12, decimal_places=3, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    reserved_ml = models.DecimalField(
        _("of it reserved for orders, ml"), max_digits=12, decimal_places=3, default=0, editable=False
    )
    is_offered = models.BooleanField(
        _("offered"), default=True, help_text=_("Untick to leave it out of the next version that is published.")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["family", "position", "name"]
        constraints = [
            models.CheckConstraint(condition=Q(stock_ml__gte=0) | Q(stock_ml=None), name="component_stock_not_negative"),
            models.CheckConstraint(condition=Q(reserved_ml__gte=0), name="component_reserved_not_negative"),
            models.CheckConstraint(condition=~Q(slug=NONE), name="component_slug_not_none"),
        ]

    def __str__(self) -> str:
        return self.name


class CompositionPart(models.Model):
    """The share of one substance in a component."""

    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="composition")
    substance = models.ForeignKey(Substance, on_delete=models.PROTECT, related_name="+")
    percent = models.DecimalField(_("% w/w"), **PERCENT_DIGITS, validators=[*ABOVE_ZERO, MaxValueValidator(100)])

    class Meta:
        ordering = ["-percent", "substance__name"]
        verbose_name = _("part of the composition")
        verbose_name_plural = _("composition")
        constraints = [
            models.UniqueConstraint(fields=["component", "substance"], name="composition_substance_once"),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="composition_percent_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.substance} {self.percent.normalize():f} %"


class FragranceAllergen(models.Model):
    """A fragrance allergen that comes with a component's perfume or oils; no part of the 100 % of its own."""

    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="fragrance_allergens")
    substance = models.ForeignKey(Substance, on_delete=models.PROTECT, related_name="+")
    percent = models.DecimalField(_("% w/w"), **PERCENT_DIGITS, validators=[*ABOVE_ZERO, MaxValueValidator(100)])

    class Meta:
        ordering = ["-percent", "substance__name"]
        verbose_name = _("fragrance allergen")
        verbose_name_plural = _("fragrance allergens")
        constraints = [
            models.UniqueConstraint(fields=["component", "substance"], name="fragrance_allergen_once"),
            models.CheckConstraint(condition=Q(percent__gt=0, percent__lte=100), name="fragrance_percent_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.substance} {self.percent.normalize():f} %"


class Amount(models.Model):
    """A number that a component carries and a cap may sum up, such as grams."""

    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="amounts")
    name = models.CharField(_("what is counted"), max_length=50, validators=[validate_short_name])
    value = models.IntegerField(_("number"))

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["component", "name"], name="amount_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.value}"


class Recipe(models.Model):
    """A product that staff define: its draft. What is sold is its newest version."""

    slug = models.CharField(_("short name"), max_length=50, unique=True, validators=[validate_short_name], help_text=SHORT_NAME)
    name = models.CharField(_("name"), max_length=80)
    reference_ml = models.PositiveIntegerField(
        _("doses are given for, ml"), null=True, blank=True, validators=[MinValueValidator(1)],
        help_text=_("The volume of product that the doses of the slots add up to. Empty for goods without doses."),
    )  # fmt: skip
    allergen_threshold_percent = models.DecimalField(
        _("fragrance allergens are declared above, %"), **PERCENT_DIGITS, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )  # fmt: skip
    staff_note = models.TextField(_("note for staff"), blank=True)

    class Meta:
        ordering = ["name"]
        permissions = [("publish_recipe", "Can publish a recipe")]

    def __str__(self) -> str:
        return self.name


class Size(models.Model):
    """A volume that a recipe is sold in, with its price."""

    recipe = models.ForeignKey(Recipe, on_delete=models.CASCADE, related_name="sizes")
    slug = models.CharField(_("short name"), max_length=50, validators=[validate_short_name], help_text=SHORT_NAME)
    volume_ml = models.PositiveIntegerField(_("volume, ml"), null=True, blank=True, validators=[MinValueValidator(1)])
    price = models.PositiveIntegerField(_("price"), help_text=IN_PENCE)
    label = models.CharField(_("word for it"), max_length=30, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["recipe", "slug"], name="size_slug_once")]

    def __str__(self) -> str:
        return self.slug


class Slot(models.Model):
    """A place in a recipe, filled from one family."""

    recipe = models.ForeignKey(Recipe, on_delete=models.CASCADE, related_name="slots")
    slug = models.CharField(_("short name"), max_length=50, validators=[validate_short_name], help_text=SHORT_NAME)
    name = models.CharField(_("name"), max_length=80)
    hint = models.CharField(_("hint"), max_length=120, blank=True)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    dose_ml = models.DecimalField(
        _("dose, ml"), max_digits=9, decimal_places=3, null=True, blank=True, validators=[MinValueValidator(0.001)]
    )
    is_optional = models.BooleanField(_("may stay empty"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

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
    slug = models.CharField(_("short name"), max_length=50, validators=[validate_short_name], help_text=SHORT_NAME)
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
        Slot, blank=True, related_name="+", verbose_name=_("only in these slots"), help_text=_("None: in any slot.")
    )
    right_slots = models.ManyToManyField(
        Slot, blank=True, related_name="+", verbose_name=_("the others only in"), help_text=_("None: in any slot.")
    )
    substances = models.ManyToManyField(
        Substance, blank=True, related_name="+", verbose_name=_("substances to sum up"), help_text=_("For a cap.")
    )
    amount = models.CharField(
        _("or number to sum up"), max_length=50, blank=True, validators=[validate_short_name],
        help_text=_("For a cap on a number that components carry, such as grams."),
    )  # fmt: skip
    max_percent = models.DecimalField(
        _("at most, % w/w"), **PERCENT_DIGITS, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)], help_text=_("For a cap on substances."),
    )  # fmt: skip
    max_number = models.IntegerField(
        _("at most, number"), null=True, blank=True, help_text=_("For “at most” (how many slots) and a cap on a number.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["recipe", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["recipe", "slug"], name="rule_slug_once")]

    def __str__(self) -> str:
        return self.slug


class Starter(models.Model):
    """A mix that staff offer as a starting point."""

    recipe = models.ForeignKey(Recipe, on_delete=models.CASCADE, related_name="starters")
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["recipe", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["recipe", "name"], name="starter_name_once")]

    def __str__(self) -> str:
        return self.name


class StarterPart(models.Model):
    """One slot of a starter; no component means that the slot stays empty."""

    starter = models.ForeignKey(Starter, on_delete=models.CASCADE, related_name="parts")
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="+")
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["slot__position", "slot_id"]
        constraints = [models.UniqueConstraint(fields=["starter", "slot"], name="starter_slot_once")]

    def __str__(self) -> str:
        return f"{self.slot.name}: {self.component or NONE}"


class Need(models.Model):
    """Something that a shopper wants done, and the component that does it."""

    recipe = models.ForeignKey(Recipe, on_delete=models.CASCADE, related_name="needs")
    slug = models.CharField(_("short name"), max_length=50, validators=[validate_short_name], help_text=SHORT_NAME)
    wording = models.CharField(_("wording"), max_length=120)
    component = models.ForeignKey(Component, on_delete=models.PROTECT, related_name="needs")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["recipe", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["recipe", "slug"], name="need_slug_once")]

    def __str__(self) -> str:
        return self.wording


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
    mixes = models.PositiveBigIntegerField(_("makeable mixes"))
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
