"""What can be put into a mix, and what is in it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from configurator.mixing.spec import NONE
from configurator.mixing.validation import DRAWING_LENGTH
from configurator.models.fields import (
    ABOVE_ZERO,
    IN_PENCE,
    LAST,
    PERCENT_DIGITS,
    PERCENT_PLACES,
    SHORT_NAME,
    validate_colour,
    validate_drawing,
    validate_not_none,
    validate_short_name,
)


class Family(models.Model):
    """Components that can stand in for one another, such as base blends."""

    slug = models.CharField(
        _("short name"), max_length=50, unique=True, validators=[validate_short_name], help_text=SHORT_NAME
    )
    name = models.CharField(_("name"), max_length=80)

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = _("families")

    def __str__(self) -> str:
        return self.name


class Substance(models.Model):
    """An ingredient by its INCI name."""

    name = models.CharField(_("INCI name"), max_length=120, unique=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Flag(models.Model):
    """Something that a shopper may want left out, such as nuts."""

    slug = models.CharField(
        _("short name"), max_length=50, unique=True, validators=[validate_short_name], help_text=SHORT_NAME
    )
    name = models.CharField(_("name"), max_length=80)

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class HairType(models.Model):
    """A kind of hair that the quiz asks about."""

    slug = models.CharField(
        _("short name"), max_length=50, unique=True, validators=[validate_short_name], help_text=SHORT_NAME
    )
    name = models.CharField(_("name"), max_length=80)

    history = HistoricalRecords()

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

    class DrawingStyle(models.TextChoices):
        FILL = "fill", _("filled with the colour")
        LINE = "line", _("lines of ink")

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="components")
    slug = models.CharField(
        _("short name"),
        max_length=50,
        unique=True,
        validators=[validate_short_name, validate_not_none],
        help_text=SHORT_NAME,
    )
    name = models.CharField(_("name"), max_length=80)
    tagline = models.CharField(_("what it does"), max_length=120, blank=True)
    colour = models.CharField(_("colour"), max_length=7, default="#E9DFCB", validators=[validate_colour])
    glyph = models.CharField(_("glyph"), max_length=20, choices=Glyph, default=Glyph.BOTTLE)
    drawing = models.CharField(
        _("drawing"), max_length=DRAWING_LENGTH, blank=True, validators=[validate_drawing],
        help_text=_("SVG path data in a box of 240 by 160: its layer of the product's picture."),
    )  # fmt: skip
    drawing_style = models.CharField(
        _("drawn as"), max_length=10, choices=DrawingStyle, default=DrawingStyle.FILL
    )
    flags = models.ManyToManyField(Flag, blank=True, related_name="components", verbose_name=_("flags"))
    suits = models.ManyToManyField(HairType, blank=True, related_name="components", verbose_name=_("suits"))
    surcharge = models.PositiveIntegerField(_("surcharge"), default=0, help_text=IN_PENCE)
    stock_ml = models.DecimalField(
        _("stock, ml"),
        max_digits=12,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    reserved_ml = models.DecimalField(
        _("of it reserved for orders, ml"), max_digits=12, decimal_places=3, default=0, editable=False
    )
    back_on = models.DateField(
        _("back in stock about"), null=True, blank=True,
        help_text=_("What shoppers are told while there is not enough of it."),
    )  # fmt: skip
    is_offered = models.BooleanField(
        _("offered"),
        default=True,
        help_text=_("Untick to leave it out of the next version that is published."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=LAST)

    history = HistoricalRecords(m2m_fields=[flags, suits], excluded_fields=["reserved_ml"])

    class Meta:
        ordering = ["family", "position", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stock_ml__gte=0) | Q(stock_ml=None), name="component_stock_not_negative"
            ),
            models.CheckConstraint(condition=Q(reserved_ml__gte=0), name="component_reserved_not_negative"),
            models.CheckConstraint(condition=~Q(slug=NONE), name="component_slug_not_none"),
        ]

    def __str__(self) -> str:
        return self.name


class CompositionPart(models.Model):
    """The share of one substance in a component."""

    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="composition")
    substance = models.ForeignKey(Substance, on_delete=models.PROTECT, related_name="+")
    percent = models.DecimalField(
        _("% w/w"),
        max_digits=PERCENT_DIGITS,
        decimal_places=PERCENT_PLACES,
        validators=[*ABOVE_ZERO, MaxValueValidator(100)],
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["-percent", "substance__name"]
        verbose_name = _("part of the composition")
        verbose_name_plural = _("composition")
        constraints = [
            models.UniqueConstraint(fields=["component", "substance"], name="composition_substance_once"),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100), name="composition_percent_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.substance} {self.percent.normalize():f} %"


class FragranceAllergen(models.Model):
    """A fragrance allergen that comes with a component's perfume or oils; no part of the 100 % of its own."""

    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="fragrance_allergens")
    substance = models.ForeignKey(Substance, on_delete=models.PROTECT, related_name="+")
    percent = models.DecimalField(
        _("% w/w"),
        max_digits=PERCENT_DIGITS,
        decimal_places=PERCENT_PLACES,
        validators=[*ABOVE_ZERO, MaxValueValidator(100)],
    )

    history = HistoricalRecords()

    class Meta:
        ordering = ["-percent", "substance__name"]
        verbose_name = _("fragrance allergen")
        verbose_name_plural = _("fragrance allergens")
        constraints = [
            models.UniqueConstraint(fields=["component", "substance"], name="fragrance_allergen_once"),
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100), name="fragrance_percent_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.substance} {self.percent.normalize():f} %"


class Amount(models.Model):
    """A number that a component carries and a cap may sum up, such as grams."""

    component = models.ForeignKey(Component, on_delete=models.CASCADE, related_name="amounts")
    name = models.CharField(_("what is counted"), max_length=50, validators=[validate_short_name])
    value = models.IntegerField(_("number"))

    history = HistoricalRecords()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["component", "name"], name="amount_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.value}"
