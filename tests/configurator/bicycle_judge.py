"""The shipped bicycle read from its file by itself, without the loader: as a spec, and what its parts cost."""

import json
from functools import cache
from typing import Any

from configurator.catalogue_file import find_file
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import (
    Component,
    DrawingStyle,
    Family,
    Rule,
    RuleKind,
    Size,
    Slot,
    Spec,
    Starter,
)


@cache
def catalogue() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(find_file("bicycle").read_text(encoding="utf-8"))
    return loaded


@cache
def mixer() -> Mixer:
    return Mixer(spec())


@cache
def spec() -> Spec:
    raw = catalogue()
    return Spec(
        slug=raw["recipe"]["slug"],
        name=raw["recipe"]["name"],
        sizes=tuple(
            Size(slug=size["slug"], price=size["price_pence"], label=size["label"])
            for size in raw["recipe"]["sizes"]
        ),
        slots=tuple(Slot(**slot) for slot in raw["recipe"]["slots"]),
        families=tuple(
            Family(
                slug=family["slug"],
                name=family["name"],
                components=tuple(_component(part) for part in family["components"]),
            )
            for family in raw["families"]
        ),
        rules=tuple(_rule(rule) for rule in raw["rules"]),
        starters=tuple(
            Starter(name=starter["name"], mix=tuple(starter["mix"].items())) for starter in raw["starters"]
        ),
    )


def _component(raw: dict[str, Any]) -> Component:
    return Component(
        **{name: raw[name] for name in ("slug", "name", "tagline", "colour", "glyph")},
        surcharge=raw.get("surcharge_pence", 0),
        amounts=tuple(sorted(raw.get("amounts", {}).items())),
        drawing=raw.get("drawing", ""),
        drawing_style=DrawingStyle(raw.get("drawing_style", "fill")),
    )


def _rule(raw: dict[str, Any]) -> Rule:
    return Rule(
        **{name: raw[name] for name in ("slug", "reason")},
        kind=RuleKind(raw["kind"]),
        advice=raw.get("advice", False),
        left=tuple(sorted(raw.get("left", ()))),
        right=tuple(sorted(raw.get("right", ()))),
        right_slots=tuple(raw.get("right_slots", ())),
        amount=raw.get("amount", ""),
        limit=raw.get("max_number"),
    )


def starter(name: str) -> dict[str, str]:
    (found,) = [each["mix"] for each in catalogue()["starters"] if each["name"] == name]
    return dict(found)


def price(mix: dict[str, str]) -> int:
    extras = {
        part["slug"]: part.get("surcharge_pence", 0)
        for family in catalogue()["families"]
        for part in family["components"]
    }
    total = catalogue()["recipe"]["sizes"][0]["price_pence"]
    return int(total + sum(extras.get(component, 0) for component in mix.values()))
