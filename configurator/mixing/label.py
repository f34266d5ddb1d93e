"""What is in a mix and what its label must say: composition, ingredient list, declared allergens, flags, doses.

Shares are kept as integers weighted by dose (ppm x microlitres), so no rounding decides what is declared.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from configurator.mixing.spec import Component, Size, Spec


@dataclass(frozen=True, slots=True)
class Label:
    """`ingredients`: INCI names as printed, declared allergens last; `allergens` and `flags` are sorted."""

    ingredients: tuple[str, ...]
    allergens: tuple[str, ...]
    flags: tuple[str, ...]

    @property
    def ingredient_text(self) -> str:
        return ", ".join(self.ingredients)


@dataclass(frozen=True, slots=True)
class Dose:
    """How much of one component goes into one product: microlitres, None where the recipe has no doses."""

    slot: str
    component: str
    microlitres: int | None


def chosen_components(spec: Spec, mix: Mapping[str, str]) -> tuple[tuple[int, Component], ...]:
    """(dose in microlitres or 0, component) for each filled slot of a (partial) mix, in slot order."""
    return tuple(
        (slot.dose_ul or 0, component)
        for slot in spec.slots
        for component in spec.components_of(slot)
        if component.slug == mix.get(slot.slug)
    )


def composition(spec: Spec, mix: Mapping[str, str]) -> dict[str, float]:
    """Substance -> % w/w of the finished product: the dose-weighted mean of the components' compositions.

    For staff's eyes and tests; shoppers see the order only. Empty for a recipe without doses.
    """
    parts = chosen_components(spec, mix)
    total = sum(dose for dose, _ in parts)
    weighed = _weigh((dose, component.composition) for dose, component in parts)
    return {name: weight / total / 10_000 for name, weight in weighed.items()} if total else {}


def label(spec: Spec, mix: Mapping[str, str]) -> Label:
    """What the label of a complete mix says.

    Ingredients stand in falling order of their share, equal shares in falling order of their names, as the printed
    list of the first catalogue has it; fragrance allergens above the recipe's threshold follow in rising order of
    their names, unless they stand in the list already.
    """
    parts = chosen_components(spec, mix)
    weighed = _weigh((dose, component.composition) for dose, component in parts)
    ordered = sorted(weighed, key=lambda name: (weighed[name], name), reverse=True)
    allergens = declared_allergens(spec, mix)
    flags = {flag: None for _, component in parts for flag in component.flags}
    return Label(
        ingredients=(*ordered, *(name for name in allergens if name not in weighed)),
        allergens=allergens,
        flags=tuple(sorted(flags)),
    )


def declared_allergens(spec: Spec, mix: Mapping[str, str]) -> tuple[str, ...]:
    """Fragrance allergens whose share in the product is above the recipe's threshold, by name."""
    if spec.allergen_threshold_ppm is None:
        return ()
    parts = chosen_components(spec, mix)
    bar = spec.allergen_threshold_ppm * sum(dose for dose, _ in parts)
    weighed = _weigh((dose, component.fragrance_allergens) for dose, component in parts)
    return tuple(sorted(name for name, weight in weighed.items() if weight > bar))


def doses(spec: Spec, mix: Mapping[str, str], size: Size) -> tuple[Dose, ...]:
    """What to put into one product of `size`, in slot order; doses scale with the volume."""
    return tuple(
        Dose(slot.slug, mix[slot.slug], _scale(slot.dose_ul, size.volume_ml, spec.reference_ml))
        for slot in spec.slots
    )


def _scale(dose_ul: int | None, volume_ml: int | None, reference_ml: int | None) -> int | None:
    if dose_ul is None or volume_ml is None or reference_ml is None:
        return None
    return (dose_ul * volume_ml + reference_ml // 2) // reference_ml


def _weigh(parts: Iterable[tuple[int, Iterable[tuple[str, int]]]]) -> dict[str, int]:
    weighed: defaultdict[str, int] = defaultdict(int)
    for dose, shares in parts:
        for name, ppm in shares:
            weighed[name] += dose * ppm
    return weighed
