"""Rules: each on a page of its own, checked for what its kind needs."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configurator.mixing import spec
from configurator.mixing.validation import rule_problems
from configurator.models import Rule


class RuleForm(forms.ModelForm[Rule]):
    """Refuses a rule that lacks what its kind needs, or that has what its kind ignores."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("kind") or not data.get("recipe"):
            return data
        is_dosed = data["recipe"].slots.exclude(dose_ml=None).exists()
        problems = list(rule_problems(_as_spec(data), is_dosed=is_dosed))
        if data["kind"] == Rule.Kind.CAP and (data.get("left") or data.get("right")):
            problems.append(_("a cap looks at every component; empty both lists of components"))
        if data.get("max_percent") is not None and data.get("max_number") is not None:
            problems.append(_("give one limit, not two"))
        if any(slot.recipe_id != data["recipe"].pk for slot in (*data["left_slots"], *data["right_slots"])):
            problems.append(_("a slot belongs to another recipe"))
        if problems:
            raise ValidationError(
                [_("This rule %(problem)s.") % {"problem": problem} for problem in problems]
            )
        return data


def _as_spec(data: dict[str, Any]) -> spec.Rule:
    percent = data.get("max_percent")
    return spec.Rule(
        slug=data.get("slug") or "rule",
        kind=spec.RuleKind(data["kind"]),
        reason=data.get("reason") or "",
        left=tuple(row.slug for row in data.get("left") or ()),
        right=tuple(row.slug for row in data.get("right") or ()),
        substances=tuple(row.name for row in data.get("substances") or ()),
        amount=data.get("amount") or "",
        limit=int(percent * 10_000) if percent is not None else data.get("max_number"),
    )


@admin.register(Rule)
class RuleAdmin(admin.ModelAdmin[Rule]):
    form = RuleForm
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
