"""The form behind the sentences of the recipe desk: a rule of one recipe, by boxes to tick."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from configurator.admin.reasons import reason_field
from configurator.admin.rules import RuleForm
from configurator.entered_rules import EnteredRule
from configurator.history_middleware import REASON
from configurator.models import Amount, Component, CompositionPart, Recipe, Rule, Slot, Substance
from configurator.rule_checks import IGNORED
from configurator.short_names import LONGEST, make_short_name

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FEW = 30  # components that are shown without opening their family first


PATTERNS: dict[str, "StrOrPromise"] = {
    Rule.Kind.NEVER_TOGETHER: _("this never together with that"),
    Rule.Kind.NEEDS: _("this needs that"),
    Rule.Kind.AT_MOST: _("at most so many of these"),
    Rule.Kind.CAP: _("a cap on what is in the mix"),
}


@dataclass(frozen=True, slots=True)
class Box:
    """One box to tick; `pk` as text, which a page shows sooner than a number."""

    pk: str
    name: str
    is_ticked: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The boxes of one family; open to see at once where there are few in all, or where one is ticked."""

    name: str
    boxes: list[Box]
    is_open: bool


class SentenceForm(RuleForm):
    """Checked as the form of rules is. What the kind of rule makes no use of is dropped: its fields are not in sight.

    Without a short name it gets one of what it speaks of. `is_preview` does not ask for what changes no mix.
    """

    slug = forms.CharField(
        label=_("Short name"),
        max_length=LONGEST,
        required=False,
        validators=Rule._meta.get_field("slug").validators,
        help_text=_("Empty: made of the names in the rule."),
    )

    class Meta:
        model = Rule
        fields = (
            "recipe", "kind", "force", "left", "left_slots", "right", "right_slots", "substances", "max_percent",
            "amount", "max_number", "reason", "is_active", "slug",
        )  # fmt: skip

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        recipe: Recipe,
        instance: Rule | None = None,
        kind: str = "",
        is_preview: bool = False,
    ) -> None:
        self.recipe = recipe
        first = {} if instance else {"kind": kind if kind in Rule.Kind.values else Rule.Kind.NEVER_TOGETHER}
        super().__init__(_read(data, recipe) if data is not None else None, instance=instance, initial=first)
        self._restrict(instance)
        if is_preview:
            self.fields["reason"].required = False
        if instance:
            self.fields[REASON] = reason_field(required=not is_preview)

    def clean_slug(self) -> str:
        return self.cleaned_data["slug"] or self._make_slug()

    def entered(self) -> EnteredRule:
        """The rule as it was typed; for a form that is valid."""
        data = self.cleaned_data
        return EnteredRule(
            slug=data["slug"],
            kind=data["kind"],
            force=data["force"],
            reason=data["reason"],
            left=tuple(data["left"]),
            right=tuple(data["right"]),
            left_slots=tuple(data["left_slots"]),
            right_slots=tuple(data["right_slots"]),
            substances=tuple(data["substances"]),
            amount=data["amount"],
            max_percent=data["max_percent"],
            max_number=data["max_number"],
            is_active=data["is_active"],
        )

    @property
    def patterns(self) -> list[tuple[str, "StrOrPromise", bool]]:
        """The kinds of rules as patterns of sentences, with the one that is chosen."""
        chosen = self["kind"].value()
        return [(value, pattern, value == chosen) for value, pattern in PATTERNS.items()]

    @property
    def left_groups(self) -> list[Group]:
        return self._groups("left")

    @property
    def right_groups(self) -> list[Group]:
        return self._groups("right")

    @property
    def left_slot_boxes(self) -> list[Box]:
        return self._boxes("left_slots")

    @property
    def right_slot_boxes(self) -> list[Box]:
        return self._boxes("right_slots")

    @property
    def substance_boxes(self) -> list[Box]:
        return self._boxes("substances")

    @property
    def amounts(self) -> list[str]:
        """The numbers that components of the recipe carry, and the one that is entered."""
        carried = Amount.objects.filter(component__family__in=self.recipe.slots.values("family"))
        entered = self["amount"].value()
        return sorted({*carried.values_list("name", flat=True), *([entered] if entered else [])})

    def _groups(self, name: str) -> list[Group]:
        ticked = self._ticked(name)
        rows = list(self._field(name).queryset)
        families: dict[str, list[Box]] = {}
        for row in rows:
            families.setdefault(row.family.name, []).append(Box(str(row.pk), row.name, str(row.pk) in ticked))
        return [
            Group(family, boxes, len(rows) <= FEW or any(box.is_ticked for box in boxes))
            for family, boxes in families.items()
        ]

    def _boxes(self, name: str) -> list[Box]:
        ticked = self._ticked(name)
        return [Box(str(row.pk), row.name, str(row.pk) in ticked) for row in self._field(name).queryset]

    def _ticked(self, name: str) -> set[str]:
        """The primary keys that are ticked, as text."""
        return {str(getattr(value, "pk", value)) for value in self[name].value() or ()}

    def _restrict(self, instance: Rule | None) -> None:
        """To what the recipe has, and what a saved rule names beyond it."""
        families = self.recipe.slots.values("family")
        for name in ("left", "right"):
            named = getattr(instance, name).values("pk") if instance else []
            components = Component.objects.filter(Q(family__in=families) | Q(pk__in=named))
            self._field(name).queryset = components.select_related("family")
        for name in ("left_slots", "right_slots"):
            self._field(name).queryset = Slot.objects.filter(recipe=self.recipe).select_related("recipe")
        named = instance.substances.values("pk") if instance else []
        parts = CompositionPart.objects.filter(component__family__in=families)
        substances = Substance.objects.filter(Q(pk__in=parts.values("substance")) | Q(pk__in=named))
        self._field("substances").queryset = substances

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def _make_slug(self) -> str:
        data = self.cleaned_data
        words = [part.slug for name in ("left", "right") for part in list(data.get(name) or ())[:1]]
        if len(set(words)) < 2:
            words.append(data.get("kind") or "rule")
        rules = self.recipe.rules.exclude(pk=self.instance.pk)
        return make_short_name(words, taken=set(rules.values_list("slug", flat=True)))


def _read(data: QueryDict, recipe: Recipe) -> QueryDict:
    read = data.copy()
    read["recipe"] = str(recipe.pk)
    for name in _unused(read):
        read.pop(name, None)
    return read


def _unused(data: Mapping[str, Any]) -> list[str]:
    kind = data.get("kind")
    return IGNORED[Rule.Kind(kind)] if kind in Rule.Kind.values else []
