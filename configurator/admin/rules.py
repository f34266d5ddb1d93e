"""Rules: each on a page of its own, checked for what its kind needs."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configurator.admin.history import KeepsHistory
from configurator.entered_rules import rule_limit
from configurator.mixing import spec
from configurator.mixing.validation import rule_problems
from configurator.models import Rule

LIMITS = ["substances", "amount", "max_percent", "max_number"]
IGNORED = {
    Rule.Kind.NEVER_TOGETHER: LIMITS,
    Rule.Kind.NEEDS: LIMITS,
    Rule.Kind.AT_MOST: ["right", "right_slots", "substances", "amount", "max_percent"],
    Rule.Kind.CAP: ["left", "left_slots", "right", "right_slots"],
}


class RuleForm(forms.ModelForm[Rule]):
    """Refuses a rule that lacks what its kind needs, or that has what its kind ignores."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("kind") or not data.get("recipe") or self.errors:
            return data
        is_dosed = data["recipe"].slots.exclude(dose_ml=None).exists()
        problems = list(rule_problems(_as_spec(data), is_dosed=is_dosed))
        if ignored := [
            f"“{self.fields[name].label}”" for name in _ignored(data) if not _is_empty(data[name])
        ]:
            problems.append(_("does not use %(fields)s; empty this") % {"fields": ", ".join(ignored)})
        if any(slot.recipe_id != data["recipe"].pk for slot in (*data["left_slots"], *data["right_slots"])):
            problems.append(_("names a slot of another recipe"))
        if problems:
            raise ValidationError(
                [_("This rule %(problem)s.") % {"problem": problem} for problem in problems]
            )
        return data


def _ignored(data: dict[str, Any]) -> list[str]:
    """The fields that a rule of its kind makes no use of."""
    fields = IGNORED[data["kind"]]
    if data["kind"] != Rule.Kind.CAP:
        return fields
    return [*fields, "max_number" if data["substances"] else "max_percent"]


def _is_empty(value: Any) -> bool:
    return value is None or (not isinstance(value, int | Decimal) and not value)


def _as_spec(data: dict[str, Any]) -> spec.Rule:
    on_substances = bool(data["substances"])
    return spec.Rule(
        slug=data.get("slug") or "rule",
        kind=spec.RuleKind(data["kind"]),
        reason=data.get("reason") or "",
        left=tuple(row.slug for row in data.get("left") or ()),
        right=tuple(row.slug for row in data.get("right") or ()),
        substances=tuple(row.name for row in data.get("substances") or ()),
        amount=data.get("amount") or "",
        limit=rule_limit(
            is_on_substances=on_substances, percent=data["max_percent"], number=data["max_number"]
        ),
    )


@admin.register(Rule)
class RuleAdmin(KeepsHistory):
    form = RuleForm
    reason_is_required = True
    list_display = ["slug", "recipe", "kind", "force", "reason", "is_active"]
    list_filter = ["recipe", "kind", "force", "is_active"]
    list_select_related = ["recipe"]
    search_fields = ["slug", "reason"]
    autocomplete_fields = ["recipe", "left", "right", "left_slots", "right_slots", "substances"]
    fieldsets = [
        (None, {"fields": ["recipe", "slug", "kind", "force", "reason", "is_active", "position"]}),
        (gettext_lazy("Components it speaks of"), {"fields": ["left", "left_slots", "right", "right_slots"]}),
        (gettext_lazy("Limit"), {"fields": ["substances", "max_percent", "amount", "max_number"]}),
    ]
