"""The rows that staff edit, the draft, and the versions that the shop sells from."""

from configurator.models.components import (
    Amount,
    Component,
    CompositionPart,
    Family,
    Flag,
    FragranceAllergen,
    HairType,
    Substance,
)
from configurator.models.delivery import DeliveryTerms
from configurator.models.recipes import Need, Recipe, Rule, Size, Slot, Starter, StarterPart
from configurator.models.versions import ImmutableError, RecipeVersion

__all__ = [
    "Amount",
    "Component",
    "CompositionPart",
    "DeliveryTerms",
    "Family",
    "Flag",
    "FragranceAllergen",
    "HairType",
    "ImmutableError",
    "Need",
    "Recipe",
    "RecipeVersion",
    "Rule",
    "Size",
    "Slot",
    "Starter",
    "StarterPart",
    "Substance",
]
