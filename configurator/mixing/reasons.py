"""Why options are not open, remembered: most are ruled out by one other choice, whatever else is chosen."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import product

from configurator.mixing.model import Model
from configurator.mixing.space import Conflict, Space

PAIRS_KEPT = 50_000  # an option and the one choice that rules it out
SETS_KEPT = 4_000  # an option and all that is chosen


class Reasons:
    """Conflicts of one space. Safe to share between threads; what it remembers never changes an answer."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._direct = _pairs(space.model)
        self._open_by_rules = lru_cache(SETS_KEPT)(self._options_of_rules)
        self._left = lru_cache(SETS_KEPT)(self._options_beside)
        self._beside = lru_cache(PAIRS_KEPT)(self._explain_beside)
        self._among = lru_cache(SETS_KEPT)(self._explain_among)

    def conflict(
        self, slot: int, option: int, chosen: Mapping[int, int], allowed: Sequence[int] | None
    ) -> Conflict | None:
        """Why `option` of `slot` is not open beside the choices of other slots; None if it is.

        Where one of these choices is enough: the earliest rule that forbids the two of them, else what follows from
        the rules for the first such choice. Otherwise choices none of which can be spared. Where the rules leave it
        open and only `allowed` masks do not, see `Space.why_not`.
        """
        if allowed is not None and self._open_by_rules(tuple(sorted(chosen.items())))[slot] >> option & 1:
            return self._space.why_not(slot, option, chosen, allowed)
        others = [(other, choice) for other, choice in chosen.items() if other != slot]
        direct = [
            (*found, other)
            for other, choice in others
            if (found := self._direct.get((slot, option, other, choice)))
        ]
        if direct:
            _rank, source, other = min(direct)
            return Conflict((other,), (source,), restricted=False)
        for other, choice in others:
            if not self._left(other, choice)[slot] >> option & 1:
                return self._beside(slot, option, other, choice)
        return self._among(slot, option, tuple(sorted(chosen.items())))

    def _options_of_rules(self, chosen: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
        return self._space.options(dict(chosen))

    def _options_beside(self, other: int, choice: int) -> tuple[int, ...]:
        return self._space.options({other: choice})

    def _explain_beside(self, slot: int, option: int, other: int, choice: int) -> Conflict | None:
        return self._space.why_not(slot, option, {other: choice})

    def _explain_among(self, slot: int, option: int, chosen: tuple[tuple[int, int], ...]) -> Conflict | None:
        """First the choices that can be spared are left out, last ones first: a sweep each."""
        needed = {other: choice for other, choice in chosen if other != slot}
        for other in reversed(list(needed)):
            fewer = {kept: choice for kept, choice in needed.items() if kept != other}
            if not self._space.options(fewer)[slot] >> option & 1:
                needed = fewer
        return self._space.why_not(slot, option, needed)


def _pairs(model: Model) -> dict[tuple[int, int, int, int], tuple[int, str]]:
    """(slot, option, other slot, its option) -> rank and source of the first rule that forbids just these two."""
    rank = {source: i for i, source in enumerate(model.sources)}
    found: dict[tuple[int, int, int, int], tuple[int, str]] = {}
    for nogood in sorted(model.nogoods, key=lambda nogood: rank[nogood.source]):
        if len(nogood.parts) != 2:
            continue
        (a, left), (b, right) = nogood.parts
        told = rank[nogood.source], nogood.source
        for i, k in product(range(left.bit_length()), range(right.bit_length())):
            if left >> i & 1 and right >> k & 1:
                found.setdefault((a, i, b, k), told)
                found.setdefault((b, k, a, i), told)
    return found
