"""The best mix: the path with the highest sum of scores, one score per option of each slot."""

from collections.abc import Mapping, Sequence
from math import prod

from configurator.mixing.diagram import Diagram
from configurator.mixing.merging import Arcs
from configurator.mixing.model import Mix
from configurator.mixing.walking import bits


def best_path(diagram: Diagram, scores: Sequence[Sequence[int]], want: Sequence[int]) -> Mix | None:
    """The mix within the wanted options (one mask per level) that scores highest, None if there is none.

    Among equals the lexicographically smallest, in the order of the slots: which comes first is a sum over the options
    as well, that of digits of mixed radix, and it decides what the scores leave open. One sweep up, one path down.
    """
    sizes = [len(row) for row in scores]
    scale = prod(sizes)
    rows = []
    radix = scale
    for row, size in zip(scores, sizes, strict=True):
        radix //= max(size, 1)
        rows.append([score * scale - option * radix for option, score in enumerate(row)])
    rows = diagram.by_level(rows)
    below = dict.fromkeys(diagram.root and (0,), 0)
    chosen: list[dict[int, tuple[int, int]]] = []  # per level: node -> (option, child) of its best arc
    for row, mask, layer in zip(reversed(rows), reversed(want), reversed(diagram.layers), strict=True):
        below, arc_of = _best_arcs(layer.arcs, row, mask, below)
        chosen.append(arc_of)
    node = next(iter(diagram.root), -1)
    if node not in below:
        return None
    mix = []
    for arc_of in reversed(chosen):
        option, node = arc_of[node]
        mix.append(option)
    return diagram.by_slot(mix)


def _best_arcs(
    layer: Sequence[Arcs], row: Sequence[int], want: int, below: Mapping[int, int]
) -> tuple[dict[int, int], dict[int, tuple[int, int]]]:
    """For each node that has one, the score of its best completion and the (option, child) that it begins with."""
    tops: dict[int, int] = {}  # mask -> its best option
    best: dict[int, int] = {}
    arc_of: dict[int, tuple[int, int]] = {}
    for node, arcs in enumerate(layer):
        for options, child in arcs:
            if (kept := options & want) and child in below:
                if kept not in tops:
                    tops[kept] = max(bits(kept), key=row.__getitem__)
                score = row[tops[kept]] + below[child]
                if node not in best or score > best[node]:
                    best[node] = score
                    arc_of[node] = tops[kept], child
    return best, arc_of
