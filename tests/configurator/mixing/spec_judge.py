"""What staff's rules mean in plain words, tried on every combination, and random recipes to try them on."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product

from hypothesis import settings
from hypothesis import strategies as st

from configurator.mixing.spec import Component, Family, Rule, RuleKind, Size, Slot, Spec
from tests.length import long_or_short

PARTS = {"bases": ("oak", "elm", "yew"), "shots": ("mint", "sage", "rue")}
EVERYTHING = (*PARTS["bases"], *PARTS["shots"])
SUBSTANCES = ("Aqua", "Lactic Acid", "Menthol")
FLAGS = ("nuts", "oat")
SLOTS = ("one", "two", "three")
Mix = dict[str, str]

few = settings(max_examples=long_or_short(400, 25))  # each example is a whole recipe, tried on all its mixes


def every_mix(spec: Spec) -> list[Mix]:
    """All combinations, in the order of slots and components; `none` last where a slot may stay empty."""
    fills = []
    for slot in spec.slots:
        family = next(family for family in spec.families if family.slug == slot.family)
        fills.append([part.slug for part in family.components] + (["none"] if slot.optional else []))
    return [dict(zip([slot.slug for slot in spec.slots], mix, strict=True)) for mix in product(*fills)]


def is_kept(spec: Spec, rule: Rule, mix: Mapping[str, str]) -> bool:
    """Whether a mix keeps a rule, read as staff read it."""
    here = [slot for slot in mix if not rule.left_slots or slot in rule.left_slots]
    there = [slot for slot in mix if not rule.right_slots or slot in rule.right_slots]
    lefts = [slot for slot in here if mix[slot] in rule.left]
    rights = [slot for slot in there if mix[slot] in rule.right]
    if rule.kind is RuleKind.NEVER_TOGETHER:
        return not any(one != other for one in lefts for other in rights)
    if rule.kind is RuleKind.NEEDS:
        return not lefts or bool(rights)
    if rule.limit is None:
        raise AssertionError("at-most and cap have a limit")
    if rule.kind is RuleKind.AT_MOST:
        return len(lefts) <= rule.limit
    taken = {slot: part_of(spec, slug) for slot, slug in mix.items() if slug != "none"}
    if rule.amount:
        return sum(dict(part.amounts).get(rule.amount, 0) for part in taken.values()) <= rule.limit
    return not taken or share_of(spec, taken, rule.substances) <= rule.limit


def share_of(spec: Spec, taken: Mapping[str, Component], substances: Collection[str]) -> Fraction:
    """The summed share of substances in the product, in ppm."""
    doses = {slot.slug: Fraction(slot.dose_ul or 0) for slot in spec.slots}
    weighed = Fraction(0)
    for slot, part in taken.items():
        weighed += doses[slot] * sum(ppm for name, ppm in part.composition if name in substances)
    return weighed / sum(doses[slot] for slot in taken)


def part_of(spec: Spec, slug: str) -> Component:
    return next(part for family in spec.families for part in family.components if part.slug == slug)


def contents(spec: Spec, slug: str) -> set[str]:
    """What an avoid list may name in a component."""
    if slug == "none":
        return set()
    part = part_of(spec, slug)
    return {*part.flags, *(name for name, _ in (*part.composition, *part.fragrance_allergens))}


def makeable(spec: Spec, avoid: Collection[str] = ()) -> list[Mix]:
    hard = [rule for rule in spec.rules if not rule.advice]
    return [
        mix
        for mix in every_mix(spec)
        if all(is_kept(spec, rule, mix) for rule in hard)
        and not any(contents(spec, slug) & set(avoid) for slug in mix.values())
    ]


def completing(mixes: list[Mix], chosen: Mapping[str, str], *, but: str = "") -> list[Mix]:
    """The mixes that hold all choices, but for that of one slot."""
    return [mix for mix in mixes if all(mix[slot] == slug for slot, slug in chosen.items() if slot != but)]


def changed(mix: Mapping[str, str], other: Mapping[str, str]) -> frozenset[str]:
    return frozenset(slot for slot in mix if mix[slot] != other.get(slot))


@st.composite
def components(draw: st.DrawFn, slug: str, *, is_dosed: bool) -> Component:
    composition: tuple[tuple[str, int], ...] = ()
    if is_dosed:
        acid = draw(st.sampled_from((0, 0, 1_000, 50_000, 200_000)))
        menthol = draw(st.sampled_from((0, 0, 7, 30_000)))
        shares = (("Aqua", 1_000_000 - acid - menthol), ("Lactic Acid", acid), ("Menthol", menthol))
        composition = tuple((name, ppm) for name, ppm in shares if ppm)
    return Component(
        slug=slug,
        name=slug.capitalize(),
        flags=tuple(sorted(draw(st.sets(st.sampled_from(FLAGS), max_size=1)))),
        surcharge=draw(st.sampled_from((0, 0, 50, 125))),
        composition=composition,
        fragrance_allergens=draw(st.sampled_from(((), (("Linalool", 150),)))) if is_dosed else (),
        amounts=(("grams", draw(st.integers(-2, 5))),) if draw(st.booleans()) else (),
    )


def _some(names: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sets(st.sampled_from(names), min_size=1, max_size=3).map(lambda found: tuple(sorted(found)))


@st.composite
def rules(draw: st.DrawFn, spec: Spec, slug: str, kind: RuleKind | None = None) -> Rule:
    """A rule of a kind (or of any) that a spec could have; slots are named as often as not."""
    kind = kind or draw(st.sampled_from(RuleKind))
    everything = tuple(part.slug for family in spec.families for part in family.components)
    slots = tuple(slot.slug for slot in spec.slots)
    maybe_slots = st.just(()) | _some(slots)
    rule = Rule(
        slug=slug, kind=kind, reason=f"Because of {slug}", advice=draw(st.sampled_from((False, False, True)))
    )
    if kind is RuleKind.CAP:
        return _cap(draw, spec, rule)
    has_right = kind is not RuleKind.AT_MOST
    return replace(
        rule,
        left=draw(_some(everything)),
        right=draw(_some(everything)) if has_right else (),
        left_slots=draw(maybe_slots),
        right_slots=draw(maybe_slots) if has_right else (),
        limit=None if has_right else draw(st.integers(0, 2)),
    )


def _cap(draw: st.DrawFn, spec: Spec, rule: Rule) -> Rule:
    known = sorted(
        {name for family in spec.families for part in family.components for name, _ in part.composition}
    )
    on_substances = spec.is_dosed and draw(st.booleans())
    percents, numbers = st.sampled_from((0, 7, 1_000, 25_000, 999_000)), st.integers(-1, 8)
    return replace(
        rule,
        substances=draw(_some(tuple(known))) if on_substances else (),
        amount="" if on_substances else "grams",
        limit=draw(percents if on_substances else numbers),
    )


@st.composite
def specs(draw: st.DrawFn, *, kind: RuleKind | None = None, most_rules: int = 3) -> Spec:
    """Recipes of one to three slots over two families, dosed or not, with rules of one kind or of all."""
    is_dosed = draw(st.booleans())
    slots = tuple(
        Slot(
            slug=slug,
            name=slug.capitalize(),
            family=draw(st.sampled_from(sorted(PARTS))),
            dose_ul=draw(st.sampled_from((5_000, 10_000, 85_000))) if is_dosed else None,
            optional=draw(st.sampled_from((False, False, True))),
        )
        for slug in SLOTS[: draw(st.sampled_from((1, 2, 2, 3, 3, 3)))]
    )
    families = tuple(
        Family(
            slug=slug,
            name=slug.capitalize(),
            components=tuple(draw(components(name, is_dosed=is_dosed)) for name in names),
        )
        for slug, names in PARTS.items()
    )
    spec = Spec(
        slug="tea",
        name="Tea",
        sizes=(Size(slug="100ml", price=1000, volume_ml=100),),
        slots=slots,
        families=families,
        reference_ml=100 if is_dosed else None,
        allergen_threshold_ppm=100 if is_dosed else None,
    )
    least = 1 if kind else 0
    count = draw(st.integers(least, most_rules))
    return replace(spec, rules=tuple(draw(rules(spec, f"rule-{i}", kind)) for i in range(count)))


def avoid_lists(spec: Spec) -> st.SearchStrategy[tuple[str, ...]]:
    known = sorted(
        {name for mix in every_mix(spec) for slug in mix.values() for name in contents(spec, slug)}
    )
    if not known:
        return st.just(())
    return st.just(()) | st.sets(st.sampled_from(known), max_size=2).map(lambda names: tuple(sorted(names)))


def partial_mixes(spec: Spec) -> st.SearchStrategy[Mix]:
    """Each slot is as often open as filled."""
    mixes = every_mix(spec)
    slots = [slot.slug for slot in spec.slots]
    return st.tuples(st.sampled_from(mixes), st.sets(st.sampled_from(slots))).map(
        lambda drawn: {slot: slug for slot, slug in drawn[0].items() if slot in drawn[1]}
    )
