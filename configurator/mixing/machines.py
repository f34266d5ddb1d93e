"""Each rule form as a small automaton that reads a mix slot by slot.

A machine has a `start` state (an int, 0 or more), `moves[slot]`, which takes (option, state) to the next state or to
DEAD where the rule is broken, and `signatures[slot]`: per option a value, equal for options that the machine does not
tell apart. Slots without a move leave the state as it is. `possible` is False if no mix at all keeps the rule. Machines
are told the domain (one mask per slot), so that they know what the slots still to come can hold.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from configurator.mixing.model import Constraint, Limit, Nogood, Table
from configurator.mixing.walking import bits

DEAD = -1
SETTLED = -2  # a limit that the slots still to come can no longer break

State: TypeAlias = tuple[int, ...]  # of all machines
Move: TypeAlias = Callable[[int, int], int]
Machine: TypeAlias = "NogoodMachine | LimitMachine | TableMachine"


class NogoodMachine:
    """All nogoods at once: the state is a mask of those whose parts were all met so far."""

    def __init__(self, domain: Sequence[int], nogoods: Iterable[Nogood]) -> None:
        live = [nogood for nogood in nogoods if all(mask & domain[slot] for slot, mask in nogood.parts)]
        self.possible = all(nogood.parts for nogood in live)
        self.start = (1 << len(live)) - 1
        kept = {slot: [self.start] * domain[slot].bit_length() for nogood in live for slot in nogood.scope}
        last = dict.fromkeys(kept, 0)
        for i, nogood in enumerate(live):
            for slot, mask in nogood.parts:
                for option in bits(domain[slot] & ~mask):
                    kept[slot][option] &= ~(1 << i)
            if nogood.parts:
                last[max(nogood.scope)] |= 1 << i
        self.moves: dict[int, Move] = {slot: _nogood_move(kept[slot], last[slot]) for slot in kept}
        self.signatures: dict[int, Sequence[object]] = dict(kept)


class LimitMachine:
    """One limit: the state is the sum so far, each weight taken as what it adds to the least of its slot."""

    def __init__(self, domain: Sequence[int], limit: Limit) -> None:
        least = sum(min((w[o] for o in bits(domain[slot])), default=0) for slot, w in limit.weights)
        self._low = 0 if limit.low is None else limit.low - least
        self._high = None if limit.high is None else limit.high - least
        self.moves: dict[int, Move] = {}
        self.signatures: dict[int, Sequence[object]] = {}
        most = 0  # that the slots still to come can add
        for slot, weights in sorted(limit.weights, reverse=True):
            smallest = min((weights[option] for option in bits(domain[slot])), default=0)
            added = [weight - smallest for weight in weights]
            self.moves[slot] = self._move(added, most)
            self.signatures[slot] = added
            most += max((added[option] for option in bits(domain[slot])), default=0)
        self.start = self._clamped(0, most)
        self.possible = self.start != DEAD

    def _move(self, added: Sequence[int], most: int) -> Move:
        def move(option: int, state: int) -> int:
            return SETTLED if state == SETTLED else self._clamped(state + added[option], most)

        return move

    def _clamped(self, total: int, most: int) -> int:
        """Sums from which the rest can go wrong stay apart; all others are one state."""
        if total + most < self._low or (self._high is not None and total > self._high):
            return DEAD
        if total >= self._low and (self._high is None or total + most <= self._high):
            return SETTLED
        return total


class TableMachine:
    """One table: the state is a node of the smallest trie of its rows, read in slot order."""

    def __init__(self, domain: Sequence[int], table: Table) -> None:
        columns = sorted(range(len(table.scope)), key=table.scope.__getitem__)
        rows = [
            tuple(row[column] for column in columns)
            for row in table.rows
            if all(domain[slot] >> option & 1 for slot, option in zip(table.scope, row, strict=True))
        ]
        self.possible = bool(rows)
        nodes: list[Mapping[int, int]] = []
        self.start = _smallest_trie(rows, len(columns), nodes)
        move = _table_move(nodes)
        self.moves: dict[int, Move] = dict.fromkeys(table.scope, move)
        self.signatures: dict[int, Sequence[object]] = {
            slot: range(domain[slot].bit_length()) for slot in table.scope
        }


class RuleMachine:
    """All constraints over a domain (one mask per slot) as one automaton that reads a mix slot by slot."""

    def __init__(self, domain: Sequence[int], constraints: Iterable[Constraint]) -> None:
        constraints = tuple(constraints)
        machines: list[Machine] = [NogoodMachine(domain, [c for c in constraints if isinstance(c, Nogood)])]
        machines += [LimitMachine(domain, c) for c in constraints if isinstance(c, Limit)]
        machines += [TableMachine(domain, c) for c in constraints if isinstance(c, Table)]
        self.possible = all(machine.possible for machine in machines)
        self.start: State = tuple(machine.start for machine in machines)
        self._steps = [
            [(i, machine.moves[slot]) for i, machine in enumerate(machines) if slot in machine.moves]
            for slot in range(len(domain))
        ]
        self._classes = [
            _alike(domain[slot], [machine.signatures[slot] for machine in machines if slot in machine.moves])
            for slot in range(len(domain))
        ]

    def step(self, slot: int, state: State) -> Iterator[tuple[int, State]]:
        """The states that follow a state, each with the mask of options that lead there; a state may come twice."""
        steps = self._steps[slot]
        for option, mask in self._classes[slot]:
            following = list(state)
            for i, move in steps:
                after = move(option, state[i])
                if after == DEAD:
                    break
                following[i] = after
            else:
                yield mask, tuple(following)


def satisfiable(domain: Sequence[int], constraints: Iterable[Constraint], *, step_budget: int) -> bool:
    """Whether some mix within a domain (one mask per slot) keeps all constraints; no diagram is built.

    Depth-first over the states of the rule machine, each dead state met once: at worst as long as compiling the
    domain. Past `step_budget` steps the answer is True, "not shown to be impossible".
    """
    machine = RuleMachine(domain, constraints)
    if not machine.possible or not all(domain):
        return False
    if not domain:
        return True
    seen: set[tuple[int, State]] = set()
    stack = [machine.step(0, machine.start)]
    for _ in range(step_budget):
        if not stack:
            return False
        _, state = next(stack[-1], (0, None))
        if state is None:
            stack.pop()
        elif len(stack) == len(domain):
            return True
        elif (len(stack), state) not in seen:
            seen.add((len(stack), state))
            stack.append(machine.step(len(stack), state))
    return True


def _nogood_move(kept: Sequence[int], last: int) -> Move:
    def move(option: int, state: int) -> int:
        live = state & kept[option]
        return DEAD if live & last else live

    return move


def _table_move(nodes: Sequence[Mapping[int, int]]) -> Move:
    def move(option: int, state: int) -> int:
        return nodes[state].get(option, DEAD)

    return move


def _smallest_trie(rows: Sequence[tuple[int, ...]], depth: int, nodes: list[Mapping[int, int]]) -> int:
    """Adds the trie of the rows to `nodes` (option -> node), equal subtrees once; the index of its root."""
    unique: dict[tuple[tuple[int, int], ...], int] = {(): 0}
    nodes.append({})
    level = dict.fromkeys(rows, 0)  # prefix -> node
    for column in reversed(range(depth)):
        children: dict[tuple[int, ...], dict[int, int]] = {}
        for prefix, node in level.items():
            children.setdefault(prefix[:column], {})[prefix[column]] = node
        level = {}
        for prefix, arcs in children.items():
            key = tuple(sorted(arcs.items()))
            if key not in unique:
                unique[key] = len(nodes)
                nodes.append(arcs)
            level[prefix] = unique[key]
    return level.get((), 0)


def _alike(domain: int, signatures: Sequence[Sequence[object]]) -> list[tuple[int, int]]:
    """Options that no rule of a slot tells apart, as (one of them, mask of all)."""
    classes: dict[tuple[object, ...], tuple[int, int]] = {}
    for option in range(domain.bit_length()):
        if domain >> option & 1:
            key = tuple(signature[option] for signature in signatures)
            first, mask = classes.get(key, (option, 0))
            classes[key] = first, mask | 1 << option
    return list(classes.values())
