"""The optional SAT solver: the python-sat package, if it is installed, told a model once and asked many times.

Options are variables of which each slot has exactly one. A forbidden combination is one clause, a box of a table a
variable that implies its options, a limit the nodes of its automaton.
"""

from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import accumulate, combinations
from math import inf
from threading import Lock
from typing import Any

from configurator.mixing.automata import Automata, Group, boxes_of, groups_of
from configurator.mixing.budget import Budget, Meter, OutOfBudget
from configurator.mixing.model import Limit, Mix, Model, Nogood, Table
from configurator.mixing.searching import Deadline, OutOfTime
from configurator.mixing.walking import bits

SOLVER = "glucose4"
CONFLICTS = 500  # between looks at the clock
BUDGET = Budget(nodes=100_000, seconds=2.0)  # of the automata of all limits

Clause = list[int]


def load_solver() -> Any:
    """The class of python-sat's solvers, None if the package is not installed."""
    try:
        return import_module("pysat.solvers").Solver
    except ImportError:
        return None


class SatFinder:
    """One model in a SAT solver; threads take turns."""

    def __init__(self, model: Model, solver: Any, clauses: Sequence[Clause]) -> None:
        self._first = [1, *accumulate(model.sizes, initial=1)][1:]
        self._sizes = model.sizes
        self._full = model.full
        self._solver = solver(name=SOLVER, bootstrap_with=clauses)
        self._lock = Lock()

    @classmethod
    def of(cls, model: Model) -> "SatFinder | None":
        """A finder for a model; None without python-sat, or where the automata of the limits are too large."""
        solver = load_solver()
        if solver is None:
            return None
        try:
            return cls(model, solver, list(clauses_of(model)))
        except OutOfBudget:
            return None

    def find(self, domain: Sequence[int], *, prefer: Sequence[int], deadline: Deadline) -> Mix | None:
        """A mix within a domain, of preferred options (a mask per slot) where it can be. Raises OutOfTime."""
        assumptions = []
        wanted = []
        for slot, (mask, full) in enumerate(zip(domain, self._full, strict=True)):
            first = self._first[slot]
            if not mask & (mask - 1):
                assumptions.append(first + mask.bit_length() - 1)
            elif mask != full:
                assumptions += [-(first + option) for option in bits(full & ~mask)]
            wanted += [
                first + option if prefer[slot] >> option & 1 else -(first + option) for option in bits(mask)
            ]
        with self._lock:
            self._solver.set_phases(wanted)
            while True:
                self._solver.conf_budget(CONFLICTS)
                answer = self._solver.solve_limited(assumptions=assumptions)
                if answer is not None:
                    break
                if deadline.is_past:
                    raise OutOfTime
            return self._mix(self._solver.get_model()) if answer else None

    def _mix(self, literals: Sequence[int]) -> Mix:
        return tuple(
            next(option for option in range(size) if literals[first + option - 1] > 0)
            for first, size in zip(self._first, self._sizes, strict=False)
        )


def clauses_of(model: Model) -> Iterator[Clause]:
    """A model as clauses; variable 1 is option 0 of slot 0, and so on. Raises OutOfBudget."""
    first = list(accumulate(model.sizes, initial=1))
    for slot, size in enumerate(model.sizes):
        options = list(range(first[slot], first[slot] + size))
        yield options
        yield from ([-one, -other] for one, other in combinations(options, 2))
    free = first[-1]  # the first variable that stands for nothing yet
    for group in groups_of(model):
        for constraint in group.constraints:
            if not group.scope:
                if not constraint.admits(()):
                    yield []
            elif isinstance(constraint, Nogood):
                yield [
                    first[slot] + option
                    for slot, mask in constraint.parts
                    for option in bits((1 << model.sizes[slot]) - 1 & ~mask)
                ]
            elif isinstance(constraint, Table):
                boxes = boxes_of(constraint, model.sizes)
                yield from _table_clauses(constraint, boxes, first, free)
                free += len(boxes)
            else:
                part_clauses, free = _limit_clauses(model, constraint, first, free)
                yield from part_clauses


def _table_clauses(
    table: Table, boxes: Sequence[tuple[int, ...]], first: Sequence[int], free: int
) -> Iterator[Clause]:
    yield [free + i for i in range(len(boxes))]
    for i, box in enumerate(boxes):
        for slot, mask in zip(table.scope, box, strict=True):
            yield [-(free + i), *(first[slot] + option for option in bits(mask))]


def _limit_clauses(model: Model, limit: Limit, first: Sequence[int], free: int) -> tuple[list[Clause], int]:
    """From a node that is reached, an option leads to its child or nowhere; and the first variable left."""
    automata = Automata(model, [Group(limit.scope, (limit,))])
    meter = Meter(BUDGET, deadline=BUDGET.clock() + BUDGET.seconds, work=inf)
    (part,) = automata.parts(limit.scope, range(len(model.sizes)), meter)
    if not part.is_possible:
        return [[]], free
    clauses: list[Clause] = [[free]]
    for slot, layer in zip(part.slots, part.layers, strict=True):
        below = free + len(layer)
        for node, arcs in enumerate(layer):
            missing = (1 << model.sizes[slot]) - 1
            for mask, child in arcs:
                missing &= ~mask
                clauses += [[-(free + node), -(first[slot] + option), below + child] for option in bits(mask)]
            clauses += [[-(free + node), -(first[slot] + option)] for option in bits(missing)]
        free = below
    return clauses, free + 1
