"""Specs for tests: each function gives a sound thing, and its arguments change what a test is about."""

from typing import Any

from configurator.mixing.spec import Component, Family, Need, Rule, RuleKind, Size, Slot, Spec, Starter

BASES = ("oak", "elm")
SHOTS = ("mint", "sage", "rue")


def make_size(slug: str = "100ml", **values: Any) -> Size:
    return Size(**{"slug": slug, "price": 1000, "volume_ml": 100, **values})


def make_slot(slug: str = "base", **values: Any) -> Slot:
    return Slot(**{"slug": slug, "name": slug.capitalize(), "family": "bases", "dose_ul": 90_000, **values})


def make_component(slug: str = "oak", **values: Any) -> Component:
    return Component(
        **{"slug": slug, "name": slug.capitalize(), "composition": (("Aqua", 1_000_000),), **values}
    )


def make_family(slug: str = "bases", components: tuple[Component, ...] | None = None) -> Family:
    parts = tuple(make_component(name) for name in BASES) if components is None else components
    return Family(slug=slug, name=slug.capitalize(), components=parts)


def make_rule(slug: str = "oak-mint", kind: RuleKind = RuleKind.NEVER_TOGETHER, **values: Any) -> Rule:
    usual: dict[str, Any] = {"slug": slug, "kind": kind, "reason": "They curdle"}
    if kind is RuleKind.NEVER_TOGETHER:
        usual |= {"left": ("oak",), "right": ("mint",)}
    return Rule(**{**usual, **values})


def make_starter(name: str = "Morning", **mix: str) -> Starter:
    return Starter(name=name, mix=tuple((mix or {"base": "oak", "shot": "mint"}).items()))


def make_need(slug: str = "calm", **values: Any) -> Need:
    return Need(**{"slug": slug, "wording": "Sleep better", "component": "mint", **values})


def make_spec(**values: Any) -> Spec:
    """A dosed recipe of 2 bases (90 ml) and 3 shots (10 ml): 6 mixes, all makeable unless rules are given."""
    usual: dict[str, Any] = {
        "slug": "tea",
        "name": "Tea",
        "sizes": (make_size(),),
        "slots": (make_slot(), make_slot("shot", family="shots", dose_ul=10_000)),
        "families": (
            make_family(),
            make_family("shots", tuple(make_component(name) for name in SHOTS)),
        ),
        "reference_ml": 100,
    }
    return Spec(**{**usual, **values})
