"""A model as clauses for a SAT solver, written without any automaton of ours, so that a peer is a check."""

from collections.abc import Iterator
from itertools import accumulate, combinations, count

from configurator.mixing.model import Limit, Model, Nogood, Table


def clauses_of(model: Model) -> Iterator[list[int]]:
    """One variable per option, per row of a table and per sum that a limit can come to."""
    first = list(accumulate(model.sizes, initial=1))
    fresh = count(first[-1])
    for slot, size in enumerate(model.sizes):
        options = list(range(first[slot], first[slot] + size))
        yield options
        yield from ([-one, -other] for one, other in combinations(options, 2))
    for constraint in model.constraints:
        if isinstance(constraint, Nogood):
            yield [
                first[slot] + option
                for slot, mask in constraint.parts
                for option in range(model.sizes[slot])
                if not mask >> option & 1
            ]
        elif isinstance(constraint, Table):
            rows = {row: next(fresh) for row in sorted(constraint.rows)}
            yield list(rows.values())
            for row, is_row in rows.items():
                for slot, option in zip(constraint.scope, row, strict=True):
                    yield [-is_row, first[slot] + option]
        else:
            yield from _limit_clauses(constraint, first, fresh)


def _limit_clauses(limit: Limit, first: list[int], fresh: Iterator[int]) -> Iterator[list[int]]:
    sums = {0: next(fresh)}
    yield [sums[0]]
    for slot, weights in limit.weights:
        below: dict[int, int] = {}
        for total, is_sum in sums.items():
            for option, weight in enumerate(weights):
                if total + weight not in below:
                    below[total + weight] = next(fresh)
                yield [-is_sum, -(first[slot] + option), below[total + weight]]
        sums = below
    for total, is_sum in sums.items():
        if (limit.low is not None and total < limit.low) or (limit.high is not None and total > limit.high):
            yield [-is_sum]
