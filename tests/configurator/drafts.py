"""Rows for tests of drafts: what staff would enter in the admin, put into the database directly."""

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from configurator.models import (
    Component,
    CompositionPart,
    Family,
    Recipe,
    RecipeVersion,
    Rule,
    Size,
    Slot,
    Substance,
)
from configurator.publishing import publish_recipe


def shampoo() -> Recipe:
    return Recipe.objects.get(slug="shampoo")


def publish(recipe: Recipe | None = None, note: str = "Test") -> RecipeVersion:
    """Whatever it leaves with nothing is confirmed."""
    recipe = recipe or shampoo()
    name = Recipe.objects.get(pk=recipe.pk).name
    return publish_recipe(recipe, by=None, note=note, now=timezone.now(), confirmed=name)


def make_owner(name: str = "olive") -> User:
    return User.objects.create_superuser(name)


def make_component(slug: str, *, family: str = "super-shots", **values: Any) -> Component:
    """A component of plain water, or of the `shares` given."""
    shares = values.pop("shares", {"Aqua": 100})
    name = slug.capitalize()
    component = Component.objects.create(
        **{"slug": slug, "name": name, "family": Family.objects.get(slug=family), "position": 99, **values}
    )
    for substance, percent in shares.items():
        ingredient, _ = Substance.objects.get_or_create(name=substance)
        CompositionPart.objects.create(
            component=component, substance=ingredient, percent=Decimal(str(percent))
        )
    return component


def make_rule(slug: str = "law", recipe: Recipe | None = None, **values: Any) -> Rule:
    """A rule of shampoo; `left`, `right` are slugs of components, `left_slots`, `right_slots` of its slots."""
    sides = {
        name: values.pop(name, ()) for name in ("left", "right", "left_slots", "right_slots", "substances")
    }
    usual = {"kind": Rule.Kind.NEVER_TOGETHER, "reason": "Because", "position": 99}
    recipe = recipe or shampoo()
    rule = Rule.objects.create(**{"recipe": recipe, "slug": slug, **usual, **values})
    rule.left.set(Component.objects.filter(slug__in=sides["left"]))
    rule.right.set(Component.objects.filter(slug__in=sides["right"]))
    rule.left_slots.set(recipe.slots.filter(slug__in=sides["left_slots"]))
    rule.right_slots.set(recipe.slots.filter(slug__in=sides["right_slots"]))
    rule.substances.set(Substance.objects.filter(name__in=sides["substances"]))
    return rule


def make_bicycle() -> Recipe:
    """A second recipe without doses: 2 frames, 2 wheels, and a bell that may be left out."""
    recipe = Recipe.objects.create(slug="bicycle", name="Bicycle")
    Size.objects.create(recipe=recipe, slug="one", price=50_000)
    for position, (family_slug, parts) in enumerate(
        {"frames": ("steel", "alloy"), "wheels": ("wide", "narrow"), "bells": ("brass",)}.items()
    ):
        family = Family.objects.create(slug=family_slug, name=family_slug.capitalize())
        slot = family_slug.removesuffix("s")
        Slot.objects.create(
            recipe=recipe,
            slug=slot,
            name=slot.capitalize(),
            family=family,
            position=position,
            is_optional=family_slug == "bells",
        )
        for part in parts:
            make_component(part, family=family_slug, shares={})
    return recipe
