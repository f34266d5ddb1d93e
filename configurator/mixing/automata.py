"""Each rule as a part: a small layered automaton that reads only the slots of the rule.

A table becomes the smallest trie of its rows, forbidden combinations of the same slots together one automaton whose
state is which of them are still to be broken, a limit one whose state is the sum so far, where it still matters.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from configurator.mixing.budget import Meter
from configurator.mixing.merging import Arcs, Layers, Part, reduced
from configurator.mixing.model import Constraint, Limit, Model, Nogood, Table

# (option, state) -> next state; None: the rule is broken
Follow: TypeAlias = Callable[[int, int], "int | None"]
Box: TypeAlias = tuple[int, ...]  # a mask of options per slot: all rows within it

SETTLED = -1  # a limit that the slots still to come can no longer break


@dataclass(frozen=True, slots=True)
class Group:
    """Constraints that are one automaton: a limit, a table, or all nogoods of the same slots."""

    scope: tuple[int, ...]
    constraints: tuple[Constraint, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(constraint.source for constraint in self.constraints))


def groups_of(model: Model, *, by_source: bool = False) -> tuple[Group, ...]:
    """All constraints of a model but those that nothing can break; `by_source` keeps nogoods of two rules apart."""
    alike: dict[tuple[tuple[int, ...], str], list[Nogood]] = {}
    for nogood in model.nogoods:
        if all(mask for _, mask in nogood.parts):
            key = tuple(sorted(nogood.scope)), nogood.source if by_source else ""
            alike.setdefault(key, []).append(nogood)
    nogoods = [Group(scope, tuple(group)) for (scope, _), group in alike.items()]
    limits = [Group(limit.scope, (limit,)) for limit in model.limits]
    return (*nogoods, *limits, *(Group(table.scope, (table,)) for table in model.tables))


class Automata:
    """The parts of a model's groups under any order; what two orders share is made once."""

    def __init__(self, model: Model, groups: Iterable[Group] | None = None) -> None:
        self.model = model
        self.groups = groups_of(model) if groups is None else tuple(groups)
        self._boxes: dict[int, tuple[tuple[int, ...], list[Box]]] = {}  # of tables: slots, and their paths
        self._parts: dict[tuple[int, tuple[int, ...]], Part] = {}

    @property
    def is_contradiction(self) -> bool:
        """Whether a slot has no options, or a rule over no slots at all forbids everything."""
        empty = [constraint for group in self.groups if not group.scope for constraint in group.constraints]
        return not all(self.model.sizes) or not all(constraint.admits(()) for constraint in empty)

    def parts(self, slots: Iterable[int], place: Sequence[int], meter: Meter) -> list[Part]:
        """One part for each group within these slots. Raises OutOfBudget.

        Linear in the rows of a table; in the states times options of the others.
        """
        within = frozenset(slots)
        found = []
        for i, group in enumerate(self.groups):
            if group.scope and group.scope[0] in within:
                key = i, tuple(sorted(group.scope, key=place.__getitem__))
                if key not in self._parts:
                    self._parts[key] = self._part(i, key[1], place, meter)
                found.append(self._parts[key])
        return found

    def _part(self, index: int, slots: tuple[int, ...], place: Sequence[int], meter: Meter) -> Part:
        sizes = [self.model.sizes[slot] for slot in slots]
        group = self.groups[index]
        first = group.constraints[0]
        if isinstance(first, Table):
            meter.check(place=place[slots[0]])
            if index not in self._boxes:
                part = Part(slots, _trie(first, slots, sizes))
                self._boxes[index] = slots, _paths(part)
                return part
            known, boxes = self._boxes[index]
            start, steps = _box_steps([[box[known.index(slot)] for box in boxes] for slot in slots], sizes)
            return _unfolded(slots, start, list(zip(sizes, steps, strict=True)), place=place, meter=meter)
        if isinstance(first, Limit):
            start, steps = _limit_steps(first, slots)
        else:
            nogoods = [each for each in group.constraints if isinstance(each, Nogood)]
            start, steps = _nogood_steps(nogoods, slots, sizes)
        return _unfolded(slots, start, list(zip(sizes, steps, strict=True)), place=place, meter=meter)


def _unfolded(
    slots: tuple[int, ...],
    start: int | None,
    steps: Sequence[tuple[int, Follow]],
    *,
    place: Sequence[int],
    meter: Meter,
) -> Part:
    """The automaton, (options, step) per slot, laid out from the first slot down and reduced."""
    if start is None:
        return Part(slots, [])
    meter.begin()
    unfolded: list[list[Arcs]] = []
    level: Iterable[int] = (start,)
    for slot, (size, step) in zip(slots, steps, strict=True):
        below: dict[int, int] = {}
        layer: list[Arcs] = []
        room = meter.room()
        for state in level:
            arcs: dict[int, int] = {}
            for option in range(size):
                after = step(option, state)
                if after is not None:
                    arcs[after] = arcs.get(after, 0) | 1 << option
            layer.append(tuple([(mask, below.setdefault(after, len(below))) for after, mask in arcs.items()]))
            if len(below) > room:
                meter.check(len(below), place=place[slot])
        meter.add_layer(len(below), sum(map(len, layer)), place=place[slot])
        unfolded.append(layer)
        level = below
    return reduced(slots, unfolded)


def _nogood_steps(
    nogoods: Sequence[Nogood], slots: Sequence[int], sizes: Sequence[int]
) -> tuple[int, list[Follow]]:
    """The state is a mask of the nogoods all of whose parts were met so far; none may be left at the end."""
    start = (1 << len(nogoods)) - 1
    kept = {slot: [start] * size for slot, size in zip(slots, sizes, strict=True)}
    for i, nogood in enumerate(nogoods):
        for slot, mask in nogood.parts:
            for option, row in enumerate(kept[slot]):
                if not mask >> option & 1:
                    kept[slot][option] = row & ~(1 << i)
    return start, [_nogood_step(kept[slot], is_last=slot == slots[-1]) for slot in slots]


def _nogood_step(kept: Sequence[int], *, is_last: bool) -> Follow:
    def step(option: int, state: int) -> int | None:
        live = state & kept[option]
        return None if live and is_last else live

    return step


def _limit_steps(limit: Limit, slots: Sequence[int]) -> tuple[int | None, list[Follow]]:
    """The state is the sum so far, each weight taken as what it adds to the least of its slot."""
    weights = dict(limit.weights)
    least = sum(map(min, weights.values()))
    low = 0 if limit.low is None else limit.low - least
    high = None if limit.high is None else limit.high - least
    steps: list[Follow] = []
    most = 0  # that the slots still to come can add
    for slot in reversed(slots):
        smallest = min(weights[slot])
        added = [weight - smallest for weight in weights[slot]]
        steps.append(_limit_step(added, most, low, high))
        most += max(added)
    return _clamped(0, most, low, high), steps[::-1]


def _limit_step(added: Sequence[int], most: int, low: int, high: int | None) -> Follow:
    def step(option: int, state: int) -> int | None:
        return SETTLED if state == SETTLED else _clamped(state + added[option], most, low, high)

    return step


def _clamped(total: int, most: int, low: int, high: int | None) -> int | None:
    """Sums from which the rest can go wrong stay apart; all others are one state."""
    if total + most < low or (high is not None and total > high):
        return None
    if total >= low and (high is None or total + most <= high):
        return SETTLED
    return total


def _box_steps(masks: Sequence[Sequence[int]], sizes: Sequence[int]) -> tuple[int | None, list[Follow]]:
    """The state is a mask of the boxes (a mask of options per slot) that the mix may still be in."""
    start = (1 << len(masks[0])) - 1
    steps: list[Follow] = []
    for i, (column, size) in enumerate(zip(masks, sizes, strict=True)):
        holding = [
            sum(1 << k for k, mask in enumerate(column) if mask >> option & 1) for option in range(size)
        ]
        steps.append(_box_step(holding, is_last=i == len(sizes) - 1))
    return start or None, steps


def _box_step(holding: Sequence[int], *, is_last: bool) -> Follow:
    def step(option: int, state: int) -> int | None:
        left = state & holding[option]
        return (left and 1 if is_last else left) or None

    return step


def boxes_of(table: Table, sizes: Sequence[int]) -> list[Box]:
    """The rows of a table as boxes, one mask per slot of its scope."""
    return _paths(Part(table.scope, _trie(table, table.scope, [sizes[slot] for slot in table.scope])))


def boxes_beside(table: Table, sizes: Sequence[int]) -> list[Box]:
    """What is not in a table, as boxes: on the way down its trie, all options that leave it."""
    full = [(1 << sizes[slot]) - 1 for slot in table.scope]
    trie = _trie(table, table.scope, [sizes[slot] for slot in table.scope])
    found: list[Box] = [] if trie else [tuple(full)]
    stack: list[tuple[int, Box]] = [(0, ())] if trie else []
    while stack:
        node, path = stack.pop()
        if len(path) == len(full):
            continue
        missing = full[len(path)]
        for mask, child in trie[len(path)][node]:
            missing &= ~mask
            stack.append((child, (*path, mask)))
        if missing:
            found.append((*path, missing, *full[len(path) + 1 :]))
    return found


def _paths(part: Part) -> list[Box]:
    """The paths of a part as masks of options, one per slot: mostly far fewer than rows."""
    found: list[Box] = []
    stack: list[tuple[int, Box]] = [(0, ())] if part.layers else []
    while stack:
        node, path = stack.pop()
        if len(path) == len(part.slots):
            found.append(path)
        else:
            stack += [(child, (*path, mask)) for mask, child in part.layers[len(path)][node]]
    return found


def _trie(table: Table, slots: Sequence[int], sizes: Sequence[int]) -> Layers:
    """The smallest trie of the rows, whose prefixes are read as numbers; from the last column up."""
    if not table.rows:
        return []
    by_slot = dict(zip(table.scope, zip(*table.rows, strict=True), strict=True))
    columns = [by_slot[slot] for slot in slots]
    codes = list(columns[0])
    for column, size in zip(columns[1:], sizes[1:], strict=True):
        codes = [code * size + option for code, option in zip(codes, column, strict=True)]
    layers: Layers = []
    level = dict.fromkeys(codes, 0)  # prefix -> node
    for size in reversed(sizes):
        arcs_of: dict[int, dict[int, int]] = {}
        for code, child in level.items():
            prefix, option = divmod(code, size)
            arcs = arcs_of.get(prefix)
            if arcs is None:
                arcs_of[prefix] = {child: 1 << option}
            else:
                arcs[child] = arcs.get(child, 0) | 1 << option
        unique: dict[Arcs, int] = {}
        level = {}
        for prefix, arcs in arcs_of.items():
            key = tuple([(arcs[child], child) for child in sorted(arcs)])
            level[prefix] = unique.setdefault(key, len(unique))
        layers.append(list(unique))
    return layers[::-1]
