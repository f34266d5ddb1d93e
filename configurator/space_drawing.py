"""The decision diagram of a version as an SVG: a column of nodes before each slot, an arc per set of components."""

from collections.abc import Iterator, Sequence

from django.utils.html import escape

from configurator.mixing.mixer import Mixer
from configurator.mixing.walking import bits

COLUMN, ROW, MARGIN = 300, 52, 60
MOST_NODES = 400  # beyond, nobody could read the drawing
SVG_LOOK = 'role="img" font-family="system-ui, sans-serif" font-size="10"'
INK, PAPER, LINE, SOFT = "#1F2A2E", "#FBF7F0", "#7D7262", "#4F5D61"


class TooLargeToDrawError(Exception):
    """A diagram with more nodes than a drawing can show; `nodes` says how many."""

    def __init__(self, nodes: int) -> None:
        self.nodes = nodes
        super().__init__(f"The diagram has {nodes:,} nodes; up to {MOST_NODES} can be drawn.")


def draw_space(mixer: Mixer) -> str:
    """The SVG text of a mixer's diagram; raises TooLargeToDrawError.

    A path from the left to the right is a makeable mix; arcs between the same two nodes are drawn as one, with the
    names of all components that lead along it.
    """
    diagram = mixer.space.diagram
    counts = [len(layer.arcs) for layer in diagram.layers] + [1]
    if sum(counts) > MOST_NODES:
        raise TooLargeToDrawError(sum(counts))
    height = MARGIN * 2 + ROW * max(counts)
    width = MARGIN * 2 + COLUMN * (len(counts) - 1)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" {SVG_LOOK}>',
            f"<title>{escape(_title(mixer))}</title>",
            f'<rect width="{width}" height="{height}" fill="{PAPER}"/>',
            *_heads(mixer, diagram.order),
            *_arcs(mixer, counts, height),
            *_nodes(counts, height),
            "</svg>",
            "",
        ]
    )


def _title(mixer: Mixer) -> str:
    return f"The space of {mixer.spec.name}: {mixer.count()} mixes in {mixer.space.nodes} nodes"


def _heads(mixer: Mixer, order: Sequence[int]) -> Iterator[str]:
    for level, slot in enumerate(order):
        x = MARGIN + COLUMN * level + COLUMN / 2
        name = escape(mixer.spec.slots[slot].name)
        yield f'<text x="{x:g}" y="24" text-anchor="middle" font-size="15" fill="{INK}">{name}</text>'


def _arcs(mixer: Mixer, counts: Sequence[int], height: int) -> Iterator[str]:
    diagram = mixer.space.diagram
    for level, layer in enumerate(diagram.layers):
        slot = diagram.order[level]
        for node, arcs in enumerate(layer.arcs):
            for turn, (mask, child) in enumerate(arcs):
                x1, y1 = _place(level, node, counts, height)
                x2, y2 = _place(level + 1, child, counts, height)
                names = escape(", ".join(mixer.option_slugs[slot][option] for option in bits(mask)))
                yield f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}" stroke="{LINE}" fill="none"/>'
                yield _words((x1, y1), (x2, y2), names, turn=turn, of=len(arcs))


def _words(start: tuple[float, float], end: tuple[float, float], names: str, *, turn: int, of: int) -> str:
    """The names along an arc: beside the node if it is its only one, else staggered so that fans stay readable."""
    anchor, x, y = "start", start[0] + 12, start[1] + 3.5
    if of > 1:
        share = 0.3 + 0.4 * turn / (of - 1)
        anchor = "middle"
        x, y = start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share - 3
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{SOFT}" stroke="{PAPER}"'
        f' stroke-width="3" paint-order="stroke">{names}</text>'
    )


def _nodes(counts: Sequence[int], height: int) -> Iterator[str]:
    for level, count in enumerate(counts):
        for node in range(count):
            x, y = _place(level, node, counts, height)
            yield f'<circle cx="{x:g}" cy="{y:g}" r="7" fill="{PAPER}" stroke="{INK}" stroke-width="2"/>'


def _place(level: int, node: int, counts: Sequence[int], height: int) -> tuple[float, float]:
    """Where a node stands: its level's column, spread over the height."""
    step = (height - MARGIN) / counts[level]
    return MARGIN + COLUMN * level, MARGIN / 2 + 16 + step * (node + 0.5)
