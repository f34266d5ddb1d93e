"""What changes between two versions of a recipe: mixes gained and lost, by which rule, and prices."""

from dataclasses import dataclass

from configurator.mixing.compiling import compile_space
from configurator.mixing.diffing import lost_mixes, shared_count
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import Rule, Size

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """`removes`: mixes that this rule alone forbids; `only_this`: of these, how many no other rule forbids."""

    rule: Rule
    removes: int
    only_this: int


@dataclass(frozen=True, slots=True)
class PriceChange:
    """The price of one size in minor units; None where the size comes or goes."""

    size: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Changes:
    """`comparable` is False when the slots themselves changed: then every mix of the old version is another thing."""

    before: int
    after: int
    gained: int
    lost: int
    lost_examples: tuple[dict[str, str], ...]
    gained_examples: tuple[dict[str, str], ...]
    prices: tuple[PriceChange, ...]
    comparable: bool


def rule_effects(mixer: Mixer) -> tuple[RuleEffect, ...]:
    """For each hard rule how many mixes it removes, alone and beyond all others; compiles two spaces per rule."""
    model, makeable = mixer.model, mixer.count()
    return tuple(
        RuleEffect(
            rule,
            removes=mixer.total - compile_space(model.only([rule.slug])).count(),
            only_this=compile_space(model.without([rule.slug])).count() - makeable,
        )
        for rule in mixer.spec.rules
        if not rule.advice
    )


def compare(old: Mixer, new: Mixer) -> Changes:
    """What a shopper gains and loses when `new` takes the place of `old`, by walking both spaces in step."""
    before, after = old.count(), new.count()
    comparable = [slot.slug for slot in old.spec.slots] == [slot.slug for slot in new.spec.slots]
    prices = _price_changes(old, new)
    if not comparable:
        return Changes(before, after, after, before, (), (), prices, comparable=False)
    there, back = _counterparts(old, new), _counterparts(new, old)
    shared = shared_count(old.space, new.space, there)
    return Changes(
        before,
        after,
        gained=after - shared,
        lost=before - shared,
        lost_examples=tuple(
            old.named(mix) for mix in lost_mixes(old.space, new.space, there, limit=EXAMPLES)
        ),
        gained_examples=tuple(
            new.named(mix) for mix in lost_mixes(new.space, old.space, back, limit=EXAMPLES)
        ),
        prices=prices,
        comparable=True,
    )


def _counterparts(a: Mixer, b: Mixer) -> list[list[tuple[int, int]]]:
    """Per slot (option in `a`, option in `b`) of the components that both have."""
    return [
        [(here.index(slug), there.index(slug)) for slug in here if slug in there]
        for here, there in zip(a.option_slugs, b.option_slugs, strict=True)
    ]


def _price_changes(old: Mixer, new: Mixer) -> tuple[PriceChange, ...]:
    before: dict[str, Size] = {size.slug: size for size in old.spec.sizes}
    after: dict[str, Size] = {size.slug: size for size in new.spec.sizes}
    found = []
    for slug in dict.fromkeys([*before, *after]):
        was = before[slug].price if slug in before else None
        now = after[slug].price if slug in after else None
        if was != now:
            found.append(PriceChange(slug, was, now))
    return tuple(found)
