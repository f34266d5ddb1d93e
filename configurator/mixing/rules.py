"""Staff's rules as constraints of the generic model: forbidden combinations and linear limits over slots."""

from collections.abc import Iterable, Iterator

from configurator.mixing.model import Limit, Model, Nogood
from configurator.mixing.spec import NONE, Component, Rule, RuleKind, Slot, Spec


def options_of(spec: Spec, slot: Slot) -> tuple[Component | None, ...]:
    """What can stand in a slot, in the order of the model's options; None last where the slot may stay empty."""
    return (*spec.components_of(slot), *((None,) if slot.optional else ()))


def option_slug(option: Component | None) -> str:
    return NONE if option is None else option.slug


def build_model(spec: Spec, rules: Iterable[Rule]) -> Model:
    """The model of a spec under some of its rules; each constraint's `source` is its rule's slug."""
    nogoods: list[Nogood] = []
    limits: list[Limit] = []
    for rule in rules:
        if rule.kind is RuleKind.NEVER_TOGETHER:
            nogoods += _never_together(spec, rule)
        elif rule.kind is RuleKind.NEEDS:
            nogoods += _needs(spec, rule)
        elif rule.kind is RuleKind.AT_MOST:
            limits.append(_at_most(spec, rule))
        else:
            limits.append(_cap(spec, rule))
    sizes = tuple(len(options_of(spec, slot)) for slot in spec.slots)
    order = tuple(rule.slug for rule in spec.rules)
    return Model(sizes=sizes, nogoods=tuple(nogoods), limits=tuple(limits), order=order)


def hard_rules(spec: Spec) -> tuple[Rule, ...]:
    return tuple(rule for rule in spec.rules if not rule.advice)


def advice_rules(spec: Spec) -> tuple[Rule, ...]:
    return tuple(rule for rule in spec.rules if rule.advice)


def _mask(spec: Spec, slot: Slot, slugs: Iterable[str]) -> int:
    wanted = set(slugs)
    return sum(1 << i for i, option in enumerate(options_of(spec, slot)) if option_slug(option) in wanted)


def _slots(spec: Spec, named: tuple[str, ...]) -> list[int]:
    return [i for i, slot in enumerate(spec.slots) if not named or slot.slug in named]


def _never_together(spec: Spec, rule: Rule) -> Iterator[Nogood]:
    seen = set()
    for i in _slots(spec, rule.left_slots):
        for j in _slots(spec, rule.right_slots):
            left, right = _mask(spec, spec.slots[i], rule.left), _mask(spec, spec.slots[j], rule.right)
            parts = tuple(sorted([(i, left), (j, right)]))
            if i != j and left and right and parts not in seen:
                seen.add(parts)
                yield Nogood(parts, rule.slug)


def _needs(spec: Spec, rule: Rule) -> Iterator[Nogood]:
    helpers = [j for j in _slots(spec, rule.right_slots) if _mask(spec, spec.slots[j], rule.right)]
    for i in _slots(spec, rule.left_slots):
        masks = {j: _without(spec, spec.slots[j], rule.right) for j in helpers}
        masks[i] = _mask(spec, spec.slots[i], rule.left) & masks.get(i, -1)
        if all(masks.values()):
            yield Nogood(tuple(sorted(masks.items())), rule.slug)


def _without(spec: Spec, slot: Slot, slugs: Iterable[str]) -> int:
    return (1 << len(options_of(spec, slot))) - 1 & ~_mask(spec, slot, slugs)


def _at_most(spec: Spec, rule: Rule) -> Limit:
    weights = tuple(
        (i, tuple(int(option_slug(option) in rule.left) for option in options_of(spec, spec.slots[i])))
        for i in _slots(spec, rule.left_slots)
    )
    return Limit(weights, None, rule.limit, rule.slug)


def _cap(spec: Spec, rule: Rule) -> Limit:
    """A cap as a sum over slots.

    On substances: sum(dose x share) <= limit x sum(dose) is rearranged to sum(dose x (share - limit)) <= 0, so that
    slots that stay empty drop out and every size of the product is covered at once.
    """
    limit = rule.limit or 0
    weights = []
    for i, slot in enumerate(spec.slots):
        row = []
        for option in options_of(spec, slot):
            if option is None:
                row.append(0)
            elif rule.amount:
                row.append(dict(option.amounts).get(rule.amount, 0))
            else:
                share = sum(ppm for name, ppm in option.composition if name in rule.substances)
                row.append((slot.dose_ul or 0) * (share - limit))
        weights.append((i, tuple(row)))
    return Limit(tuple(weights), None, limit if rule.amount else 0, rule.slug)
