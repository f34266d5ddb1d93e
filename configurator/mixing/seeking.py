"""Seeking: the best mix and the nearest mixes where no diagram holds all rules, by search under one more limit."""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice

from configurator.mixing.model import Limit, Mix
from configurator.mixing.narrowing import LimitNarrower
from configurator.mixing.repairing import Ranked
from configurator.mixing.searching import Deadline
from configurator.mixing.settling import Settler

Rows = Sequence[Sequence[int]]  # per slot, one number per option


def score_of(scores: Rows, mix: Mix) -> int:
    return sum(row[option] for row, option in zip(scores, mix, strict=True))


def best_mix(
    settler: Settler, scores: Rows, want: Sequence[int], *, most: int, deadline: Deadline
) -> Mix | None:
    """The mix within the wanted options that scores highest, among equals the lexicographically smallest.

    None if there is none. No mix scores higher than `most`. Raises OutOfTime. A search for each better score met, then
    at least one for each slot that could have an earlier option.
    """
    slots = range(len(scores))
    find = settler.search.find
    mix = settler.find(want, deadline=deadline)
    if mix is None:
        return None
    while (score := score_of(scores, mix)) < most:
        better = find(want, more=[_sum(scores, slots, low=score + 1)], deadline=deadline).mix
        if better is None:
            break
        mix = better
    as_good = [_sum(scores, slots, low=score_of(scores, mix))]
    domain = list(want)
    for slot in slots:
        while earlier := domain[slot] & ((1 << mix[slot]) - 1):
            first = find([*domain[:slot], earlier, *domain[slot + 1 :]], more=as_good, deadline=deadline).mix
            if first is None:
                break
            mix = first
        domain[slot] = 1 << mix[slot]
    settler.keep(mix)
    return mix


def ranked_sets(
    settler: Settler,
    keep: Sequence[int],
    change: Sequence[int],
    *,
    hold: frozenset[int],
    limit: int,
    deadline: Deadline,
) -> list[Ranked]:
    """The first sets of slots that a nearest mix changes, ranked as `repairing` does. Raises OutOfTime.

    `keep` and `change` are the masks of what a slot holds and of all else. A search for each number of changes up to
    the fewest, then at most two for each slot of a set.
    """
    either = [kept | changed for kept, changed in zip(keep, change, strict=True)]
    if limit <= 0 or settler.find(either, deadline=deadline) is None:
        return []
    find, slots = settler.search.find, range(len(keep))
    rows = [
        [mask >> option & 1 for option in range(size)]
        for mask, size in zip(change, settler.model.sizes, strict=True)
    ]
    fewest = next(
        changes
        for changes in range(len(keep) + 1)
        if find(either, more=[_sum(rows, slots, high=changes)], deadline=deadline).mix is not None
    )
    ranked: list[Ranked] = []
    for held in range(len(hold) + 1):
        more = [_sum(rows, slots, high=fewest), _sum(rows, sorted(hold), low=held, high=held)]

        def is_left(masks: Sequence[int], more: Sequence[LimitNarrower] = more) -> bool:
            return find(masks, more=more, deadline=deadline).mix is not None

        sets = islice(_sets(keep, change, is_left), limit - len(ranked))
        ranked += [(held, changed) for changed in sets]
    return ranked


def _sets(
    keep: Sequence[int], change: Sequence[int], is_left: Callable[[Sequence[int]], bool]
) -> Iterator[frozenset[int]]:
    """The sets of changed slots of which a mix is left, those that leave earlier slots alone first."""
    stack = [(0, [kept | changed for kept, changed in zip(keep, change, strict=True)])]
    while stack:
        slot, masks = stack.pop()
        if not is_left(masks):
            continue
        if slot == len(keep):
            yield frozenset(i for i, mask in enumerate(masks) if mask & change[i])
            continue
        sides = (change[slot], keep[slot])  # the last one pushed is taken up first
        stack += [(slot + 1, [*masks[:slot], side, *masks[slot + 1 :]]) for side in sides if side]


def _sum(
    rows: Rows, slots: Collection[int], *, low: int | None = None, high: int | None = None
) -> LimitNarrower:
    return LimitNarrower(Limit(tuple((slot, tuple(rows[slot])) for slot in slots), low, high, "sum"))
