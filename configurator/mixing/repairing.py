"""Repairs: the makeable mixes nearest to one that is not, found on the diagram without enumerating the space.

One sweep from the last level up gives every node the fewest changes that a completion needs. Along the arcs that keep
to these every path is a nearest mix, and a second sweep along them alone ranks the sets of slots that are changed.
"""

from collections.abc import Callable, Iterator, Sequence
from heapq import nsmallest
from itertools import groupby
from typing import TypeAlias

from configurator.mixing.diagram import Diagram
from configurator.mixing.model import Mix

Walk: TypeAlias = Callable[[Sequence[int]], Iterator[Mix]]
Ranked: TypeAlias = tuple[int, frozenset[int]]  # how many slots of a set are held, and the set


def nearest_mixes(
    diagram: Diagram, walk: Walk, mix: Mix, *, allowed: Sequence[int], hold: frozenset[int], limit: int
) -> tuple[Mix, ...]:
    """See `Space.repairs`: fewest changes, then fewest of `hold`, then spread over sets of changed slots."""
    if limit <= 0:
        return ()
    keep, change = kept_and_changed(mix, allowed)
    ranked = _Search(diagram, keep, change, hold).ranked_sets(limit)
    return spread(ranked, lambda changed: walk(masks_of(changed, keep, change)), limit)


def kept_and_changed(mix: Mix, allowed: Sequence[int]) -> tuple[list[int], list[int]]:
    """Per slot, the mask of the option that a mix has and that of all others, of what is allowed."""
    keep = [mask & 1 << option for mask, option in zip(allowed, mix, strict=True)]
    return keep, [mask & ~kept for mask, kept in zip(allowed, keep, strict=True)]


def masks_of(changed: frozenset[int], keep: Sequence[int], change: Sequence[int]) -> list[int]:
    """The mixes that differ from the given one in exactly these slots, as one mask per slot."""
    return [change[slot] if slot in changed else keep[slot] for slot in range(len(keep))]


def spread(
    ranked: Sequence[Ranked], walk: Callable[[frozenset[int]], Iterator[Mix]], limit: int
) -> tuple[Mix, ...]:
    """Of the sets that hold as many slots, the first mix of each, then the second of each; then of the next sets."""
    found: list[Mix] = []
    for _, group in groupby(ranked, key=lambda entry: entry[0]):
        sets = [changed for _, changed in group][: limit - len(found)]
        found += _in_turn([walk(changed) for changed in sets], limit - len(found))
        if len(found) >= limit:
            break
    return tuple(found)


class _Search:
    def __init__(
        self, diagram: Diagram, keep: Sequence[int], change: Sequence[int], hold: frozenset[int]
    ) -> None:
        self._diagram = diagram
        self._keep, self._change = diagram.by_level(keep), diagram.by_level(change)
        slots = len(keep)
        self._costs = [  # of changing the slot of a level, as a number: held slots first, then earlier ones
            (slot in hold) << slots | 1 << (slots - 1 - slot) for slot in diagram.order
        ]
        self._slots = slots

    def ranked_sets(self, limit: int) -> list[Ranked]:
        """The first `limit` sets of slots that a nearest mix changes: fewest held, then earlier slots left alone."""
        fewest = self._fewest()
        below: dict[int, list[int]] = {0: [0]}
        for level in reversed(range(self._slots)):
            cost = self._costs[level]
            here: dict[int, list[int]] = {}
            for node in fewest[level]:
                costs: set[int] = set()
                for child, is_change in self._tight(fewest, level, node):
                    costs.update([total + cost for total in below[child]] if is_change else below[child])
                here[node] = nsmallest(limit, costs)
            below = here
        return [
            (total >> self._slots, self._set(total))
            for totals in (below[node] for node in self._diagram.root if node in below)
            for total in totals
        ]

    def _set(self, total: int) -> frozenset[int]:
        return frozenset(slot for slot in range(self._slots) if total >> (self._slots - 1 - slot) & 1)

    def _fewest(self) -> list[dict[int, int]]:
        """Per level, the fewest changes below each node that a nearest mix comes by."""
        fewest: list[dict[int, int]] = [dict.fromkeys(self._diagram.root and (0,), 0)]
        for level in reversed(range(self._slots)):
            keep, change, below = self._keep[level], self._change[level], fewest[-1]
            here = {}
            for node, arcs in enumerate(self._diagram.layers[level].arcs):
                ends = [
                    below[child] + (not mask & keep)
                    for mask, child in arcs
                    if child in below and mask & (keep | change)
                ]
                if ends:
                    here[node] = min(ends)
            fewest.append(here)
        fewest.reverse()
        front = set(fewest[0]) & self._diagram.root
        for level in range(self._slots):
            front, nodes = {child for node in front for child, _ in self._tight(fewest, level, node)}, front
            fewest[level] = {node: fewest[level][node] for node in nodes}
        return fewest

    def _tight(self, fewest: Sequence[dict[int, int]], level: int, node: int) -> Iterator[tuple[int, bool]]:
        """The children that keep to the fewest changes, each with whether the slot is changed on the way."""
        here, below = fewest[level][node], fewest[level + 1]
        keep, change = self._keep[level], self._change[level]
        for mask, child in self._diagram.layers[level].arcs[node]:
            if child in below:
                if mask & keep and below[child] == here:
                    yield child, False
                if mask & change and below[child] + 1 == here:
                    yield child, True


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
