"""The list of rules, with the checks of the form of one."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from configurator.exchanging.columns import Column, OneOf, Several, YesNo, cell_of
from configurator.exchanging.resource import ListResource
from configurator.models import Component, Recipe, Rule, Slot, Substance
from configurator.rule_checks import entry_problems

SEVERAL = ("left", "right", "left_slots", "right_slots", "substances")
cell = cell_of(Rule)


class SlotsOfRecipe(Several):
    """Slots by their short names, which are only unique within a recipe."""

    def find_in(self, name: str, row: Mapping[str, str]) -> Any:
        if self._rows is None:
            slots = self.model.objects.select_related("recipe")
            self._rows = {(slot.recipe.slug, slot.slug): slot for slot in slots}
        found = self._rows.get((row["recipe"], name))
        if found is None:
            said = {"recipe": row["recipe"], "name": name}
            raise ValidationError(
                _("The recipe “%(recipe)s” has no slot “%(name)s”. Mend the spelling.") % said
            )
        return found


class RuleList(ListResource):
    key = ("recipe", "rule")

    recipe = Column("recipe", widget=OneOf(Recipe))
    slug = cell("slug", "rule")
    kind = cell("kind")
    force = cell("force")
    reason = cell("reason")
    is_active = Column("is_active", widget=YesNo(), name="active")
    position = cell("position")
    left = Column("left", widget=Several(Component))
    left_slots = Column("left_slots", widget=SlotsOfRecipe(Slot), name="left only in")
    right = Column("right", widget=Several(Component))
    right_slots = Column("right_slots", widget=SlotsOfRecipe(Slot), name="right only in")
    substances = Column("substances", widget=Several(Substance, by="name"))
    max_percent = cell("max_percent", "at most percent")
    amount = cell("amount", "number to sum up")
    max_number = cell("max_number", "at most number")

    class Meta(ListResource.Meta):
        model = Rule
        fields = (
            *("recipe", "slug", "kind", "force", "reason", "is_active", "position", "left", "left_slots"),
            *("right", "right_slots", "substances", "max_percent", "amount", "max_number"),
        )
        import_id_fields = ("recipe", "slug")

    def get_queryset(self) -> Any:
        return Rule.objects.select_related("recipe").prefetch_related(*SEVERAL)

    def validate_instance(self, instance: Rule, *args: Any, **kwargs: Any) -> None:
        super().validate_instance(instance, *args, **kwargs)
        entered = {field.name: getattr(instance, field.name) for field in Rule._meta.concrete_fields}
        for name in SEVERAL:
            there = list(getattr(instance, name).all()) if instance.pk else []
            entered[name] = self._chosen.get(name, there)
        if problems := entry_problems(instance.recipe, entered):
            raise ValidationError(problems)
