"""The decision diagram: one layer of nodes per slot, laid out for sweeps over sets of nodes.

A path from the root to the one node below the last layer is a makeable mix, every makeable mix is one path, and every
node lies on a path. Sweeps after Hadzic, Subbarayan, Jensen, Andersen, Møller and Hulgaard, "Fast backtrack-free
product configuration using a precompiled solution space representation" (PETO 2004).
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import reduce
from operator import or_
from typing import NamedTuple, TypeAlias

from configurator.mixing.model import Mix

Arcs: TypeAlias = tuple[tuple[int, int], ...]  # (mask of options, child) of a node, one per child
Nodes: TypeAlias = Set[int]
Totals: TypeAlias = Mapping[int, int] | Sequence[int]  # node -> number of completions


class Layer(NamedTuple):
    """The nodes of one slot, by index. `below` are all nodes of the next layer, -1 stands for no child."""

    full: int
    whole: int  # the options of all nodes together
    nodes: frozenset[int]
    below: frozenset[int]
    arcs: tuple[Arcs, ...]
    open: tuple[int, ...]  # [node]: its options
    step: tuple[tuple[int, ...], ...]  # [option][node]: child
    kids: tuple[tuple[int, ...], ...]  # [node]: children
    back: tuple[tuple[tuple[int, ...], ...], ...]  # [option][child]: nodes
    parents: tuple[tuple[int, ...], ...]  # [child]: nodes

    @classmethod
    def of(cls, full: int, arcs: Sequence[Arcs], *, below: frozenset[int]) -> "Layer":
        step = [[-1] * len(arcs) for _ in range(full.bit_length())]
        back: list[list[list[int]]] = [[[] for _ in below] for _ in step]
        parents: list[list[int]] = [[] for _ in below]
        for node, children in enumerate(arcs):
            for mask, child in children:
                parents[child].append(node)
                for option in bits(mask):
                    step[option][node] = child
                    back[option][child].append(node)
        opened = tuple(reduce(or_, (mask for mask, _ in children), 0) for children in arcs)
        return cls(
            full=full,
            whole=reduce(or_, opened, 0),
            nodes=frozenset(range(len(arcs))),
            below=below,
            arcs=tuple(arcs),
            open=opened,
            step=tuple(map(tuple, step)),
            kids=tuple(tuple(child for _, child in children) for children in arcs),
            back=tuple(tuple(map(tuple, by_child)) for by_child in back),
            parents=tuple(map(tuple, parents)),
        )

    def advance(self, nodes: Nodes, want: int) -> Nodes:
        """The nodes of the next layer that options in `want` reach from `nodes`."""
        if want == self.full:
            return self.below if nodes is self.nodes else set().union(*[self.kids[node] for node in nodes])
        if not want & (want - 1):
            return _steps(self.step[want.bit_length() - 1], nodes) if want else set()
        return {child for node in nodes for mask, child in self.arcs[node] if mask & want}

    def retreat(self, nodes: Nodes, want: int) -> Nodes:
        """The nodes of this layer from which options in `want` reach `nodes` of the next."""
        if want == self.full:
            return self.nodes if nodes is self.below else set().union(*[self.parents[node] for node in nodes])
        if not want & (want - 1):
            if not want:
                return set()
            back = self.back[want.bit_length() - 1]
            return set().union(*[back[node] for node in nodes])
        return {
            node
            for node, arcs in enumerate(self.arcs)
            if any(mask & want and child in nodes for mask, child in arcs)
        }

    def through(self, above: Nodes, below: Nodes, within: int) -> int:
        """The options in `within` that lead from `above` to `below`."""
        found = 0
        if below is self.below:
            if above is self.nodes:
                return self.whole & within
            for node in above:
                found |= self.open[node]
            return found & within
        for node in above:
            for mask, child in self.arcs[node]:
                if child in below:
                    found |= mask
            if not within & ~found:
                return within
        return found & within


class Diagram:
    """Layers from the first slot to the last, and one node below them all: levels 0 to n for n slots."""

    def __init__(self, sizes: Sequence[int], arcs: Sequence[Sequence[Arcs]] | None) -> None:
        """`arcs[slot][node]` of a reduced diagram, or None if no mix is makeable."""
        layers: list[Layer] = []
        below = frozenset({0} if arcs is not None else ())
        for slot in reversed(range(len(sizes))):
            layers.append(Layer.of((1 << sizes[slot]) - 1, arcs[slot] if arcs else (), below=below))
            below = layers[-1].nodes
        self.layers = tuple(reversed(layers))
        self.root: frozenset[int] = below
        self.full = tuple(layer.full for layer in self.layers)
        self.nodes = sum(len(layer.nodes) for layer in self.layers) + (arcs is not None)
        self.arcs = sum(len(children) for layer in self.layers for children in layer.arcs)
        self._totals: list[Totals] = [(1,) if arcs is not None else ()]
        for layer in reversed(self.layers):
            below_totals = self._totals[-1]
            self._totals.append(
                tuple(
                    sum(mask.bit_count() * below_totals[child] for mask, child in node) for node in layer.arcs
                )
            )
        self._totals.reverse()

    def fronts(self, want: Sequence[int]) -> list[Nodes]:
        """Per level, last one included, the nodes that the wanted options (one mask per slot) reach from the root."""
        front: Nodes = self.root
        fronts = [front]
        for layer, mask in zip(self.layers, want, strict=True):
            front = layer.advance(front, mask)
            fronts.append(front)
        return fronts

    def options(self, want: Sequence[int], within: Sequence[int]) -> tuple[int, ...]:
        """Per slot, the options of `within` that lie on a path that keeps to `want` in all other slots."""
        front: Nodes = self.root
        fronts = []
        for layer, mask in zip(self.layers, want, strict=True):
            fronts.append(front)
            front = layer.advance(front, mask)
        rear: Nodes = self.layers[-1].below if self.layers else self.root
        found = []
        for layer, mask, inside in zip(reversed(self.layers), reversed(want), reversed(within), strict=True):
            found.append(layer.through(fronts.pop(), rear, inside))
            rear = layer.retreat(rear, mask)
        found.reverse()
        return tuple(found)

    def totals(self, want: Sequence[int], fronts: Sequence[Nodes]) -> list[Totals]:
        """Per level, the number of completions of each node of the front within the wanted options."""
        totals: list[Totals] = [self._totals[-1]]
        free = True  # so far, so that the totals are those of the whole space
        for slot in reversed(range(len(self.layers))):
            mask, layer, below = want[slot], self.layers[slot], totals[-1]
            free = free and mask == layer.full
            if free:
                totals.append(self._totals[slot])
                continue
            totals.append(
                {
                    node: sum(
                        (m & mask).bit_count() * below[child] for m, child in layer.arcs[node] if m & mask
                    )
                    for node in fronts[slot]
                }
            )
        totals.reverse()
        return totals

    def moves(self, slot: int, node: int, want: int) -> list[tuple[int, int]]:
        """The wanted options of a node, ascending, each with the child that it leads to."""
        return sorted(
            (option, child) for mask, child in self.layers[slot].arcs[node] for option in bits(mask & want)
        )

    def walk(self, want: Sequence[int]) -> Iterator[Mix]:
        """All paths within the wanted options (one mask per slot) in lexicographic order; none is tried in vain."""
        totals = self.totals(want, self.fronts(want))
        stack: list[tuple[int, Mix]] = [(node, ()) for node in self.root if totals[0][node]]
        while stack:
            node, mix = stack.pop()
            slot = len(mix)
            if slot == len(self.layers):
                yield mix
                continue
            moves = self.moves(slot, node, want[slot])
            stack += [(child, (*mix, option)) for option, child in reversed(moves) if totals[slot + 1][child]]


def bits(mask: int) -> list[int]:
    """The options in a mask, ascending."""
    return [option for option in range(mask.bit_length()) if mask >> option & 1]


def _steps(children: Sequence[int], nodes: Nodes) -> set[int]:
    below = {children[node] for node in nodes}
    below.discard(-1)
    return below
