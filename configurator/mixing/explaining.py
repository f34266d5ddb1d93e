"""Why an option is not open: the fewest own choices and a smallest set of rules that together forbid it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

from configurator.mixing.diagram import Diagram
from configurator.mixing.machines import satisfiable
from configurator.mixing.model import Constraint, Limit, Model, Nogood, Table
from configurator.mixing.walking import bits

SUBSET_BUDGET = 4_000  # sets of choices tried for a smaller conflict than the first one found
STEP_BUDGET = 20_000  # steps of the search that shows that some rules suffice


@dataclass(frozen=True, slots=True)
class Conflict:
    """What forbids an option: the slots of own choices, the sources of rules, and whether the allowed masks do too."""

    choices: tuple[int, ...]
    sources: tuple[str, ...]
    restricted: bool


def explain(
    model: Model,
    diagram: Diagram,
    *,
    slot: int,
    option: int,
    chosen: Mapping[int, int],
    allowed: Sequence[int],
) -> Conflict | None:
    """Why `option` of `slot` is not open beside `chosen` (other slots only) within `allowed`; None if it is open.

    First the single constraint that forbids it alone, beside the fewest choices, those that need no allowed mask and
    then earlier rules first. Where there is none, the fewest choices beside which no makeable mix is left, and of all
    rules a set of which none can be spared. `restricted` only if the rules alone would leave something. Exact up to
    SUBSET_BUDGET sets of choices and STEP_BUDGET steps of search; past these no choice is still one that can be
    spared alone, and a rule too many may be named. Rules by Junker, "QuickXplain" (AAAI 2004).
    """
    asked = {slot: option}
    if _possible(diagram, asked, chosen, allowed):
        return None
    if not allowed[slot] >> option & 1 or not all(allowed):
        return Conflict((), (), restricted=True)
    if single := _single(model, asked, chosen, allowed):
        return single
    choices = _fewest_choices(diagram, asked, chosen, allowed)
    kept = {other: chosen[other] for other in choices}
    restricted = _possible(diagram, asked, kept, model.full)
    domain = _domain(asked, kept, allowed if restricted else model.full)
    return Conflict(choices, _fewest_sources(model, domain), restricted=restricted)


def _domain(asked: Mapping[int, int], chosen: Mapping[int, int], allowed: Sequence[int]) -> list[int]:
    domain = list(allowed)
    for slot, option in (*asked.items(), *chosen.items()):
        domain[slot] &= 1 << option
    return domain


def _possible(
    diagram: Diagram, asked: Mapping[int, int], chosen: Mapping[int, int], allowed: Sequence[int]
) -> bool:
    return diagram.is_possible(_domain(asked, chosen, allowed))


def _single(
    model: Model, asked: Mapping[int, int], chosen: Mapping[int, int], allowed: Sequence[int]
) -> Conflict | None:
    """The conflict with one constraint alone, or with the allowed masks alone, that takes the fewest choices."""
    found: list[tuple[int, bool, int, Conflict]] = [
        (1, True, -1, Conflict((slot,), (), restricted=True))
        for slot, option in chosen.items()
        if not allowed[slot] >> option & 1
    ]
    for restricted, masks in ((False, model.full), (True, allowed)):
        domain = _domain(asked, {}, masks)
        for rank, (source, constraints) in enumerate(model.by_source.items()):
            for constraint in constraints:
                choices = _choices_against(constraint, domain, chosen)
                if choices is not None:
                    conflict = Conflict(choices, (source,), restricted=restricted)
                    found.append((len(choices), restricted, rank, conflict))
    return min(found, key=lambda entry: (*entry[:3], entry[3].choices))[3] if found else None


def _choices_against(
    constraint: Constraint, domain: Sequence[int], chosen: Mapping[int, int]
) -> tuple[int, ...] | None:
    """The fewest choices beside which one constraint cannot be kept within a domain; None if it can."""

    def forbids(slots: Sequence[int]) -> bool:
        return not _keepable(constraint, _domain({}, {slot: chosen[slot] for slot in slots}, domain))

    candidates = [
        slot for slot in sorted(chosen) if slot in constraint.scope and domain[slot] >> chosen[slot] & 1
    ]
    return _fewest(candidates, forbids) if forbids(candidates) else None


def _keepable(constraint: Constraint, domain: Sequence[int]) -> bool:
    """Whether some mix within a domain, no mask of which is empty, keeps one constraint."""
    if isinstance(constraint, Nogood):
        return any(domain[slot] & ~mask for slot, mask in constraint.parts)
    if isinstance(constraint, Table):
        slots = constraint.scope
        return any(
            all(domain[slot] >> option & 1 for slot, option in zip(slots, row, strict=True))
            for row in constraint.rows
        )
    return _limit_keepable(constraint, domain)


def _limit_keepable(limit: Limit, domain: Sequence[int]) -> bool:
    rows = [[weights[option] for option in bits(domain[slot])] for slot, weights in limit.weights]
    least, most = sum(map(min, rows)), sum(map(max, rows))
    if limit.high is None or limit.low is None:
        return (limit.low is None or most >= limit.low) and (limit.high is None or least <= limit.high)
    sums = {0}
    for row in rows:
        sums = {total + weight for total in sums for weight in row}
    return any(limit.low <= total <= limit.high for total in sums)


def _fewest_choices(
    diagram: Diagram, asked: Mapping[int, int], chosen: Mapping[int, int], allowed: Sequence[int]
) -> tuple[int, ...]:
    def forbids(slots: Sequence[int]) -> bool:
        return not _possible(diagram, asked, {slot: chosen[slot] for slot in slots}, allowed)

    return _fewest(sorted(chosen), forbids)


def _fewest(candidates: Sequence[int], forbids: Callable[[Sequence[int]], bool]) -> tuple[int, ...]:
    """A smallest part of the candidates, which together forbid, that still forbids.

    One that can spare none is found by leaving out each in turn; smaller ones are then sought size by size.
    """
    needed = list(candidates)
    for slot in reversed(candidates):
        rest = [other for other in needed if other != slot]
        if forbids(rest):
            needed = rest
    tries = SUBSET_BUDGET
    for size in range(len(needed)):
        tries -= comb(len(candidates), size)
        if tries < 0:
            break
        for slots in combinations(candidates, size):
            if forbids(slots):
                return slots
    return tuple(needed)


def _fewest_sources(model: Model, domain: Sequence[int]) -> tuple[str, ...]:
    """Sources, none of which can be spared, whose constraints leave nothing of a domain; earlier rules preferred."""

    def forbids(sources: Sequence[str]) -> bool:
        constraints = (constraint for source in sources for constraint in model.by_source[source])
        return not satisfiable(domain, constraints, step_budget=STEP_BUDGET)

    def needed(given: tuple[str, ...], candidates: tuple[str, ...], *, is_new: bool) -> tuple[str, ...]:
        if is_new and forbids(given):
            return ()
        if len(candidates) == 1:
            return candidates
        early, late = candidates[: len(candidates) // 2], candidates[len(candidates) // 2 :]
        from_late = needed(given + early, late, is_new=True)
        from_early = needed(given + from_late, early, is_new=bool(from_late))
        return from_early + from_late

    return () if forbids(()) else needed((), model.sources, is_new=False)
