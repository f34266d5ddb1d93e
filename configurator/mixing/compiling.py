"""The compiler: a model's constraints become one decision diagram, a layer per slot.

Built from the first slot down: a *state* holds what the rules still have to know about the slots already filled, and
equal states become one node. Then reduced from the last slot up: nodes that lead nowhere go, nodes with the same arcs
become one. After Andersen, Hadzic, Hooker and Tiedemann, "A constraint store based on multivalued decision diagrams"
(CP 2007).
"""

from collections.abc import Sequence

from configurator.mixing.diagram import Arcs, Diagram
from configurator.mixing.machines import RuleMachine, State
from configurator.mixing.model import Model
from configurator.mixing.space import Space

NODE_BUDGET = 200_000


class SpaceTooLarge(Exception):
    """Compiling would take more nodes than the budget allows."""

    def __init__(self, *, nodes: int, node_budget: int, slot: int, slots: int) -> None:
        super().__init__(
            f"The space needs more than {node_budget:,} nodes: {nodes:,} after {slot + 1} of {slots} slots."
        )
        self.nodes = nodes
        self.node_budget = node_budget
        self.slot = slot
        self.slots = slots


def compile_space(model: Model, *, node_budget: int = NODE_BUDGET) -> Space:
    """The space of a model; an empty one is legal.

    Raises SpaceTooLarge, with the numbers, once more than `node_budget` nodes were made (before they are reduced).
    The time is linear in these nodes, times the options of a slot and the rules that touch it. How many it takes
    depends on how far apart the slots of a rule lie.
    """
    machine = RuleMachine(model.full, model.constraints)
    if not machine.possible:
        return Space(model, Diagram(model.sizes, None))
    layers = _reduced(_unfolded(machine, slots=len(model.sizes), node_budget=node_budget))
    return Space(model, Diagram(model.sizes, layers if all(layers) else None))


def _unfolded(machine: RuleMachine, *, slots: int, node_budget: int) -> list[list[Arcs]]:
    """The diagram before reduction: per layer the arcs of each of its states."""
    layers: list[list[Arcs]] = []
    level: dict[State, int] = {machine.start: 0}
    nodes = 1
    for slot in range(slots):
        below: dict[State, int] = {}
        layer: list[Arcs] = []
        for state in level:
            arcs = [(mask, below.setdefault(after, len(below))) for mask, after in machine.step(slot, state)]
            layer.append(tuple(arcs))
            if nodes + len(below) > node_budget:
                raise SpaceTooLarge(nodes=nodes + len(below), node_budget=node_budget, slot=slot, slots=slots)
        nodes += len(below)
        layers.append(layer)
        level = below
    return layers


def _reduced(unfolded: Sequence[Sequence[Arcs]]) -> list[list[Arcs]]:
    """From the last layer up: arcs to one child merged, dead nodes dropped, equal nodes made one."""
    layers: list[list[Arcs]] = []
    renamed: Sequence[int | None] = (0,)  # index before -> index after, None for a dead node
    for layer in reversed(unfolded):
        unique: dict[Arcs, int] = {}
        names: list[int | None] = []
        for arcs in layer:
            merged: dict[int, int] = {}
            for options, child in arcs:
                if (name := renamed[child]) is not None:
                    merged[name] = merged.get(name, 0) | options
            key = tuple(sorted((options, name) for name, options in merged.items()))
            names.append(unique.setdefault(key, len(unique)) if key else None)
        layers.append(list(unique))
        renamed = names
    layers.reverse()
    return layers
