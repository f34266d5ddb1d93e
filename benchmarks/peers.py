"""Peers that answer the same question, the open options beside some choices; each is a development dependency.

A peer is told the model as it stands, with no diagram of ours in between, and answers then: per slot, the mask of
options with which a makeable mix remains, keeping the choices of all other slots.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from itertools import accumulate
from typing import Any

from benchmarks.clauses import clauses_of
from configurator.mixing.model import Constraint, Limit, Model, Nogood, Table
from configurator.mixing.ordering import drawn_together
from configurator.mixing.walking import bits

Options = Callable[[Mapping[int, int]], tuple[int, ...]]


class PeerMissing(Exception):
    """The peer is not installed here, or can't be told this model; the text says what to do."""


def load(module: str, package: str) -> Any:  # raises PeerMissing
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
    solver = solver_class(name="glucose4", bootstrap_with=list(clauses_of(model)))
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


def dd_space(model: Model) -> tuple[Any, list[list[str]], Any]:
    """The manager, the names of the variables, one per option, and the diagram; by CUDD where the wheel has it.

    In a slot order that suits most models, with all constraints multiplied in a balanced tree.
    """
    try:
        bdd = import_module("dd.cudd").BDD()
    except ImportError:
        bdd = load("dd.autoref", "dd").BDD()
    names = [[f"s{slot}o{option}" for option in range(size)] for slot, size in enumerate(model.sizes)]
    scopes = [constraint.scope for constraint in model.constraints if constraint.scope]
    order = drawn_together(tuple(range(len(names))), scopes)
    bdd.declare(*(name for slot in order for name in names[slot]))
    bdd.configure(reordering=False)
    place = {slot: i for i, slot in enumerate(order)}
    ranked = [([place[slot]], _one_of(bdd, names[slot])) for slot in order]
    for constraint, node in zip(model.constraints, _constraint_bdds(model, bdd, names), strict=True):
        ranked.append((sorted((place[slot] for slot in constraint.scope), reverse=True), node))
    left = [node for _, node in sorted(ranked, key=lambda entry: entry[0])]
    while len(left) > 1:
        left = [left[i] & left[i + 1] if i + 1 < len(left) else left[i] for i in range(0, len(left), 2)]
    space = left[0] if left else bdd.true
    return bdd, names, space


def _one_of(bdd: Any, names: list[str]) -> Any:
    one = bdd.false
    for name in names:
        one |= bdd.cube({other: other == name for other in names})
    return one


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
            yield _table_bdd(bdd, [names[slot] for slot in constraint.scope], constraint.rows)
        else:
            yield _limit_bdd(constraint, bdd, names)


def _table_bdd(bdd: Any, names: list[list[str]], rows: frozenset[tuple[int, ...]]) -> Any:
    """By the trie of the rows, read from the last column up, so that rows that begin alike are built once."""
    level: dict[tuple[int, ...], Any] = dict.fromkeys(rows, bdd.true)
    for column in reversed(range(len(names))):
        above: dict[tuple[int, ...], Any] = {}
        known: dict[tuple[Any, ...], Any] = {}
        children: dict[tuple[int, ...], list[tuple[int, Any]]] = {}
        for prefix, node in sorted(level.items(), key=lambda entry: entry[0]):
            children.setdefault(prefix[:-1], []).append((prefix[-1], node))
        for prefix, arcs in children.items():
            key = tuple((option, int(node)) for option, node in arcs)
            if key not in known:
                known[key] = bdd.false
                for option, node in arcs:
                    only = names[column][option]
                    known[key] |= bdd.cube({name: name == only for name in names[column]}) & node
            above[prefix] = known[key]
        level = above
    return level.get((), bdd.false)


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
