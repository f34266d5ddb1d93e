"""What changes between two versions of a recipe: mixes gained and lost, by which rule, and prices."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from configurator.mixing.compiling import SpaceTooLarge, compile_space
from configurator.mixing.diffing import lost_mixes, shared_count
from configurator.mixing.linting import lint
from configurator.mixing.mixer import Mixer
from configurator.mixing.model import Constraint, Limit, Model, Nogood, Table
from configurator.mixing.spec import Rule, Size

EXAMPLES = 5
RULES_KEPT = 2_000  # of which it is remembered how many mixes each leaves by itself
COUNTED_MIXES = 100_000  # up to so many combinations a rule's effect beside all others is counted


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """`removes`: mixes that this rule alone forbids, None if even these are too many to count.

    `only_this`: of these, how many no other rule forbids; None where the space is too large to make it once per rule.
    `is_idle`: it removes nothing that the others leave.
    """

    rule: Rule
    removes: int | None
    only_this: int | None
    is_idle: bool


@dataclass(frozen=True, slots=True)
class PriceChange:
    """The price of one size in minor units; None where the size comes or goes."""

    size: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Changes:
    """Counts are None where a space is too large to count.

    `comparable` is False when the slots themselves changed: then every mix of the old version is another thing.
    """

    before: int | None
    after: int | None
    gained: int | None
    lost: int | None
    lost_examples: tuple[dict[str, str], ...]
    gained_examples: tuple[dict[str, str], ...]
    prices: tuple[PriceChange, ...]
    comparable: bool


def rule_effects(mixer: Mixer, *, idle: Collection[str] | None = None) -> tuple[RuleEffect, ...]:
    """For each hard rule what it removes.

    Up to COUNTED_MIXES combinations each rule is counted alone and beyond all others, which takes two small spaces per
    rule; beyond, alone only, and whether it has any effect is taken from `idle`, the rules without, or where that is
    None settled by search under a time limit.
    """
    rules = [rule for rule in mixer.spec.rules if not rule.advice]
    if mixer.total > COUNTED_MIXES:
        idle = lint(mixer.space).idle if idle is None else idle
        return tuple(RuleEffect(rule, _removed_by(mixer, rule), None, rule.slug in idle) for rule in rules)
    makeable = mixer.count() or 0
    found = []
    for rule in rules:
        only_this = compile_space(mixer.model.without([rule.slug])).count() - makeable
        found.append(RuleEffect(rule, _removed_by(mixer, rule), only_this, not only_this))
    return tuple(found)


def _removed_by(mixer: Mixer, rule: Rule) -> int | None:
    try:
        return mixer.total - _left_by(mixer.model.sizes, mixer.model.by_source.get(rule.slug, ()))
    except SpaceTooLarge:
        return None


@lru_cache(RULES_KEPT)
def _left_by(sizes: tuple[int, ...], constraints: tuple[Constraint, ...]) -> int:
    """How many mixes keep the constraints of one rule: after an edit of another rule still as many."""
    nogoods = tuple(each for each in constraints if isinstance(each, Nogood))
    limits = tuple(each for each in constraints if isinstance(each, Limit))
    tables = tuple(each for each in constraints if isinstance(each, Table))
    return compile_space(Model(sizes, nogoods, limits, tables)).count()


def compare(old: Mixer, new: Mixer) -> Changes:
    """What a shopper gains and loses when `new` takes the place of `old`, by walking both spaces in step."""
    before, after = old.count(), new.count()
    comparable = [slot.slug for slot in old.spec.slots] == [slot.slug for slot in new.spec.slots]
    prices = _price_changes(old, new)
    if not comparable:
        return Changes(before, after, after, before, (), (), prices, comparable=False)
    if before is None or after is None:
        return Changes(before, after, None, None, (), (), prices, comparable=True)
    if old is new:
        return Changes(before, after, 0, 0, (), (), prices, comparable=True)
    there, back = counterparts(old, new), counterparts(new, old)
    shared = shared_count(old.space, new.space, there)
    lost = lost_mixes(old.space, new.space, there, limit=EXAMPLES) if before > shared else ()
    gained = lost_mixes(new.space, old.space, back, limit=EXAMPLES) if after > shared else ()
    return Changes(
        before,
        after,
        gained=after - shared,
        lost=before - shared,
        lost_examples=tuple(old.named(mix) for mix in lost),
        gained_examples=tuple(new.named(mix) for mix in gained),
        prices=prices,
        comparable=True,
    )


def counterparts(a: Mixer, b: Mixer) -> list[list[tuple[int, int]]]:
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
