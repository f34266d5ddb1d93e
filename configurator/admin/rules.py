"""Rules: each on a page of its own, checked for what its kind needs."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import ChoicesFieldListFilter
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from configurator.admin.history import KeepsHistory
from configurator.admin.lists import ListPages
from configurator.exchanging.lists import RULES
from configurator.models import Rule
from configurator.rule_checks import entry_problems
from staff.filters import titled


class RuleForm(forms.ModelForm[Rule]):
    """Refuses a rule that lacks what its kind needs, or that has what its kind ignores."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("kind") or not data.get("recipe") or self.errors:
            return data
        if problems := entry_problems(data["recipe"], data):
            raise ValidationError(problems)
        return data


@admin.register(Rule)
class RuleAdmin(ListPages, KeepsHistory):
    lists = (RULES,)
    form = RuleForm
    list_display = ["slug", "recipe", "kind", "force", "reason", "is_active"]
    list_filter = [
        "recipe",
        "kind",
        ("force", titled(gettext_lazy("what it does"), ChoicesFieldListFilter)),
        "is_active",
    ]
    list_select_related = ["recipe"]
    search_fields = ["slug", "reason"]
    autocomplete_fields = ["recipe", "left", "right", "left_slots", "right_slots", "substances"]
    fieldsets = [
        (None, {"fields": ["recipe", "slug", "kind", "force", "reason", "is_active", "position"]}),
        (gettext_lazy("Components it speaks of"), {"fields": ["left", "left_slots", "right", "right_slots"]}),
        (gettext_lazy("Limit"), {"fields": ["substances", "max_percent", "amount", "max_number"]}),
    ]
