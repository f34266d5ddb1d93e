"""The decision diagram: one layer of nodes per slot, laid out for sweeps over sets of nodes.

A path from the root to the one node below the last layer is a makeable mix, every makeable mix is one path, and every
node lies on a path. Sweeps after Hadzic, Subbarayan, Jensen, Andersen, Møller and Hulgaard, "Fast backtrack-free
product configuration using a precompiled solution space representation" (PETO 2004).

The layers lie in the order that makes the diagram small; `order[level]` is the slot of a layer. All that goes into a
sweep and comes out of it is per level, but for `options`; `by_level` and `by_slot` lead from one to the other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import reduce
from operator import or_
from typing import TypeAlias, TypeVar

from configurator.mixing.merging import Arcs
from configurator.mixing.model import Mix
from configurator.mixing.walking import bits, walk

Nodes: TypeAlias = Set[int]
Totals: TypeAlias = Mapping[int, int] | Sequence[int]  # node -> number of completions
T = TypeVar("T")


class Layer:
    """The nodes of one slot, by index, and what sweeps look up, made when it is first asked for.

    `below` are all nodes of the next layer, `whole` the options of all nodes together. Threads may share a layer: two
    that make the same row at once make equal rows.
    """

    __slots__ = (
        "_back",
        "_into",
        "_kids",
        "_open",
        "_parents",
        "_step",
        "arcs",
        "below",
        "full",
        "nodes",
        "whole",
    )

    def __init__(self, full: int, arcs: Sequence[Arcs], *, below: frozenset[int]) -> None:
        self.full = full
        self.arcs = tuple(arcs)
        self.nodes = frozenset(range(len(arcs)))
        self.below = below
        self._open: tuple[int, ...] | None = None
        self.whole = reduce(or_, self.open, 0)
        self._into: tuple[int, ...] | None = None
        self._kids: tuple[tuple[int, ...], ...] | None = None
        self._parents: tuple[tuple[int, ...], ...] | None = None
        self._step: dict[int, dict[int, int]] = {}
        self._back: dict[int, dict[int, tuple[int, ...]]] = {}

    @property
    def open(self) -> tuple[int, ...]:
        """[node]: its options."""
        if self._open is None:
            self._open = tuple([reduce(or_, [mask for mask, _ in arcs], 0) for arcs in self.arcs])
        return self._open

    @property
    def into(self) -> tuple[int, ...]:
        """[child]: the options that lead to it from any node."""
        if self._into is None:
            into = [0] * len(self.below)
            for arcs in self.arcs:
                for mask, child in arcs:
                    into[child] |= mask
            self._into = tuple(into)
        return self._into

    @property
    def kids(self) -> tuple[tuple[int, ...], ...]:
        """[node]: its children."""
        if self._kids is None:
            self._kids = tuple([tuple([child for _, child in arcs]) for arcs in self.arcs])
        return self._kids

    @property
    def parents(self) -> tuple[tuple[int, ...], ...]:
        """[child]: the nodes above it."""
        if self._parents is None:
            parents: list[list[int]] = [[] for _ in self.below]
            for node, arcs in enumerate(self.arcs):
                for _, child in arcs:
                    parents[child].append(node)
            self._parents = tuple(map(tuple, parents))
        return self._parents

    def step(self, option: int) -> Mapping[int, int]:
        """node -> child by this option, for the nodes that have it."""
        if option not in self._step:
            bit = 1 << option
            self._step[option] = {
                node: child for node, arcs in enumerate(self.arcs) for mask, child in arcs if mask & bit
            }
        return self._step[option]

    def back(self, option: int) -> Mapping[int, tuple[int, ...]]:
        """child -> the nodes that this option leads to it from, where there are any."""
        if option not in self._back:
            nodes: dict[int, list[int]] = {}
            for node, child in self.step(option).items():
                nodes.setdefault(child, []).append(node)
            self._back[option] = {child: tuple(above) for child, above in nodes.items()}
        return self._back[option]

    def advance(self, nodes: Nodes, want: int) -> Nodes:
        """The nodes of the next layer that options in `want` reach from `nodes`; `below` itself if it is all."""
        if want == self.full:
            if nodes is self.nodes:
                return self.below
            kids = self.kids
            found = set().union(*[kids[node] for node in nodes])
        elif not want & (want - 1):
            if not want:
                return set()
            step = self.step(want.bit_length() - 1)
            found = {step[node] for node in nodes if node in step}
        else:
            arcs = self.arcs
            found = {child for node in nodes for mask, child in arcs[node] if mask & want}
        return self.below if len(found) == len(self.below) else found

    def retreat(self, nodes: Nodes, want: int) -> Nodes:
        """The nodes of this layer from which options in `want` reach `nodes` of the next; `nodes` itself if all."""
        if want == self.full:
            if nodes is self.below:
                return self.nodes
            parents = self.parents
            found = set().union(*[parents[node] for node in nodes])
        elif not want & (want - 1):
            if not want:
                return set()
            back = self.back(want.bit_length() - 1)
            found = set().union(*[back[node] for node in nodes if node in back])
        else:
            found = {
                node
                for node, arcs in enumerate(self.arcs)
                if any(mask & want and child in nodes for mask, child in arcs)
            }
        return self.nodes if len(found) == len(self.nodes) else found

    def through(self, above: Nodes, below: Nodes, within: int) -> int:
        """The options in `within` that lead from `above` to `below`."""
        found = 0
        if below is self.below:
            if above is self.nodes:
                return self.whole & within
            for node in above:
                found |= self.open[node]
            return found & within
        if above is self.nodes:
            for node in below:
                found |= self.into[node]
            return found & within
        for node in above:
            for mask, child in self.arcs[node]:
                if child in below:
                    found |= mask
            if not within & ~found:
                return within
        return found & within


class Diagram:
    """Layers from the first level to the last, and one node below them all: levels 0 to n for n slots."""

    def __init__(
        self,
        sizes: Sequence[int],
        arcs: Sequence[Sequence[Arcs]] | None,
        *,
        order: Sequence[int] | None = None,
    ) -> None:
        """`arcs[level][node]` of a reduced diagram, or None if no mix is makeable. `order`: the slot of each level."""
        self.order = tuple(range(len(sizes)) if order is None or arcs is None else order)
        self.place = self.by_slot(range(len(sizes)))
        layers: list[Layer] = []
        below = frozenset({0} if arcs is not None else ())
        for level in reversed(range(len(sizes))):
            full = (1 << sizes[self.order[level]]) - 1
            layers.append(Layer(full, arcs[level] if arcs else (), below=below))
            below = layers[-1].nodes
        self.layers = tuple(reversed(layers))
        self.root: frozenset[int] = below
        self.nodes = sum(len(layer.nodes) for layer in self.layers) + (arcs is not None)
        self.arcs = sum(len(children) for layer in self.layers for children in layer.arcs)
        self._totals: list[Totals] | None = None

    def by_level(self, per_slot: Sequence[T]) -> list[T]:
        """What belongs to the slots, in the order of the levels."""
        return [per_slot[slot] for slot in self.order]

    def by_slot(self, per_level: Iterable[T]) -> tuple[T, ...]:
        """What belongs to the levels, in the order of the slots."""
        found = dict(zip(self.order, per_level, strict=True))
        return tuple([found[slot] for slot in range(len(found))])

    def options(self, want: Sequence[int], within: Sequence[int]) -> tuple[int, ...]:
        """Per slot, the options of `within` that lie on a path that keeps to `want` in all other slots."""
        order, layers = self.order, self.layers
        front: Nodes = self.root
        fronts = []
        for slot, layer in zip(order, layers, strict=True):
            fronts.append(front)
            front = layer.advance(front, want[slot])
        rear: Nodes = layers[-1].below if layers else self.root
        found = [0] * len(layers)
        for level in range(len(layers) - 1, -1, -1):
            layer, slot = layers[level], order[level]
            found[slot] = layer.through(fronts[level], rear, within[slot])
            rear = layer.retreat(rear, want[slot])
        return tuple(found)

    def is_possible(self, want: Sequence[int]) -> bool:
        """Whether a path keeps to the wanted options, one mask per slot."""
        front: Nodes = self.root
        for slot, layer in zip(self.order, self.layers, strict=True):
            front = layer.advance(front, want[slot])
            if not front:
                return False
        return bool(front)

    def fronts(self, want: Sequence[int]) -> list[Nodes]:
        """Per level, last one included, the nodes that the wanted options (one mask per level) reach from the root."""
        front: Nodes = self.root
        fronts = [front]
        for layer, mask in zip(self.layers, want, strict=True):
            front = layer.advance(front, mask)
            fronts.append(front)
        return fronts

    def totals(self, want: Sequence[int], fronts: Sequence[Nodes]) -> list[Totals]:
        """Per level, the number of completions of each node of the front within the wanted options (per level)."""
        whole = self._whole_totals()
        totals: list[Totals] = [whole[-1]]
        free = True  # so far, so that the totals are those of the whole space
        for level in reversed(range(len(self.layers))):
            mask, layer, below = want[level], self.layers[level], totals[-1]
            free = free and mask == layer.full
            if free:
                totals.append(whole[level])
                continue
            arcs = layer.arcs
            totals.append(
                {
                    node: sum([(m & mask).bit_count() * below[child] for m, child in arcs[node] if m & mask])
                    for node in fronts[level]
                }
            )
        totals.reverse()
        return totals

    def walk(self, want: Sequence[int]) -> Iterator[Mix]:
        """All mixes within the wanted options, one mask per slot, in lexicographic order of the slots."""
        return walk(lambda masks: self.options(masks, masks), want) if self.root else iter(())

    def moves(self, level: int, node: int, want: int) -> list[tuple[int, int]]:
        """The wanted options of a node, ascending, each with the child that it leads to."""
        return sorted(
            [(option, child) for mask, child in self.layers[level].arcs[node] for option in bits(mask & want)]
        )

    def _whole_totals(self) -> list[Totals]:
        """Per level, the number of completions of each node."""
        if self._totals is None:
            totals: list[Totals] = [(1,) if self.root else ()]
            for layer in reversed(self.layers):
                below = totals[-1]
                totals.append(
                    tuple(
                        [
                            sum([mask.bit_count() * below[child] for mask, child in node])
                            for node in layer.arcs
                        ]
                    )
                )
            self._totals = totals[::-1]
        return self._totals
