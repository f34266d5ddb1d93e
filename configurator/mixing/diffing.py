"""What two spaces share and what one has lost, found by walking both diagrams in step.

`maps` says how the options of one space read in the other: per slot, (option of the first, option of the second). An
option of the first without a counterpart has no shared mix. Each option stands in at most one pair of its slot.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import TypeAlias

from configurator.mixing.automata import Automata
from configurator.mixing.compiling import SpaceTooLarge, compile_diagram
from configurator.mixing.diagram import Diagram
from configurator.mixing.merging import Arcs, reduced
from configurator.mixing.model import Mix
from configurator.mixing.space import Space
from configurator.mixing.walking import bits

GONE = -1  # no such path in the second space

Maps: TypeAlias = Sequence[Sequence[tuple[int, int]]]
Read: TypeAlias = Callable[[int], int]
Pair: TypeAlias = tuple[int, int]  # a node of the first diagram and one of the second, or GONE


def shared_count(a: Space, b: Space, maps: Maps) -> int:
    """How many mixes are makeable in both spaces, under the pairing of options (see the module).

    Raises ValueError for spaces or maps of other shapes, CountUnknown for a filtered space and SpaceTooLarge if neither
    model compiles in the slot order of the other. Linear in the pairs of nodes met, times their arcs; these are few
    where the spaces are alike, at worst the nodes of one times those of the other in a slot.
    """
    counterparts = _counterparts(a, b, maps)
    one, other = _in_step(a, b)
    ways: dict[Pair, int] = {(i, j): 1 for i in one.root for j in other.root}
    for slot, layer, layer_of_other in zip(one.order, one.layers, other.layers, strict=True):
        read = _reader(counterparts[slot])
        below: dict[Pair, int] = {}
        for (i, j), times in ways.items():
            for mask, pair in _steps(layer.arcs[i], layer_of_other.arcs[j], read):
                if pair[1] != GONE:
                    below[pair] = below.get(pair, 0) + times * mask.bit_count()
        ways = below
    return sum(ways.values())


def lost_mixes(a: Space, b: Space, maps: Maps, *, limit: int | None = None) -> Iterator[Mix]:
    """The mixes of `a`, in lexicographic order, that `b` does not have; at most `limit`, if given.

    Mixes gained are those lost the other way round, from `b` to `a` with the pairs turned round. Errors and costs as
    for `shared_count`, then as for `Space.mixes`.
    """
    lost = _lost(a, b, _counterparts(a, b, maps))
    return islice(lost.walk(a.model.full), limit)


def _lost(a: Space, b: Space, counterparts: Sequence[Mapping[int, int]]) -> Diagram:
    """The mixes of `a` that `b` does not have, as a diagram."""
    one, other = _in_step(a, b)
    unfolded: list[list[Arcs]] = []
    root_of_other = next(iter(other.root), GONE)
    level: dict[Pair, int] = {(node, root_of_other): 0 for node in one.root}
    for slot, layer, layer_of_other in zip(one.order, one.layers, other.layers, strict=True):
        read = _reader(counterparts[slot])
        below: dict[Pair, int] = {}
        unfolded.append(
            [
                tuple(
                    [
                        (mask, below.setdefault(pair, len(below)))
                        for mask, pair in _steps(
                            layer.arcs[i], () if j == GONE else layer_of_other.arcs[j], read
                        )
                    ]
                )
                for i, j in level
            ]
        )
        level = below
    part = reduced(one.order, unfolded, last=[0 if j == GONE else -1 for _, j in level])
    is_empty = not part.is_possible or not any(j == GONE for _, j in level)
    return Diagram(a.sizes, None if is_empty else part.layers, order=one.order)


def _in_step(a: Space, b: Space) -> tuple[Diagram, Diagram]:
    """Both diagrams in one slot order. Raises CountUnknown for a filtered space."""
    for space in (a, b):
        if not space.exact_count:
            space.count()  # raises CountUnknown
    return _in_one_order(a, b)


def _steps(arcs: Arcs, others: Arcs, read: Read) -> Iterator[tuple[int, Pair]]:
    """From a pair of nodes to pairs of children, by the options of the first."""
    for mask, child in arcs:
        left = mask
        for options, other in others:
            if both := left & read(options):
                left &= ~both
                yield both, (child, other)
        if left:
            yield left, (child, GONE)


def _reader(counterparts: Mapping[int, int]) -> Read:
    """Reads masks of the second space as masks of the first, each once."""
    back = {other: option for option, other in counterparts.items()}
    return cache(lambda options: sum(1 << back[option] for option in bits(options) if option in back))


def _in_one_order(a: Space, b: Space) -> tuple[Diagram, Diagram]:
    """Both diagrams in the slot order of one of them. Raises SpaceTooLarge if neither goes into the other's."""
    if a.diagram.order == b.diagram.order or not (a.diagram.root and b.diagram.root):
        return a.diagram, b.diagram
    try:
        return a.diagram, _reordered(b, a.diagram.order)
    except SpaceTooLarge:
        return _reordered(a, b.diagram.order), b.diagram


def _reordered(space: Space, order: tuple[int, ...]) -> Diagram:
    """Compiled once per order, since two spaces are mostly asked about more than once."""
    if order not in space.reordered:
        space.reordered[order] = compile_diagram(Automata(space.model), order=order)
    return space.reordered[order]


def _counterparts(a: Space, b: Space, maps: Maps) -> list[dict[int, int]]:
    if not len(a.sizes) == len(b.sizes) == len(maps):
        raise ValueError(
            f"Spaces of {len(a.sizes)} and {len(b.sizes)} slots do not pair up by {len(maps)} maps."
        )
    for slot, pairs in enumerate(maps):
        firsts, seconds = {i for i, _ in pairs}, {j for _, j in pairs}
        if not len(firsts) == len(seconds) == len(pairs):
            raise ValueError(f"The map of slot {slot} names an option twice.")
        if not (firsts <= set(range(a.sizes[slot])) and seconds <= set(range(b.sizes[slot]))):
            raise ValueError(f"The map of slot {slot} names an option that its space does not have.")
    return [dict(pairs) for pairs in maps]
