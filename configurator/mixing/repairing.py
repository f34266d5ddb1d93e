"""Repairs: the makeable mixes nearest to one that is not, found on the diagram without enumerating the space.

One sweep from the last slot up gives every node the fewest changes that a completion needs, and how many of the slots
to hold such completions change. Along these arcs alone every path is a nearest mix.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from configurator.mixing.diagram import Diagram
from configurator.mixing.model import Mix


def nearest_mixes(
    diagram: Diagram, mix: Mix, *, allowed: tuple[int, ...], hold: frozenset[int], limit: int
) -> tuple[Mix, ...]:
    """See `Space.repairs`: fewest changes, then fewest of `hold`, then spread over sets of changed slots."""
    search = _Search(diagram, mix, allowed, hold)
    found: list[Mix] = []
    for held in range(len(hold) + 1):
        sets = islice(search.changed_sets(held), limit - len(found))
        found += _in_turn([diagram.walk(search.masks(changed)) for changed in sets], limit - len(found))
        if len(found) >= limit:
            break
    return tuple(found)


class _Search:
    def __init__(self, diagram: Diagram, mix: Mix, allowed: Sequence[int], hold: frozenset[int]) -> None:
        self._diagram = diagram
        self._keep = [mask & 1 << option for mask, option in zip(allowed, mix, strict=True)]
        self._change = [mask & ~(1 << option) for mask, option in zip(allowed, mix, strict=True)]
        self._hold = hold
        self._nearest: list[dict[int, tuple[int, int]]] = []
        self._sweep()

    def masks(self, changed: frozenset[int]) -> list[int]:
        """The mixes that differ from the given one in exactly these slots, as one mask per slot."""
        return [
            change if slot in changed else keep
            for slot, (keep, change) in enumerate(zip(self._keep, self._change, strict=True))
        ]

    def changed_sets(self, held: int) -> Iterator[frozenset[int]]:
        """The sets of slots that a nearest mix changes, `held` of them to hold; later slots first.

        A set is a path over sets of nodes: all nodes that some mix with the same changes so far leads to.
        """
        layers = self._diagram.layers
        root = {node for node in self._diagram.root if self._reaches(0, node, held)}
        stack = [(0, root, held, frozenset[int]())] if root else []
        while stack:
            slot, front, left, changed = stack.pop()
            if slot == len(layers):
                yield changed
                continue
            for is_change in (True, False):  # the last one pushed is taken up first
                rest = left - (is_change and slot in self._hold)
                below = self._tight(slot, front, is_change=is_change)
                below = {child for child in below if self._reaches(slot + 1, child, rest)}
                if below:
                    stack.append((slot + 1, below, rest, changed | {slot} if is_change else changed))

    def _sweep(self) -> None:
        """Per level, for each node (fewest changes below, mask: bit h if so many can be had with h of them held)."""
        nearest = [
            dict.fromkeys(
                self._diagram.layers[-1].below if self._diagram.layers else self._diagram.root, (0, 1)
            )
        ]
        for slot in reversed(range(len(self._diagram.layers))):
            below, here = nearest[-1], {}
            for node, arcs in enumerate(self._diagram.layers[slot].arcs):
                ends = [
                    (below[child][0] + is_change, below[child][1] << (is_change and slot in self._hold))
                    for mask, child in arcs
                    if child in below
                    for is_change, wanted in ((False, self._keep[slot]), (True, self._change[slot]))
                    if mask & wanted
                ]
                if ends:
                    fewest = min(changes for changes, _ in ends)
                    held = 0
                    for changes, mask in ends:
                        held |= mask if changes == fewest else 0
                    here[node] = fewest, held
            nearest.append(here)
        self._nearest = nearest[::-1]

    def _tight(self, slot: int, front: set[int], *, is_change: bool) -> set[int]:
        """The children of a front that keep to the fewest changes, by changing the slot or by keeping it."""
        wanted = self._change[slot] if is_change else self._keep[slot]
        here, below = self._nearest[slot], self._nearest[slot + 1]
        return {
            child
            for node in front
            for mask, child in self._diagram.layers[slot].arcs[node]
            if mask & wanted and child in below and below[child][0] + is_change == here[node][0]
        }

    def _reaches(self, level: int, node: int, held: int) -> bool:
        nearest = self._nearest[level].get(node)
        return held >= 0 and nearest is not None and bool(nearest[1] >> held & 1)


def _in_turn(walks: Sequence[Iterator[Mix]], limit: int) -> list[Mix]:
    """The first of every walk, then the second of every walk, and so on."""
    found: list[Mix] = []
    open_walks = list(walks)
    while open_walks and len(found) < limit:
        for walk in tuple(open_walks):
            mix = next(walk, None)
            if mix is None:
                open_walks.remove(walk)
            else:
                found.append(mix)
    return found[:limit]
