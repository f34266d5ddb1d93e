"""The compiler: a model's constraints become one decision diagram, a layer per slot.

Rules become small automata, the slots fall into parts that no rule connects, the automata of a part are merged
pairwise, and of several slot orders the one with the smallest diagram is kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import inf

from configurator.mixing.automata import Automata
from configurator.mixing.budget import Budget, Meter, OutOfBudget
from configurator.mixing.diagram import Diagram
from configurator.mixing.merging import Part, merged
from configurator.mixing.model import Model
from configurator.mixing.ordering import Order, Scopes, candidate_orders, independent_parts
from configurator.mixing.space import Space

BUDGET = Budget()
SMALL = 1_000  # nodes of work up to which another order than staff's has nothing to win
ROUNDS = (5_000, 50_000, 500_000, inf)  # nodes of work per order in each round of a race


class SpaceTooLarge(Exception):
    """Compiling would take more nodes, arcs or seconds than the budget allows; `reason` says which."""

    def __init__(self, reason: str, *, nodes: int, node_budget: int, slot: int, slots: int) -> None:
        super().__init__(f"The space needs {reason}: {nodes:,} nodes after {slot + 1} of {slots} slots.")
        self.reason = reason
        self.nodes = nodes
        self.node_budget = node_budget
        self.slot = slot
        self.slots = slots


def compile_space(model: Model, *, node_budget: int | None = None, budget: Budget = BUDGET) -> Space:
    """The space of a model; an empty one is legal. Deterministic as long as the seconds of the budget suffice.

    Raises SpaceTooLarge, with the numbers, once a diagram under construction has more nodes or arcs than the budget
    before it is reduced (`node_budget` stands in for the nodes of the budget), or the seconds are used up. How many
    nodes it takes depends on how far apart the slots of a rule lie; the time is near linear in all nodes made.
    """
    if node_budget is not None:
        budget = replace(budget, nodes=node_budget)
    return Space(model, compile_diagram(Automata(model), budget))


def compile_diagram(automata: Automata, budget: Budget = BUDGET, *, order: Order | None = None) -> Diagram:
    """The diagram of some groups of a model, in the order given or else in the best one found. Raises SpaceTooLarge."""
    sizes = automata.model.sizes
    if automata.is_contradiction:
        return Diagram(sizes, None)
    deadline = budget.clock() + budget.seconds
    scopes = [group.scope for group in automata.groups if group.scope]
    try:
        if order is not None:
            meter = Meter(budget, deadline=deadline, work=inf)
            parts = [_merged_in(order, automata, meter)]
        else:
            parts = [
                _raced(slots, [scope for scope in scopes if scope[0] in slots], automata, budget, deadline)
                for slots in independent_parts(len(sizes), scopes)
            ]
    except OutOfBudget as error:
        raise _too_large(error, budget, len(sizes)) from error
    diagram = _chained(sizes, parts)
    if diagram.nodes > budget.nodes:
        raise SpaceTooLarge(
            f"more than {budget.nodes:,} nodes",
            nodes=diagram.nodes,
            node_budget=budget.nodes,
            slot=len(sizes) - 1,
            slots=len(sizes),
        )
    return diagram


def _raced(slots: Order, scopes: Scopes, automata: Automata, budget: Budget, deadline: float) -> Part:
    """The part of some slots in the order that gives the fewest arcs, as far as a race can tell. Raises OutOfBudget.

    Round by round every order gets the same work. Once one has finished, the others must do it in half the work: one
    that is far better does, and no more time is lost on the rest.
    """
    meter = Meter(budget, deadline=deadline, work=SMALL)
    try:
        return _merged_in(slots, automata, meter)
    except OutOfBudget as error:
        failure = error
    orders = list(candidate_orders(slots, scopes))
    best: Part | None = None
    for most in ROUNDS:
        work: float = most
        for order in tuple(orders):
            meter = Meter(budget, deadline=deadline, work=work)
            try:
                part = _merged_in(order, automata, meter)
            except OutOfBudget as error:
                failure = error
                if error.is_final:
                    orders.remove(order)
                continue
            if best is None or part.arcs < best.arcs:
                best = part
            work = min(work, meter.done / 2)
        if best is not None:
            return best
        if not orders:
            break
    raise failure


def _merged_in(order: Order, automata: Automata, meter: Meter) -> Part:
    place = [0] * len(automata.model.sizes)
    for i, slot in enumerate(order):
        place[slot] = i
    parts = automata.parts(order, place, meter)
    covered = {slot for part in parts for slot in part.slots}
    free = [
        Part((slot,), [[(((1 << automata.model.sizes[slot]) - 1, 0),)]])
        for slot in order
        if slot not in covered
    ]
    return merged([*parts, *free], place, meter)


def _chained(sizes: Sequence[int], parts: Iterable[Part]) -> Diagram:
    """The parts, which share no slots, one below the other."""
    parts = tuple(parts)
    if not all(part.is_possible for part in parts):
        return Diagram(sizes, None)
    return Diagram(
        sizes,
        [layer for part in parts for layer in part.layers],
        order=[slot for part in parts for slot in part.slots],
    )


def _too_large(error: OutOfBudget, budget: Budget, slots: int) -> SpaceTooLarge:
    return SpaceTooLarge(
        str(error), nodes=error.nodes, node_budget=budget.nodes, slot=error.layers - 1, slots=slots
    )
