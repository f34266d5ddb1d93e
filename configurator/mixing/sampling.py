"""Uniformly random mixes: completions are counted once, then every draw walks one path."""

from collections.abc import Sequence
from random import Random

from configurator.mixing.diagram import Diagram
from configurator.mixing.model import Mix


class Sampler:
    """Draws from the mixes within the wanted options, one mask per slot; `total` is how many there are."""

    def __init__(self, diagram: Diagram, want: Sequence[int]) -> None:
        self._diagram = diagram
        self._want = diagram.by_level(want)
        self._totals = diagram.totals(self._want, diagram.fronts(self._want))
        self.total: int = sum(self._totals[0][node] for node in diagram.root)

    def draw(self, rng: Random) -> Mix | None:
        """One mix, each equally likely; None if there is none. Linear in the slots, times their options."""
        if not self.total:
            return None
        rank = rng.randrange(self.total)
        (node,) = self._diagram.root
        mix: list[int] = []
        for level, mask in enumerate(self._want):
            totals = self._totals[level + 1]
            for option, child in self._diagram.moves(level, node, mask):
                if rank < totals[child]:
                    mix.append(option)
                    node = child
                    break
                rank -= totals[child]
        return self._diagram.by_slot(mix)
