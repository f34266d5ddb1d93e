"""Whether a spec makes sense by itself: every problem at once, each with the place it is in."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from configurator.mixing.spec import (
    NONE,
    REASON_LENGTH,
    WHOLE_PPM,
    Component,
    Rule,
    RuleKind,
    Spec,
)

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
# these words stand in a mix's address or form for something else
RESERVED_SLOTS = ("size", "label", "open", "avoid", "line", "recipe")
COLOUR = re.compile(r"#[0-9A-Fa-f]{6}\Z")
DRAWING = re.compile(r"[Mm][MmLlHhVvCcSsQqTtAaZz0-9 ,.\-]*\Z")  # path data and nothing else: never markup
DRAWING_LENGTH = 2000
MOST_HELP = 99  # a need's own component counts 100


def _(text: str) -> str:
    """Marks a text that is translated where it is shown: this package knows no languages."""
    return text


KINDS = (
    *(
        _("recipe"),
        _("size"),
        _("sizes"),
        _("slot"),
        _("slots"),
        _("family"),
        _("component"),
        _("rule"),
        _("rules"),
    ),
    *(_("need"), _("starter")),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """`where` is a path such as `component mend`, of one of KINDS and often a name; `says` what is wrong with it.

    `values` are (name, value) for the `%(name)s` in it; `message` has them written out, in English.
    """

    where: str
    says: str
    values: tuple[tuple[str, object], ...] = ()

    @property
    def message(self) -> str:
        return self.says % dict(self.values) if self.values else self.says

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


def _problem(where: str, says: str, **values: object) -> Problem:
    return Problem(where, says, tuple(values.items()))


class InvalidSpecError(ValueError):
    """A spec that cannot be sold; `problems` says why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))


def validate(spec: Spec) -> tuple[Problem, ...]:
    """Every problem of a spec, in reading order; empty when it is sound.

    Whether any mix can be made under its rules is not asked here: that takes the space.
    """
    components = [component for family in spec.families for component in family.components]
    return (
        *_check_slugs(spec),
        *_check_sizes(spec),
        *_check_slots(spec),
        *(problem for component in components for problem in _check_component(spec, component)),
        *(problem for rule in spec.rules for problem in _check_rule(spec, rule)),
        *_check_starters(spec),
        *_check_needs(spec),
    )


def _check_slugs(spec: Spec) -> Iterator[Problem]:
    components = [component.slug for family in spec.families for component in family.components]
    groups = {
        "size": [size.slug for size in spec.sizes],
        "slot": [slot.slug for slot in spec.slots],
        "family": [family.slug for family in spec.families],
        "component": components,
        "rule": [rule.slug for rule in spec.rules],
        "need": [need.slug for need in spec.needs],
    }
    for kind, slugs in {"recipe": [spec.slug], **groups}.items():
        for slug, times in Counter(slugs).items():
            if times > 1:
                yield _problem(f"{kind} {slug}", _("there are %(times)s of this name"), times=times)
            if not SLUG.match(slug):
                yield _problem(
                    f"{kind} {slug!r}", _("a short name has small letters, digits and single hyphens only")
                )
    if NONE in components:
        yield _problem(f"component {NONE}", _("this name is kept for a slot that holds nothing"))


def _check_sizes(spec: Spec) -> Iterator[Problem]:
    if not spec.sizes:
        yield _problem("sizes", _("a recipe needs at least one size"))
    for size in spec.sizes:
        where = f"size {size.slug}"
        if size.price < 0:
            yield _problem(where, _("the price is below zero"))
        if size.volume_ml is not None and size.volume_ml <= 0:
            yield _problem(where, _("the volume is not above zero"))
        if spec.is_dosed and size.volume_ml is None:
            yield _problem(where, _("a recipe with doses needs a volume for each size"))


def _check_slots(spec: Spec) -> Iterator[Problem]:
    families = {family.slug: family for family in spec.families}
    if not spec.slots:
        yield _problem("slots", _("a recipe needs at least one slot"))
    if spec.is_dosed and not spec.reference_ml:
        yield _problem("recipe", _("doses need the volume that they are given for"))
    for slot in spec.slots:
        where = f"slot {slot.slug}"
        if slot.slug in RESERVED_SLOTS:
            yield _problem(where, _("this short name is kept for the page's own use"))
        if slot.family not in families:
            yield _problem(where, _("there is no family %(name)s"), name=slot.family)
        elif not families[slot.family].components:
            yield _problem(
                where, _("the family %(name)s has no component to put here"), name=families[slot.family].name
            )
        if spec.is_dosed and slot.dose_ul is None:
            yield _problem(where, _("has no dose, but other slots have one"))
        if slot.dose_ul is not None and slot.dose_ul <= 0:
            yield _problem(where, _("the dose is not above zero"))
    yield from _check_groups(spec)


def _check_groups(spec: Spec) -> Iterator[Problem]:
    """What slots say of how they are shown."""
    known = {slot.slug for slot in spec.slots}
    for slot in spec.slots:
        where = f"slot {slot.slug}"
        if not slot.group and any(other.group for other in spec.slots):
            yield _problem(where, _("has no group, but other slots have one"))
        if slot.paints and slot.paints not in known - {slot.slug}:
            yield _problem(where, _("there is no other slot %(name)s to paint"), name=slot.paints)


def _check_component(spec: Spec, component: Component) -> Iterator[Problem]:
    where = f"component {component.slug}"
    total = sum(ppm for _name, ppm in component.composition)
    if (component.composition or spec.is_dosed) and total != WHOLE_PPM:
        yield _problem(where, _("the composition adds up to %(sum)s, not 100 %%"), sum=_percent(total))
    for name, part in (
        ("composition", component.composition),
        ("fragrance allergens", component.fragrance_allergens),
    ):
        if any(ppm <= 0 for _name, ppm in part):
            yield _problem(where, _SHARES[name])
        yield from (
            _problem(where, _STANDS[name], name=substance, times=times)
            for substance, times in Counter(substance for substance, _ppm in part).items()
            if times > 1
        )
    if component.fragrance_allergens and spec.allergen_threshold_ppm is None:
        yield _problem(
            where,
            _("has fragrance allergens, but the recipe does not say from which share they are declared"),
        )
    if not COLOUR.match(component.colour):
        yield _problem(
            where, _("the colour %(colour)s is not written as #RRGGBB"), colour=repr(component.colour)
        )
    if component.drawing and not DRAWING.match(component.drawing):
        yield _problem(where, _("the drawing is not SVG path data"))
    if len(component.drawing) > DRAWING_LENGTH:
        yield _problem(where, _("the drawing is longer than %(most)s characters"), most=DRAWING_LENGTH)
    if component.surcharge < 0:
        yield _problem(where, _("the surcharge is below zero"))


def _check_rule(spec: Spec, rule: Rule) -> Iterator[Problem]:
    where = f"rule {rule.slug}"
    components = {component.slug for family in spec.families for component in family.components}
    slots = {slot.slug for slot in spec.slots}
    if not rule.reason.strip():
        yield _problem(where, _("has no reason for the shopper to read"))
    if len(rule.reason) > REASON_LENGTH:
        yield _problem(where, _("the reason is longer than %(most)s characters"), most=REASON_LENGTH)
    yield from (
        _problem(where, _("there is no component %(name)s"), name=name)
        for name in (*rule.left, *rule.right)
        if name not in components
    )
    yield from (
        _problem(where, _("there is no slot %(name)s"), name=name)
        for name in (*rule.left_slots, *rule.right_slots)
        if name not in slots
    )
    yield from (_problem(where, message) for message in rule_problems(rule, is_dosed=spec.is_dosed))
    known = {
        name for family in spec.families for part in family.components for name, _ppm in part.composition
    }
    yield from (
        _problem(where, _("no component contains %(name)s"), name=name)
        for name in rule.substances
        if name not in known
    )
    carried = {name for family in spec.families for part in family.components for name, _ppm in part.amounts}
    if rule.amount and rule.amount not in carried:
        yield _problem(where, _("no component carries the number %(name)s"), name=rule.amount)


def rule_problems(rule: Rule, *, is_dosed: bool) -> Iterator[str]:
    """What a rule of its kind must have and this one lacks, whatever it refers to; each follows on "this rule"."""
    if rule.kind is RuleKind.CAP:
        if rule.limit is None:
            yield _("has no limit")
        if rule.substances and rule.amount:
            yield _("sums up both substances and a number; a cap is on one of them")
        if not rule.substances and not rule.amount:
            yield _("does not say what to sum up: substances, or a number that components carry")
        if rule.substances and not is_dosed:
            yield _("sums up substances, but the slots have no doses")
        return
    if not rule.left:
        yield _("names no component on its left side")
    if rule.kind is RuleKind.AT_MOST:
        if rule.limit is None or rule.limit < 0:
            yield _("says not how many slots it allows")
    elif not rule.right:
        yield _("names no component on its right side")


def _check_starters(spec: Spec) -> Iterator[Problem]:
    slots = {slot.slug: slot for slot in spec.slots}
    families = {family.slug: {part.slug for part in family.components} for family in spec.families}
    for starter in spec.starters:
        where = f"starter {starter.name}"
        mix = dict(starter.mix)
        if missing := [slot.name for slot in spec.slots if slot.slug not in mix]:
            yield _problem(where, _("leaves open: %(names)s"), names=", ".join(missing))
        for slot_slug, component in mix.items():
            slot = slots.get(slot_slug)
            if slot is None:
                yield _problem(where, _("there is no slot %(name)s"), name=slot_slug)
            elif component not in families.get(slot.family, ()) and not (slot.optional and component == NONE):
                yield _problem(where, _("%(name)s does not fit in %(slot)s"), name=component, slot=slot.name)


def _check_needs(spec: Spec) -> Iterator[Problem]:
    components = {component.slug for family in spec.families for component in family.components}
    for need in spec.needs:
        where = f"need {need.slug}"
        helpers = [component for component, _weight in need.weights]
        yield from (
            _problem(where, _("there is no component %(name)s"), name=name)
            for name in dict.fromkeys((need.component, *helpers))
            if name not in components
        )
        if need.component in helpers:
            yield _problem(
                where, _("%(name)s is its own component and counts 100 already"), name=need.component
            )
        for name, times in Counter(helpers).items():
            if times > 1:
                yield _problem(
                    where, _("%(name)s stands %(times)s times among what helps"), name=name, times=times
                )
        for name, weight in need.weights:
            if not 1 <= weight <= MOST_HELP:
                yield _problem(
                    where,
                    _("%(name)s helps by %(weight)s, not by 1 to %(most)s"),
                    name=name,
                    weight=weight,
                    most=MOST_HELP,
                )


_SHARES = {
    "composition": _("a share in the composition is not above zero"),
    "fragrance allergens": _("a share in the fragrance allergens is not above zero"),
}
_STANDS = {
    "composition": _("%(name)s stands %(times)s times in the composition"),
    "fragrance allergens": _("%(name)s stands %(times)s times in the fragrance allergens"),
}


def _percent(ppm: int) -> str:
    return f"{ppm / 10_000:.4f}".rstrip("0").rstrip(".") + " %"
