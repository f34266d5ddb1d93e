"""What compiling may cost: nodes, arcs and time, counted while diagrams are unfolded."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import process_time


class OutOfBudget(Exception):
    """One attempt at a diagram was given up after `nodes` nodes, `layers` layers down; `reason` is for people.

    `is_final` if more work would not help: the nodes, arcs or seconds of the whole compilation are used up.
    """

    def __init__(self, reason: str, *, nodes: int, layers: int, is_final: bool) -> None:
        super().__init__(reason)
        self.nodes = nodes
        self.layers = layers
        self.is_final = is_final


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The most nodes and arcs of one diagram before it is reduced, and seconds of `clock` for the whole compilation."""

    nodes: int = 200_000
    arcs: int = 2_000_000
    seconds: float = 4.5
    clock: Callable[[], float] = field(default=process_time)


class Meter:
    """Counts one attempt: each diagram against the budget, and all of its diagrams together against `work` nodes."""

    def __init__(self, budget: Budget, *, deadline: float, work: float) -> None:
        self._budget = budget
        self._deadline = deadline
        self._work = work
        self._nodes = 1
        self._arcs = 0
        self.done = 0  # nodes made so far by the whole attempt

    def begin(self) -> None:
        """A new diagram, of which there is the root."""
        self.done += self._nodes
        self._nodes = 1
        self._arcs = 0

    def room(self) -> int:
        """How many nodes the next layer of this diagram may have."""
        return self._budget.nodes - self._nodes

    def add_layer(self, below: int, arcs: int, *, place: int) -> None:
        """Counts the layer of one more slot, which lies at `place`: `below` nodes in the next. Raises OutOfBudget."""
        self._arcs += arcs
        self.check(below, place=place)
        self._nodes += below

    def check(self, below: int = 0, *, place: int = 0) -> None:
        """Raises OutOfBudget if the diagram would be too large, or too late, with `below` nodes in the next layer."""
        nodes = self._nodes + below
        if nodes > self._budget.nodes:
            self._stop(f"more than {self._budget.nodes:,} nodes", nodes, place, is_final=True)
        if self._arcs > self._budget.arcs:
            self._stop(f"more than {self._budget.arcs:,} arcs", nodes, place, is_final=True)
        if self._budget.clock() > self._deadline:
            self._stop(f"more than {self._budget.seconds:g} seconds", nodes, place, is_final=True)
        if self.done + nodes > self._work:
            self._stop(f"more than {self._work:,} nodes of work", nodes, place, is_final=False)

    def _stop(self, reason: str, nodes: int, place: int, *, is_final: bool) -> None:
        raise OutOfBudget(reason, nodes=nodes, layers=place + 1, is_final=is_final)
