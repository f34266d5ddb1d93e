"""Merging: a *part* is the diagram of some rules over their own slots; parts are multiplied until one is left.

The product of two parts allows what both allow. It is built from the first slot down, where a pair of nodes is a node,
and reduced from the last slot up: pairs that lead nowhere go, nodes with the same arcs become one. After Hadzic,
Subbarayan, Jensen, Andersen, Møller and Hulgaard (PETO 2004) and Andersen, Hadzic, Hooker and Tiedemann, "A constraint
store based on multivalued decision diagrams" (CP 2007). `place[slot]` says where the order has a slot.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from configurator.mixing.budget import Meter

Arcs: TypeAlias = tuple[tuple[int, int], ...]  # (mask of options, child) of a node, one per child
Layers: TypeAlias = list[list[Arcs]]
Step: TypeAlias = Callable[[int], list[tuple[int, int]]]  # pair of nodes -> (mask of options, pair below)

CHECKED_EACH = 4096  # nodes of a layer, a power of two


@dataclass(frozen=True, slots=True)
class Part:
    """`layers[k][node]` are the arcs of the nodes of `slots[k]`; their children are nodes of the next layer.

    The root is node 0 of the first layer; below the last layer there is one node, 0. Reduced: no dead and no equal
    nodes. A part that allows nothing has slots but no layers; one without slots allows everything.
    """

    slots: tuple[int, ...]
    layers: Layers

    @property
    def is_possible(self) -> bool:
        return len(self.layers) == len(self.slots)

    @property
    def nodes(self) -> int:
        return sum(map(len, self.layers)) + 1

    @property
    def arcs(self) -> int:
        return sum(len(arcs) for layer in self.layers for arcs in layer)


def reduced(
    slots: tuple[int, ...], unfolded: Sequence[Sequence[Arcs]], *, last: Sequence[int] = (0,)
) -> Part:
    """From the last layer up: arcs to one child merged, dead nodes dropped, equal nodes made one. Linear in the arcs.

    `last[node]` of the nodes below the last layer is 0 if they are makeable, -1 if they are dead.
    """
    layers: Layers = []
    renamed = last  # index before -> index after, -1 for a dead node
    for layer in reversed(unfolded):
        unique: dict[Arcs, int] = {}
        names: list[int] = []
        for arcs in layer:
            merged: dict[int, int] = {}
            for options, child in arcs:
                if (name := renamed[child]) >= 0:
                    merged[name] = merged.get(name, 0) | options
            key = tuple([(merged[name], name) for name in sorted(merged)])
            names.append(unique.setdefault(key, len(unique)) if key else -1)
        if not unique:
            return Part(slots, [])
        layers.append(list(unique))
        renamed = names
    layers.reverse()
    return Part(slots, layers)


def product(a: Part, b: Part, place: Sequence[int], meter: Meter) -> Part:
    """What both parts allow, over the slots of both in order.

    Raises OutOfBudget. Time and space are at worst the nodes of one times those of the other in each layer.
    """
    slots = tuple(sorted({*a.slots, *b.slots}, key=place.__getitem__))
    if not (a.is_possible and b.is_possible):
        return Part(slots, [])
    in_a, in_b = dict(zip(a.slots, a.layers, strict=True)), dict(zip(b.slots, b.layers, strict=True))
    widths = [len(layer) for layer in b.layers[1:]] + [1]
    unfolded: list[list[Arcs]] = []
    level: Sequence[int] = (0,)  # pairs of nodes, as i * width + j
    width = 1  # how many nodes of b there are on this level
    meter.begin()
    for slot in slots:
        wide = widths.pop(0) if slot in in_b else width
        step = _step(in_a.get(slot, ()), in_b.get(slot, ()), width, wide)
        layer, level = _layer(step, level, place[slot], meter)
        unfolded.append(layer)
        width = wide
    return reduced(slots, unfolded)


def _step(a: Sequence[Arcs], b: Sequence[Arcs], width: int, wide: int) -> Step:
    """What leads from a pair to the pairs of the next level; a factor that lacks the slot stays where it is."""

    def in_a_alone(pair: int) -> list[tuple[int, int]]:
        i, j = divmod(pair, width)
        return [(mask, child * wide + j) for mask, child in a[i]]

    def in_b_alone(pair: int) -> list[tuple[int, int]]:
        i, j = divmod(pair, width)
        above = i * wide
        return [(mask, above + child) for mask, child in b[j]]

    def in_both(pair: int) -> list[tuple[int, int]]:
        i, j = divmod(pair, width)
        others = b[j]
        return [
            (both, child * wide + other)
            for mask, child in a[i]
            for options, other in others
            if (both := mask & options)
        ]

    return in_both if a and b else in_a_alone if a else in_b_alone


def _layer(step: Step, level: Sequence[int], place: int, meter: Meter) -> tuple[list[Arcs], Sequence[int]]:
    """One layer of a product and the pairs on the next level. Raises OutOfBudget."""
    below: dict[int, int] = {}
    name = below.setdefault
    layer: list[Arcs] = []
    room = meter.room()
    for pair in level:
        layer.append(tuple([(mask, name(after, len(below))) for mask, after in step(pair)]))
        if len(below) > room or not len(layer) % CHECKED_EACH:
            meter.check(len(below), place=place)
    meter.add_layer(len(below), sum(map(len, layer)), place=place)
    return layer, tuple(below)


def merged(parts: Sequence[Part], place: Sequence[int], meter: Meter) -> Part:
    """All parts as one: neighbours in the order multiplied pairwise, round after round. Raises OutOfBudget.

    Rules that end at the same slot meet first, so that products stay narrow until the last rounds.
    """
    left = sorted(parts, key=lambda part: [place[slot] for slot in reversed(part.slots)])
    while len(left) > 1:
        pairs = [product(left[i], left[i + 1], place, meter) for i in range(0, len(left) - 1, 2)]
        left = [*pairs, *left[len(pairs) * 2 :]]
        for part in left:
            if not part.is_possible:
                return part
    return left[0] if left else Part((), [])
