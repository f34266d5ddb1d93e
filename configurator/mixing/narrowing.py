"""Narrowing: what one constraint rules out of a *domain*, the options that are left of each slot, one mask per slot.

A narrower takes options out of the domain in place and returns the slots that it changed, or None if the constraint
cannot be kept within it. All but that of a limit leave exactly the options that the constraint allows; that of a limit
looks at the least and the most that the other slots can add. Masks that were met are kept, so that most steps are
look-ups.
"""

from collections.abc import Sequence
from typing import Protocol

from configurator.mixing.automata import Box, Group, boxes_of
from configurator.mixing.model import Limit, Nogood, Table
from configurator.mixing.walking import bits

KEPT = 10_000  # masks that a narrower keeps before it starts anew


class Narrower(Protocol):
    """Narrows domains by one constraint over the slots of `scope`."""

    @property
    def scope(self) -> tuple[int, ...]: ...

    def narrow(self, domain: list[int]) -> Sequence[int] | None:
        """Takes out what the constraint rules out; the slots changed, None if nothing is left."""


class NogoodNarrower:
    """One forbidden combination: when all parts but one are certain, the last one is ruled out."""

    def __init__(self, nogood: Nogood) -> None:
        self.scope = nogood.scope
        self._parts = nogood.parts

    def narrow(self, domain: list[int]) -> Sequence[int] | None:
        uncertain = None
        for slot, mask in self._parts:
            left = domain[slot]
            if not left & mask:
                return ()
            if left & ~mask:
                if uncertain is not None:
                    return ()
                uncertain = slot, mask
        if uncertain is None:
            return None
        slot, mask = uncertain
        domain[slot] &= ~mask
        return (slot,)


class PairNarrower:
    """All nogoods between the same two slots: per option of one, which options of the other it leaves."""

    def __init__(self, scope: tuple[int, ...], nogoods: Sequence[Nogood], sizes: Sequence[int]) -> None:
        self.scope = scope
        self._sides = []
        for slot, other in (scope, scope[::-1]):
            leaves = [(1 << sizes[other]) - 1] * sizes[slot]
            for nogood in nogoods:
                parts = dict(nogood.parts)
                for option in bits(parts[slot]):
                    leaves[option] &= ~parts[other]
            self._sides.append((slot, other, leaves, dict[int, int]()))

    def narrow(self, domain: list[int]) -> Sequence[int] | None:
        changed = []
        for slot, other, leaves, kept in self._sides:
            mask = domain[slot]
            left = kept.get(mask)
            if left is None:
                left = 0
                for option in bits(mask):
                    left |= leaves[option]
                if len(kept) > KEPT:
                    kept.clear()
                kept[mask] = left
            if domain[other] & ~left:
                domain[other] &= left
                if not domain[other]:
                    return None
                changed.append(other)
        return changed


class LimitNarrower:
    """A sum within bounds: an option goes if not even the best of the other slots can make up for it."""

    def __init__(self, limit: Limit) -> None:
        self.scope = limit.scope
        self._limit = limit
        self._bounds: list[dict[int, tuple[int, int]]] = [{} for _ in limit.weights]

    def narrow(self, domain: list[int]) -> Sequence[int] | None:
        low, high = self._limit.low, self._limit.high
        bounds = [self._bound(k, domain[slot]) for k, slot in enumerate(self.scope)]
        least, most = sum([least for least, _ in bounds]), sum([most for _, most in bounds])
        if (high is not None and least > high) or (low is not None and most < low):
            return None
        changed = []
        for (slot, weights), (smallest, largest) in zip(self._limit.weights, bounds, strict=True):
            ceiling = None if high is None else high - least + smallest
            floor = None if low is None else low - most + largest
            if (ceiling is not None and largest > ceiling) or (floor is not None and smallest < floor):
                mask = 0
                for option in bits(domain[slot]):
                    weight = weights[option]
                    if (ceiling is None or weight <= ceiling) and (floor is None or weight >= floor):
                        mask |= 1 << option
                if not mask:
                    return None
                domain[slot] = mask
                changed.append(slot)
        return changed

    def _bound(self, k: int, mask: int) -> tuple[int, int]:
        kept = self._bounds[k]
        if mask not in kept:
            if len(kept) > KEPT:
                kept.clear()
            weights = self._limit.weights[k][1]
            left = [weights[option] for option in bits(mask)]
            kept[mask] = min(left), max(left)
        return kept[mask]


class BoxNarrower:
    """A table as boxes: which of them the domain still meets, as a mask, and what these hold of each slot."""

    def __init__(self, scope: tuple[int, ...], boxes: Sequence[Box], sizes: Sequence[int]) -> None:
        self.scope = scope
        self._all = (1 << len(boxes)) - 1
        self._holding = []  # per slot and option the boxes that hold it
        for k, slot in enumerate(scope):
            holding = [0] * sizes[slot]
            for i, box in enumerate(boxes):
                for option in bits(box[k]):
                    holding[option] |= 1 << i
            self._holding.append(holding)

    def narrow(self, domain: list[int]) -> Sequence[int] | None:
        met = self._all
        for slot, holding in zip(self.scope, self._holding, strict=True):
            inside = 0
            for option in bits(domain[slot]):
                inside |= holding[option]
            met &= inside
            if not met:
                return None
        changed = []
        for slot, holding in zip(self.scope, self._holding, strict=True):
            mask = domain[slot]
            for option in bits(mask):
                if not holding[option] & met:
                    mask ^= 1 << option
            if mask != domain[slot]:
                domain[slot] = mask
                changed.append(slot)
        return changed


def narrowers_of(group: Group, sizes: Sequence[int]) -> list[Narrower]:
    """The narrowers of one group of constraints that is not over no slots at all."""
    first = group.constraints[0]
    if isinstance(first, Limit):
        return [LimitNarrower(first)]
    if isinstance(first, Table):
        return [BoxNarrower(first.scope, boxes_of(first, sizes), sizes)]
    nogoods = [each for each in group.constraints if isinstance(each, Nogood)]
    if len(group.scope) == 2:
        return [PairNarrower(group.scope, nogoods, sizes)]
    return [NogoodNarrower(nogood) for nogood in nogoods]
