"""Why an option is not open: the fewest own choices and a smallest set of rules that together forbid it.

After Junker, "QuickXplain: preferred explanations and relaxations for over-constrained problems" (AAAI 2004), over the
choices first and then over the rules.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TypeAlias, TypeVar

from configurator.mixing.automata import groups_of
from configurator.mixing.model import Constraint, Limit, Model, Nogood
from configurator.mixing.narrowing import Narrower
from configurator.mixing.searching import Deadline, OutOfTime, Search
from configurator.mixing.walking import bits

SUBSET_BUDGET = 4_000  # sets of choices tried for a smaller conflict than the first one found
IsPossible: TypeAlias = Callable[[Sequence[int], Deadline], bool]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Conflict:
    """What forbids an option: the slots of own choices, the sources of rules, and whether the allowed masks do too.

    `is_minimal` is False if the time was up before it was shown that no choice and no rule can be spared.
    """

    choices: tuple[int, ...]
    sources: tuple[str, ...]
    restricted: bool
    is_minimal: bool = True


class Explainer:
    """Explains for one model; makes what it needs of a rule once.

    `is_possible`: whether a mix lies within some masks.
    """

    def __init__(self, model: Model, is_possible: IsPossible) -> None:
        self._model = model
        self._is_possible = is_possible
        self._groups = groups_of(model, by_source=True)
        self._search = Search(model.sizes, self._groups)
        self._by_source: dict[str, list[int]] = {}
        for i, group in enumerate(self._groups):
            self._by_source.setdefault(group.constraints[0].source, []).append(i)
            if group.scope:
                self._search.narrowers(i)  # now, so that no explanation spends its time on it

    def explain(
        self,
        slot: int,
        option: int,
        *,
        chosen: Mapping[int, int],
        allowed: Sequence[int],
        deadline: Deadline,
    ) -> Conflict | None:
        """Why `option` of `slot` is not open beside `chosen` (other slots only) within `allowed`; None if it is open.

        First the single constraint that forbids it alone, beside the fewest choices, those that need no allowed mask
        and then earlier rules first. Where there is none, the fewest choices beside which no makeable mix is left, and
        of all rules a set of which none can be spared. `restricted` only if the rules alone would leave something.
        Exact up to SUBSET_BUDGET sets of choices and half of the time; past these no choice is still one that can be
        spared alone. Past the deadline what is left is named unreduced, and the conflict says so.
        """
        asked = {slot: option}
        if self._is_possible(_domain(asked, chosen, allowed), deadline):
            return None
        if not allowed[slot] >> option & 1 or not all(allowed):
            return Conflict((), (), restricted=True)
        if single := self._single(asked, chosen, allowed, deadline):
            return single
        patient = _Patient(deadline)

        def forbids(slots: Sequence[int], masks: Sequence[int] = allowed) -> bool:
            kept = {other: chosen[other] for other in slots}
            return patient.holds(lambda: not self._is_possible(_domain(asked, kept, masks), deadline))

        choices = _fewest(sorted(chosen), forbids, deadline)
        restricted = not forbids(choices, self._model.full)
        domain = _domain(
            asked, {other: chosen[other] for other in choices}, allowed if restricted else self._model.full
        )
        sources = self.fewest_sources(domain, patient)
        return Conflict(choices, sources, restricted=restricted, is_minimal=not patient.is_spent)

    def contradiction(self, deadline: Deadline) -> Conflict:
        """The rules that leave nothing at all, of which none can be spared; only for a model without any mix."""
        patient = _Patient(deadline)
        sources = self.fewest_sources(self._model.full, patient)
        return Conflict((), sources, restricted=False, is_minimal=not patient.is_spent)

    def fewest_sources(self, domain: Sequence[int], patient: "_Patient") -> tuple[str, ...]:
        """Sources, none of which can be spared, whose constraints leave nothing of a domain; earlier ones preferred.

        Only sources that a first proof made use of are candidates; all of them if the time does not suffice for it.
        """
        if not all(domain):
            return ()
        candidates = tuple(source for source in self._model.sources if source in self._by_source)
        try:
            used = self._search.find(domain, deadline=patient.deadline).used
            taking_part = {self._groups[i].constraints[0].source for i in used}
            candidates = tuple(source for source in candidates if source in taking_part)
        except OutOfTime:
            patient.is_spent = True
            return candidates

        def forbids(sources: Sequence[str]) -> bool:
            groups = [i for source in sources for i in self._by_source[source]]
            find = self._search.find
            return patient.holds(lambda: find(domain, groups, deadline=patient.deadline).mix is None)

        return quick_xplain(candidates, forbids)

    def _single(
        self, asked: Mapping[int, int], chosen: Mapping[int, int], allowed: Sequence[int], deadline: Deadline
    ) -> Conflict | None:
        """The conflict with one constraint alone, or with the allowed masks alone, that takes the fewest choices."""
        found: list[tuple[int, bool, int, Conflict]] = [
            (1, True, -1, Conflict((slot,), (), restricted=True))
            for slot, option in chosen.items()
            if not allowed[slot] >> option & 1
        ]
        for restricted, masks in ((False, self._model.full), (True, tuple(allowed))):
            if restricted and masks == self._model.full:
                continue
            domain = _domain(asked, {}, masks)
            for rank, source in enumerate(self._model.sources):
                for i in self._by_source.get(source, ()):
                    for constraint in self._groups[i].constraints:
                        keepable = _keepable(
                            constraint, self._search.narrowers(i) if constraint.scope else ()
                        )
                        choices = _choices_against(constraint.scope, keepable, domain, chosen, deadline)
                        if choices is not None:
                            conflict = Conflict(choices, (source,), restricted=restricted)
                            found.append((len(choices), restricted, rank, conflict))
        return min(found, key=lambda entry: (*entry[:3], entry[3].choices))[3] if found else None


class _Patient:
    """Asks yes-or-no questions until a deadline; past it the answer is no, and `is_spent`."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self.is_spent = False

    def holds(self, ask: Callable[[], bool]) -> bool:
        if not self.deadline.is_past:
            try:
                return ask()
            except OutOfTime:
                pass
        self.is_spent = True
        return False


def quick_xplain(candidates: Sequence[T], forbids: Callable[[Sequence[T]], bool]) -> tuple[T, ...]:
    """Of candidates that together forbid, some of which none can be spared, earlier ones preferred.

    For k of n that are kept about k log(n / k) questions. A question that is answered with no, though it forbids, makes
    the answer too large, never too small.
    """

    def needed(given: tuple[T, ...], left: tuple[T, ...], *, is_new: bool) -> tuple[T, ...]:
        if is_new and forbids(given):
            return ()
        if len(left) == 1:
            return left
        early, late = left[: len(left) // 2], left[len(left) // 2 :]
        from_late = needed(given + early, late, is_new=True)
        from_early = needed(given + from_late, early, is_new=bool(from_late))
        return from_early + from_late

    return () if not candidates or forbids(()) else needed((), tuple(candidates), is_new=False)


def _domain(asked: Mapping[int, int], chosen: Mapping[int, int], allowed: Sequence[int]) -> list[int]:
    domain = list(allowed)
    for slot, option in (*asked.items(), *chosen.items()):
        domain[slot] &= 1 << option
    return domain


def _choices_against(
    scope: Sequence[int],
    is_keepable: Callable[[list[int]], bool],
    domain: Sequence[int],
    chosen: Mapping[int, int],
    deadline: Deadline,
) -> tuple[int, ...] | None:
    """The fewest choices beside which one constraint cannot be kept within a domain; None if it can."""

    def forbids(slots: Sequence[int]) -> bool:
        return not is_keepable(_domain({}, {slot: chosen[slot] for slot in slots}, domain))

    inside = frozenset(scope)
    candidates = [slot for slot in sorted(chosen) if slot in inside and domain[slot] >> chosen[slot] & 1]
    return _fewest(candidates, forbids, deadline) if forbids(candidates) else None


def _keepable(constraint: Constraint, narrowers: Sequence[Narrower]) -> Callable[[list[int]], bool]:
    """Whether some mix within a domain, no mask of which is empty, keeps one constraint."""
    if not constraint.scope:
        return lambda _: constraint.admits(())
    if isinstance(constraint, Nogood):
        return lambda domain: any(domain[slot] & ~mask for slot, mask in constraint.parts)
    if isinstance(constraint, Limit):
        return lambda domain: _limit_keepable(constraint, domain)
    return lambda domain: all(narrower.narrow(domain) is not None for narrower in narrowers)


def _limit_keepable(limit: Limit, domain: Sequence[int]) -> bool:
    rows = [[weights[option] for option in bits(domain[slot])] for slot, weights in limit.weights]
    least, most = sum(map(min, rows)), sum(map(max, rows))
    if limit.high is None or limit.low is None:
        return (limit.low is None or most >= limit.low) and (limit.high is None or least <= limit.high)
    sums = {0}
    for row in rows:
        sums = {total + weight for total in sums for weight in row}
    return any(limit.low <= total <= limit.high for total in sums)


def _fewest(
    candidates: Sequence[int], forbids: Callable[[Sequence[int]], bool], deadline: Deadline
) -> tuple[int, ...]:
    """A smallest part of the candidates, which together forbid, that still forbids.

    One that can spare none is found first; smaller ones are then sought size by size, in half of the time left.
    """
    needed = tuple(sorted(quick_xplain(candidates, forbids)))
    half = deadline.halved()
    tries = SUBSET_BUDGET
    for size in range(len(needed)):
        tries -= comb(len(candidates), size)
        if tries < 0:
            break
        for slots in combinations(candidates, size):
            if half.is_past:
                return needed
            if forbids(slots):
                return slots
    return needed
