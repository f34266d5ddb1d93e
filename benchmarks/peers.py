"""Peers that answer the same question, the open options beside some choices; each is a development dependency.

A peer is told the model as it stands, with nothing of ours in between, and answers then: per slot, the mask of options
with which a makeable mix remains, keeping the choices of all other slots.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from itertools import accumulate, combinations, count
from typing import Any

from configurator.mixing.model import Constraint, Limit, Model, Nogood, Table
from configurator.mixing.walking import bits

Options = Callable[[Mapping[int, int]], tuple[int, ...]]


class PeerMissing(Exception):
    """The peer is not installed here, or can't be told this model; the text says what to do."""


def load(module: str, package: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        raise PeerMissing(
            f"The peer {package} is not installed; `pip install {package}` brings it."
        ) from None


def _others(chosen: Mapping[int, int], slot: int) -> dict[int, int]:
    return {other: option for other, option in chosen.items() if other != slot}


def python_sat(model: Model) -> Options:
    """One incremental solver, a question per option that no mix met for the same choices holds."""
    solver_class = load("pysat.solvers", "python-sat").Solver
    solver = solver_class(name="glucose4", bootstrap_with=list(_clauses(model)))
    first = list(accumulate(model.sizes, initial=1))

    def options(chosen: Mapping[int, int]) -> tuple[int, ...]:
        found = [0] * len(model.sizes)
        for slot, size in enumerate(model.sizes):
            assumed = [first[other] + option for other, option in _others(chosen, slot).items()]
            for option in range(size):
                if found[slot] >> option & 1 or not solver.solve(
                    assumptions=[*assumed, first[slot] + option]
                ):
                    continue
                found[slot] |= 1 << option
                literals = solver.get_model()
                mix = [
                    next(o for o in range(width) if literals[first[other] + o - 1] > 0)
                    for other, width in enumerate(model.sizes)
                ]
                if all(mix[other] == choice for other, choice in chosen.items()):
                    for other, choice in enumerate(mix):
                        found[other] |= 1 << choice
        return tuple(found)

    return options


def _clauses(model: Model) -> Iterator[list[int]]:
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


def dd_space(model: Model) -> tuple[Any, list[list[str]], Any]:
    """The manager, the names of the variables, one per option, and the diagram; by CUDD where the wheel has it."""
    try:
        bdd = import_module("dd.cudd").BDD()
    except ImportError:
        bdd = load("dd.autoref", "dd").BDD()
    names = [[f"s{slot}o{option}" for option in range(size)] for slot, size in enumerate(model.sizes)]
    bdd.declare(*(name for row in names for name in row))
    bdd.configure(reordering=True)
    space = bdd.true
    for row in names:
        one = bdd.false
        for name in row:
            others = bdd.cube({other: other == name for other in row})
            one |= others
        space &= one
    for constraint_bdd in _constraint_bdds(model, bdd, names):
        space &= constraint_bdd
    bdd.configure(reordering=False)
    return bdd, names, space


def dd_bdd(model: Model) -> Options:
    """A binary decision diagram, restricted to the choices per question."""
    bdd, names, space = dd_space(model)

    def options(chosen: Mapping[int, int]) -> tuple[int, ...]:
        found = []
        for slot, row in enumerate(names):
            fixed = {
                name: o == option
                for other, option in _others(chosen, slot).items()
                for o, name in enumerate(names[other])
            }
            left = bdd.let(fixed, space) if fixed else space
            found.append(
                sum(1 << o for o, name in enumerate(row) if bdd.let({name: True}, left) != bdd.false)
            )
        return tuple(found)

    return options


def _constraint_bdds(model: Model, bdd: Any, names: list[list[str]]) -> Iterator[Any]:
    for constraint in model.constraints:
        if isinstance(constraint, Nogood):
            broken = bdd.true
            for slot, mask in constraint.parts:
                held = bdd.false
                for option in bits(mask):
                    held |= bdd.var(names[slot][option])
                broken &= held
            yield ~broken
        elif isinstance(constraint, Table):
            rows = bdd.false
            for row in sorted(constraint.rows):
                rows |= bdd.cube({names[s][o]: True for s, o in zip(constraint.scope, row, strict=True)})
            yield rows
        else:
            yield _limit_bdd(constraint, bdd, names)


def _limit_bdd(limit: Limit, bdd: Any, names: list[list[str]]) -> Any:
    """By the sums that the slots so far can come to."""
    reached = {0: bdd.true}
    for slot, weights in limit.weights:
        below: dict[int, Any] = {}
        for total, how in reached.items():
            for option, weight in enumerate(weights):
                step = how & bdd.var(names[slot][option])
                below[total + weight] = below.get(total + weight, bdd.false) | step
        reached = below
    kept = bdd.false
    for total, how in reached.items():
        if (limit.low is None or total >= limit.low) and (limit.high is None or total <= limit.high):
            kept |= how
    return kept


def python_constraint(model: Model) -> Options:
    """A problem set up per option, the choices as domains of one value."""
    problem_class = load("constraint", "python-constraint2").Problem

    def possible(domains: list[list[int]]) -> bool:
        problem = problem_class()
        for slot, domain in enumerate(domains):
            problem.addVariable(slot, domain)
        for constraint in model.constraints:
            scope = constraint.scope

            def keeps(*options: int, constraint: Any = constraint, scope: tuple[int, ...] = scope) -> bool:
                mix = [0] * len(model.sizes)
                for slot, option in zip(scope, options, strict=True):
                    mix[slot] = option
                return bool(constraint.admits(mix))

            if scope:
                problem.addConstraint(keeps, list(scope))
        return problem.getSolution() is not None

    def options(chosen: Mapping[int, int]) -> tuple[int, ...]:
        found = []
        for slot, size in enumerate(model.sizes):
            others = _others(chosen, slot)
            domains = [[others[s]] if s in others else list(range(n)) for s, n in enumerate(model.sizes)]
            found.append(
                sum(1 << o for o in range(size) if possible([*domains[:slot], [o], *domains[slot + 1 :]]))
            )
        return tuple(found)

    return options


def cpsat(model: Model) -> Options:
    """OR-Tools' CP-SAT: the model once, a solve per option that no earlier mix holds."""
    cp_model = load("ortools.sat.python.cp_model", "ortools")
    problem = cp_model.CpModel()
    variables = [problem.new_int_var(0, size - 1, f"s{slot}") for slot, size in enumerate(model.sizes)]
    literals = [
        [problem.new_bool_var(f"s{s}o{o}") for o in range(size)] for s, size in enumerate(model.sizes)
    ]
    for variable, row in zip(variables, literals, strict=True):
        problem.add_exactly_one(row)
        problem.add(variable == sum(o * literal for o, literal in enumerate(row)))
    for constraint in model.constraints:
        _tell_cpsat(problem, constraint, variables, literals)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1

    def options(chosen: Mapping[int, int]) -> tuple[int, ...]:
        found = [0] * len(model.sizes)
        for slot, size in enumerate(model.sizes):
            assumed = [literals[other][option] for other, option in _others(chosen, slot).items()]
            for option in range(size):
                problem.clear_assumptions()
                problem.add_assumptions([*assumed, literals[slot][option]])
                if solver.solve(problem) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                    found[slot] |= 1 << option
        return tuple(found)

    return options


def _tell_cpsat(
    problem: Any, constraint: Constraint, variables: list[Any], literals: list[list[Any]]
) -> None:
    if isinstance(constraint, Nogood):
        problem.add_bool_or(
            literal
            for slot, mask in constraint.parts
            for option, literal in enumerate(literals[slot])
            if not mask >> option & 1
        )
    elif isinstance(constraint, Table):
        problem.add_allowed_assignments(
            [variables[slot] for slot in constraint.scope], sorted(constraint.rows)
        )
    else:
        total = sum(w * literals[slot][o] for slot, row in constraint.weights for o, w in enumerate(row))
        if constraint.low is not None:
            problem.add(total >= constraint.low)
        if constraint.high is not None:
            problem.add(total <= constraint.high)


PEERS: dict[str, Callable[[Model], Options]] = {
    "python-sat": python_sat,
    "dd": dd_bdd,
    "python-constraint": python_constraint,
    "cpsat": cpsat,
}
