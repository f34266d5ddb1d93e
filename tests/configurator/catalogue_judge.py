"""The shipped catalogue by brute force: its file read here by itself, in fractions, without the code under test."""

import json
from fractions import Fraction
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, TypeAlias

FILE = Path(__file__).resolve().parents[2] / "configurator" / "data" / "alembic-row.json"
SLOTS = ("base", "main", "second")
DOSES = {"base": Fraction(235), "main": Fraction(10), "second": Fraction(5)}

Mix: TypeAlias = tuple[str, ...]


@cache
def catalogue() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(FILE.read_text(), parse_float=Fraction, parse_int=Fraction)
    return loaded


@cache
def components() -> dict[str, dict[str, Any]]:
    return {part["slug"]: part for family in catalogue()["families"] for part in family["components"]}


@cache
def all_mixes() -> tuple[Mix, ...]:
    bases, shots = ([part["slug"] for part in family["components"]] for family in catalogue()["families"])
    return tuple(product(bases, shots, shots))


def named(mix: Mix) -> dict[str, str]:
    return dict(zip(SLOTS, mix, strict=True))


def shares(mix: Mix, kind: str = "composition_percent") -> dict[str, Fraction]:
    """Substance -> % w/w of the finished product."""
    found: dict[str, Fraction] = {}
    for slot, part in zip(SLOTS, mix, strict=True):
        for substance, percent in components()[part][kind].items():
            found[substance] = found.get(substance, Fraction(0)) + DOSES[slot] * percent
    return {substance: weight / sum(DOSES.values()) for substance, weight in found.items()}


@cache
def met_rules(mix: Mix, *, advice: bool = False) -> tuple[str, ...]:
    """The hard rules that a mix breaks (or the advice that it meets), in the order of the file."""
    return tuple(
        rule["slug"]
        for rule in catalogue()["rules"]
        if rule.get("advice", False) is advice and _meets(mix, rule)
    )


def _meets(mix: Mix, rule: dict[str, Any]) -> bool:
    if rule["kind"] == "cap":
        return bool(sum(shares(mix).get(name, 0) for name in rule["substances"]) > rule["max_percent"])
    return any(
        one in rule["left"] and other in rule["right"]
        for i, one in enumerate(mix)
        for j, other in enumerate(mix)
        if i != j
    )


def contents(part: str) -> set[str]:
    """What a shopper may ask to leave out: flags and substances."""
    raw = components()[part]
    return {*raw["flags"], *raw["composition_percent"], *raw["fragrance_allergens_percent"]}


@cache
def makeable(avoid: frozenset[str] = frozenset()) -> tuple[Mix, ...]:
    return tuple(
        mix for mix in all_mixes() if not met_rules(mix) and not any(avoid & contents(part) for part in mix)
    )


def allergens(mix: Mix) -> list[str]:
    threshold = catalogue()["allergen_declaration"]["rinse_off_threshold_percent"]
    return sorted(
        name for name, share in shares(mix, "fragrance_allergens_percent").items() if share > threshold
    )


def ingredients(mix: Mix) -> list[str]:
    """As printed: most first, equal shares in falling order of names, then the allergens not listed yet."""
    found = shares(mix)
    falling = sorted(found, reverse=True)
    falling.sort(key=lambda name: -found[name])
    return falling + [name for name in allergens(mix) if name not in found]


def flags(mix: Mix) -> list[str]:
    return sorted({flag for part in mix for flag in components()[part]["flags"]})


def price(mix: Mix, size: str = "250ml") -> int:
    sizes = {each["slug"]: each["price_pence"] for each in catalogue()["recipe"]["sizes"]}
    return int(sizes[size] + sum(components()[part]["surcharge_pence"] for part in mix))


def fewest_changes(mix: Mix, avoid: frozenset[str] = frozenset()) -> int | None:
    """How many slots must change until the mix can be made; None if nothing can."""
    distances = [sum(a != b for a, b in zip(mix, other, strict=True)) for other in makeable(avoid)]
    return min(distances, default=None)
