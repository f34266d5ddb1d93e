"""What two spaces share and what one has lost, found by walking both diagrams in step.

`maps` says how the options of one space read in the other: per slot, (option of the first, option of the second). An
option of the first without a counterpart has no shared mix. Each option stands in at most one pair of its slot.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeAlias

from configurator.mixing.diagram import Diagram
from configurator.mixing.model import Mix
from configurator.mixing.space import Space

GONE = -1  # no such path in the second space

Maps: TypeAlias = Sequence[Sequence[tuple[int, int]]]
Pair: TypeAlias = tuple[int, int]  # a node of the first diagram and one of the second, or GONE


def shared_count(a: Space, b: Space, maps: Maps) -> int:
    """How many mixes are makeable in both spaces, under the pairing of options (see the module).

    Raises ValueError for spaces or maps of other shapes. Linear in the pairs of nodes met, times the options of a slot;
    these are few where the spaces are alike, at worst the nodes of one times those of the other in a slot.
    """
    counterparts = _counterparts(a, b, maps)
    ways: dict[Pair, int] = {(i, j): 1 for i in a.diagram.root for j in b.diagram.root}
    for slot, paired in enumerate(counterparts):
        steps, others = a.diagram.layers[slot].step, b.diagram.layers[slot].step
        below: dict[Pair, int] = {}
        for (i, j), times in ways.items():
            for option, other in paired.items():
                child, counterpart = steps[option][i], others[other][j]
                if child >= 0 and counterpart >= 0:
                    below[child, counterpart] = below.get((child, counterpart), 0) + times
        ways = below
    return sum(ways.values())


def lost_mixes(a: Space, b: Space, maps: Maps, *, limit: int | None = None) -> Iterator[Mix]:
    """The mixes of `a`, in lexicographic order, that `b` does not have; at most `limit`, if given.

    Mixes gained are those lost the other way round, from `b` to `a` with the pairs turned round. Errors and costs as
    for `shared_count`, then per mix linear in its slots.
    """
    return islice(_Losses(a, b, _counterparts(a, b, maps)).walk(), limit)


class _Losses:
    def __init__(self, a: Space, b: Space, counterparts: Sequence[dict[int, int]]) -> None:
        self._diagram: Diagram = a.diagram
        self._other = b.diagram
        self._counterparts = counterparts
        self._roots = [(i, next(iter(self._other.root), GONE)) for i in self._diagram.root]
        self._losing = self._sweep()

    def walk(self) -> Iterator[Mix]:
        stack: list[tuple[Pair, Mix]] = [(pair, ()) for pair in self._roots if pair in self._losing[0]]
        while stack:
            pair, mix = stack.pop()
            slot = len(mix)
            if slot == len(self._diagram.layers):
                yield mix
                continue
            moves = self._moves(slot, pair)
            stack += [
                (below, (*mix, option))
                for option, below in reversed(moves)
                if below in self._losing[slot + 1]
            ]

    def _moves(self, slot: int, pair: Pair) -> list[tuple[int, Pair]]:
        layer, (node, other) = self._diagram.layers[slot], pair
        moves = []
        for option, child in self._diagram.moves(slot, node, layer.full):
            counterpart = self._counterparts[slot].get(option, GONE)
            gone = GONE in (other, counterpart)
            moves.append(
                (option, (child, GONE if gone else self._other.layers[slot].step[counterpart][other]))
            )
        return moves

    def _sweep(self) -> list[set[Pair]]:
        """Per level, the pairs below which the first space has a mix that the second one has not."""
        met: list[set[Pair]] = [set(self._roots)]
        for slot in range(len(self._diagram.layers)):
            met.append({below for pair in met[-1] for _, below in self._moves(slot, pair)})
        losing = [{pair for pair in met[-1] if pair[1] == GONE}]
        for slot in reversed(range(len(self._diagram.layers))):
            losing.append(
                {pair for pair in met[slot] if any(b in losing[-1] for _, b in self._moves(slot, pair))}
            )
        return losing[::-1]


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
