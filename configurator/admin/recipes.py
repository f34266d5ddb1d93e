"""Recipes with their slots, sizes, needs and starters; how they are published is on a page of its own."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from configurator.admin.compare import ComparePage
from configurator.admin.desk import desk_link, desk_urls
from configurator.admin.history import KeepsHistory
from configurator.admin.inlines import NamedTabularInline
from configurator.admin.publish import PublishPage
from configurator.models import Need, Recipe, Rule, Size, Slot, Starter, StarterPart


class SlotInline(NamedTabularInline):
    model = Slot
    fields = [
        "name", "slug", "family", "is_optional", "dose_ml", "hint", "group", "paints", "position",
    ]  # fmt: skip
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["family"]


class SizeInline(NamedTabularInline):
    model = Size


class NeedInline(NamedTabularInline):
    """The recipe's needs; what else helps with one is on its own page."""

    model = Need
    autocomplete_fields = ["component"]
    show_change_link = True


class RuleInline(admin.TabularInline[Rule, Recipe]):
    """The recipe's rules at a glance; each is edited on a page of its own."""

    model = Rule
    fields = ["slug", "kind", "force", "reason", "is_active"]
    readonly_fields = ["slug", "kind", "force", "reason", "is_active"]
    show_change_link = True
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class StarterPartInline(NamedTabularInline):
    model = StarterPart
    autocomplete_fields = ["slot", "component"]


@admin.register(Recipe)
class RecipeAdmin(PublishPage, ComparePage, KeepsHistory):
    list_display = ["name", "slug", "desk"]
    way_on = gettext_lazy(
        "What was published or planned is kept for good, because orders are made after it, and so the recipe stays. "
        "To sell something else under it, change its draft and publish that, or put an older version on sale again."
    )
    search_fields = ["name", "slug"]
    fields = [
        "name", "slug", "reference_ml", "allergen_threshold_percent", "open_jar_months", "staff_note", "position",
    ]  # fmt: skip
    inlines = [SlotInline, SizeInline, NeedInline, RuleInline]
    change_form_template = "admin/configurator/recipe/change_form.html"

    @admin.display(description=gettext_lazy("desk"))
    def desk(self, recipe: Recipe) -> SafeString:
        return desk_link(recipe)

    def get_urls(self) -> list[URLPattern]:
        return [*desk_urls(self), *super().get_urls()]

    def get_readonly_fields(self, request: HttpRequest, obj: Recipe | None = None) -> list[str]:
        """Addresses and orders refer to the short name of what is on sale, so then it stays."""
        return ["slug"] if obj is not None and obj.versions.exists() else []

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Recipe | None = None
    ) -> dict[str, Sequence[str]]:
        return {"slug": ["name"]} if obj is None else {}


@admin.register(Slot)
class SlotAdmin(KeepsHistory):
    """Kept out of the index: slots are edited on their recipe; this serves the search of other forms."""

    search_fields = ["name", "slug", "recipe__name"]
    list_display = ["name", "recipe", "family", "dose_ml", "is_optional"]
    list_select_related = ["recipe", "family"]
    autocomplete_fields = ["recipe", "family"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(Starter)
class StarterAdmin(KeepsHistory):
    list_display = ["name", "recipe", "position"]
    list_filter = ["recipe"]
    list_select_related = ["recipe"]
    search_fields = ["name"]
    autocomplete_fields = ["recipe"]
    inlines = [StarterPartInline]
