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
    """The model of a spec under some of its rules; each constraint's `source` is its rule's slug.

    Linear in the options, and per rule in what it forbids: slots that hold nothing of a rule are passed over at once.
    """
    shelf = _Shelf(spec)
    nogoods: list[Nogood] = []
    limits: list[Limit] = []
    for rule in rules:
        if rule.kind is RuleKind.NEVER_TOGETHER:
            nogoods += _never_together(shelf, rule)
        elif rule.kind is RuleKind.NEEDS:
            nogoods += _needs(shelf, rule)
        elif rule.kind is RuleKind.AT_MOST:
            limits.append(_at_most(shelf, rule))
        else:
            limits.append(_cap(shelf, rule))
    order = tuple(rule.slug for rule in spec.rules)
    return Model(
        sizes=tuple(map(len, shelf.options)), nogoods=tuple(nogoods), limits=tuple(limits), order=order
    )


def hard_rules(spec: Spec) -> tuple[Rule, ...]:
    return tuple(rule for rule in spec.rules if not rule.advice)


def advice_rules(spec: Spec) -> tuple[Rule, ...]:
    return tuple(rule for rule in spec.rules if rule.advice)


class _Shelf:
    """The options of a spec's slots, and where each stands, looked up once for all rules."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.options = [options_of(spec, slot) for slot in spec.slots]
        self.full = [(1 << len(options)) - 1 for options in self.options]
        self._bits: dict[str, list[tuple[int, int]]] = {}  # per slug: slot, bit of the option
        for i, options in enumerate(self.options):
            for k, option in enumerate(options):
                self._bits.setdefault(option_slug(option), []).append((i, 1 << k))

    def masks(self, slugs: Iterable[str], named: tuple[str, ...]) -> dict[int, int]:
        """Where some options stand: slot -> mask, only slots that hold one, in order; `named` slots, or all for ()."""
        found: dict[int, int] = {}
        for slug in set(slugs):
            for slot, bit in self._bits.get(slug, ()):
                if not named or self.spec.slots[slot].slug in named:
                    found[slot] = found.get(slot, 0) | bit
        return dict(sorted(found.items()))

    def slots(self, named: tuple[str, ...]) -> list[int]:
        return [i for i, slot in enumerate(self.spec.slots) if not named or slot.slug in named]


def _never_together(shelf: _Shelf, rule: Rule) -> Iterator[Nogood]:
    seen = set()
    right = shelf.masks(rule.right, rule.right_slots)
    for i, mask in shelf.masks(rule.left, rule.left_slots).items():
        for j, other in right.items():
            parts = tuple(sorted([(i, mask), (j, other)]))
            if i != j and parts not in seen:
                seen.add(parts)
                yield Nogood(parts, rule.slug)


def _needs(shelf: _Shelf, rule: Rule) -> Iterator[Nogood]:
    helpers = shelf.masks(rule.right, rule.right_slots)
    for i, mask in shelf.masks(rule.left, rule.left_slots).items():
        masks = {j: shelf.full[j] & ~helping for j, helping in helpers.items()}
        masks[i] = mask & masks.get(i, -1)
        if all(masks.values()):
            yield Nogood(tuple(sorted(masks.items())), rule.slug)


def _at_most(shelf: _Shelf, rule: Rule) -> Limit:
    weights = tuple(
        (i, tuple(int(option_slug(option) in rule.left) for option in shelf.options[i]))
        for i in shelf.slots(rule.left_slots)
    )
    return Limit(weights, None, rule.limit, rule.slug)


def _cap(shelf: _Shelf, rule: Rule) -> Limit:
    """A cap as a sum over slots.

    On substances: sum(dose x share) <= limit x sum(dose) is rearranged to sum(dose x (share - limit)) <= 0, so that
    slots that stay empty drop out and every size of the product is covered at once.
    """
    limit = rule.limit or 0
    weights = []
    for i, slot in enumerate(shelf.spec.slots):
        row = []
        for option in shelf.options[i]:
            if option is None:
                row.append(0)
            elif rule.amount:
                row.append(dict(option.amounts).get(rule.amount, 0))
            else:
                share = sum(ppm for name, ppm in option.composition if name in rule.substances)
                row.append((slot.dose_ul or 0) * (share - limit))
        weights.append((i, tuple(row)))
    return Limit(tuple(weights), None, limit if rule.amount else 0, rule.slug)
