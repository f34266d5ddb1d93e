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
from configurator.models.delivery import BenchDay, DeliveryTerms
from configurator.models.plans import PlannedPublish
from configurator.models.recipes import Need, NeedWeight, Recipe, Rule, Size, Slot, Starter, StarterPart
from configurator.models.shared import SharedMix
from configurator.models.versions import ImmutableError, RecipeVersion

__all__ = [
    "Amount",
    "BenchDay",
    "Component",
    "CompositionPart",
    "DeliveryTerms",
    "Family",
    "Flag",
    "FragranceAllergen",
    "HairType",
    "ImmutableError",
    "Need",
    "NeedWeight",
    "PlannedPublish",
    "Recipe",
    "RecipeVersion",
    "Rule",
    "SharedMix",
    "Size",
    "Slot",
    "Starter",
    "StarterPart",
    "Substance",
]
