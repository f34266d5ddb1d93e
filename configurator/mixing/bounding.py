"""Bounding: several limits as one, weighted so that it shows best that nothing keeps all of them.

Each limit alone may leave room that all together do not. Every sum of limits, each times a number not below zero, is
implied by them; of all such sums the one that leaves the least room is the Lagrangian dual bound of the knapsacks that
they are (Geoffrion, "Lagrangean relaxation for integer programming", 1974). It is approached by multiplicative steps
along the subgradient. Whatever multipliers come out, their sum is a sound limit, since it is made of whole numbers.
"""

from collections.abc import Iterable, Sequence
from math import exp
from operator import mul

from configurator.mixing.model import Limit
from configurator.mixing.walking import bits

STEPS = 25
RATE = 2.0
SCALE = 1_000  # of multipliers as whole numbers
LEAST_SHARE = 1e-9

Row = tuple[int, ...]  # the weights of one option, one per ceiling


class Ceilings:
    """Limits as sums that may not rise above a ceiling; a lower bound is the ceiling of the negative sum."""

    def __init__(self, limits: Iterable[Limit], sizes: Sequence[int]) -> None:
        columns: list[dict[int, Sequence[int]]] = []  # per ceiling the weights of each slot
        self._ceilings: list[int] = []
        for limit in limits:
            if limit.high is not None:
                columns.append(dict(limit.weights))
                self._ceilings.append(limit.high)
            if limit.low is not None:
                columns.append({slot: [-weight for weight in row] for slot, row in limit.weights})
                self._ceilings.append(-limit.low)
        scope = sorted({slot for column in columns for slot in column})
        self._rows: dict[int, list[Row]] = {  # per slot and option
            slot: list(zip(*(column.get(slot, (0,) * sizes[slot]) for column in columns), strict=True))
            for slot in scope
        }

    def tightest(self, domain: Sequence[int]) -> Limit | None:
        """One limit that all of them imply, near to the tightest within a domain that has no empty mask.

        None if there are not two to sum up. Linear in the options left, times STEPS and the limits.
        """
        if len(self._ceilings) < 2:
            return None
        given = [-ceiling for ceiling in self._ceilings]  # by how much the slots without a choice lie above
        left = []
        for slot, rows in self._rows.items():
            options = [rows[option] for option in bits(domain[slot])]
            if len(options) == 1:
                given = [total + weight for total, weight in zip(given, options[0], strict=True)]
            else:
                left.append(options)
        return self._summed(_multipliers(given, left))

    def _summed(self, multipliers: Sequence[int]) -> Limit:
        weights = tuple(
            (slot, tuple([sum(map(mul, multipliers, row)) for row in rows]))
            for slot, rows in self._rows.items()
        )
        return Limit(weights, None, sum(map(mul, multipliers, self._ceilings)), "several limits")


def _multipliers(given: Sequence[int], left: Sequence[Sequence[Row]]) -> list[int]:
    """The multipliers of the least room, of which the largest is SCALE."""
    spreads = [
        sum([max(column) - min(column) for column in columns]) or 1
        for columns in zip(*[list(zip(*options, strict=True)) for options in left], strict=True)
    ] or [1] * len(given)
    shares = [1 / len(given)] * len(given)
    best, chosen = float("-inf"), shares
    for step in range(STEPS):
        factors = [share / spread for share, spread in zip(shares, spreads, strict=True)]
        excess = list(given)
        for options in left:
            sums = [sum(map(mul, factors, row)) for row in options]
            excess = [
                over + weight for over, weight in zip(excess, options[sums.index(min(sums))], strict=True)
            ]
        bound = sum(map(mul, factors, excess))
        if bound > best:
            best, chosen = bound, factors
        rate = RATE / (1 + step) ** 0.5
        pulls = [rate * over / spread for over, spread in zip(excess, spreads, strict=True)]
        strongest = max(pulls)  # taken off all, so that no power overflows and not all of them vanish
        raised = [share * exp(pull - strongest) for share, pull in zip(shares, pulls, strict=True)]
        shares = [max(share / sum(raised), LEAST_SHARE) for share in raised]
    largest = max(chosen)
    return [round(factor / largest * SCALE) for factor in chosen]
