"""In which order a diagram reads the slots: independent parts, and a few orders worth a try.

How many nodes a diagram needs depends on how far apart the slots of a rule lie. No order is best everywhere, so the
compiler races several. Slots are int; a *scope* is the slots of one rule.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TypeAlias

Order: TypeAlias = tuple[int, ...]
Scopes: TypeAlias = Sequence[Sequence[int]]

FORCE_ROUNDS = 40


def independent_parts(slots: int, scopes: Iterable[Sequence[int]]) -> tuple[Order, ...]:
    """The slots in groups that no rule connects, each ascending, ordered by their first slots. Near linear."""
    leader = list(range(slots))

    def find(slot: int) -> int:
        while leader[slot] != slot:
            leader[slot] = slot = leader[leader[slot]]
        return slot

    for scope in scopes:
        for slot in scope[1:]:
            one, other = sorted((find(scope[0]), find(slot)))
            leader[other] = one
    groups: dict[int, list[int]] = {}
    for slot in range(slots):
        groups.setdefault(find(slot), []).append(slot)
    return tuple(map(tuple, groups.values()))


def candidate_orders(slots: Order, scopes: Scopes) -> Iterator[Order]:
    """Orders of one independent part, each once, the most promising first; `slots` itself is among them."""
    seen = set()
    for order in (drawn_together(slots, scopes), slots, fewest_open(slots, scopes)):
        if order not in seen:
            seen.add(order)
            yield order


def fewest_open(slots: Order, scopes: Scopes) -> Order:
    """Greedy: next comes the slot after which the fewest slots still to come share a rule with one that has been.

    Ties go to the slot with the most rules that have begun, then to the earlier one. Quadratic in the slots, times
    the neighbours of a slot.
    """
    near = _neighbours(slots, scopes)
    order: list[int] = []
    opened: set[int] = set()
    left = set(slots)
    while left:
        slot = min(left, key=lambda s: (len(near[s] & left - opened), -len(near[s] - left), s))
        left.remove(slot)
        opened = (opened | near[slot]) & left
        order.append(slot)
    return tuple(order)


def drawn_together(slots: Order, scopes: Scopes) -> Order:
    """Maximum-cardinality search, then FORCE, which pulls the slots of each rule towards their middle.

    Of all orders met the one with the smallest summed spans of the scopes. After Tarjan and Yannakakis, "Simple
    linear-time algorithms to test chordality of graphs" (SIAM J. Comput. 13, 1984) and Aloul, Markov and Sakallah,
    "FORCE: a fast and easy-to-implement variable-ordering heuristic" (GLSVLSI 2003). Per round linear in the scopes.
    """
    order = _cardinality_search(slots, scopes)
    best, least = order, _span(order, scopes)
    for _ in range(FORCE_ROUNDS):
        place = {slot: i for i, slot in enumerate(order)}
        pulls: dict[int, list[float]] = {slot: [] for slot in slots}
        for scope in scopes:
            middle = sum(place[slot] for slot in scope) / len(scope)
            for slot in scope:
                pulls[slot].append(middle)
        centre = {slot: sum(to) / len(to) if to else float(place[slot]) for slot, to in pulls.items()}
        pulled = tuple(sorted(order, key=lambda slot: (centre[slot], place[slot])))
        if pulled == order:
            break
        order = pulled
        if (span := _span(order, scopes)) < least:
            best, least = order, span
    return best


def _cardinality_search(slots: Order, scopes: Scopes) -> Order:
    """Next comes the slot with the most neighbours that have been; ties go to the earlier slot."""
    near = _neighbours(slots, scopes)
    weight = dict.fromkeys(slots, 0)
    order = []
    while weight:
        slot = max(weight, key=lambda s: (weight[s], -s))
        del weight[slot]
        order.append(slot)
        for other in near[slot]:
            if other in weight:
                weight[other] += 1
    return tuple(order)


def _neighbours(slots: Order, scopes: Scopes) -> dict[int, set[int]]:
    near: dict[int, set[int]] = {slot: set() for slot in slots}
    for scope in scopes:
        for slot in scope:
            near[slot].update(scope)
    for slot, others in near.items():
        others.discard(slot)
    return near


def _span(order: Order, scopes: Collection[Sequence[int]]) -> int:
    place = {slot: i for i, slot in enumerate(order)}
    return sum(max(at) - min(at) for at in ([place[slot] for slot in scope] for scope in scopes))
