"""Draws the states of a job and the ways between them: `python -m docs.states` writes docs/pictures/job-states.svg."""

from collections.abc import Iterator
from html import escape
from pathlib import Path

PICTURE = Path(__file__).parent / "pictures" / "job-states.svg"

# The column and row of each state: the usual way runs through the middle.
PLACES = {
    "pending": (0, 1),
    "ready": (1, 1),
    "claimed": (2, 1),
    "in_production": (3, 1),
    "produced": (4, 1),
    "shipped": (5, 1),
    "failed": (2, 0),
    "cancelled": (2, 2),
}
# How far a line bends from the straight way, to its left; those that are not named run straight.
BENDS = {("claimed", "ready"): -46, ("failed", "cancelled"): 130}
WIDTH, HEIGHT = 124, 40
COLUMN, ROW = 180, 130
STYLE = """
  text { font: 15px system-ui, sans-serif; text-anchor: middle; dominant-baseline: central; fill: #1d2733 }
  rect { fill: #eef3f8; stroke: #3d5a80; stroke-width: 1.5 }
  .end { stroke-width: 3 }
  path { fill: none; stroke: #3d5a80; stroke-width: 1.5 }
  marker path { fill: #3d5a80 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf5 }
    rect { fill: #1d2733; stroke: #98c1d9 }
    path { stroke: #98c1d9 }
    marker path { fill: #98c1d9 }
  }
"""
TIP = (
    '<marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0 10 5 0 10z"/></marker>'
)


def draw(allowed: dict[str, tuple[str, ...]]) -> str:
    """The SVG of a table of states and where each may lead; KeyError for a state without a place."""
    width, height = 5 * COLUMN + WIDTH + 40, 2 * ROW + HEIGHT + 60
    ways = "; ".join(f"{a} to {', '.join(to)}" for a, to in allowed.items() if to)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        f"<title>States of a job</title><desc>{escape(ways)}</desc>",
        f"<style>{STYLE}</style>",
        f"<defs>{TIP}</defs>",
        *(f'<path marker-end="url(#tip)" d="{_way(a, b)}"/>' for a, to in allowed.items() for b in to),
        *_boxes(allowed),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _boxes(allowed: dict[str, tuple[str, ...]]) -> Iterator[str]:
    for state, to in allowed.items():
        x, y = _middle(state)
        end = "" if to else ' class="end"'
        yield (
            f'<rect{end} x="{x - WIDTH // 2}" y="{y - HEIGHT // 2}" width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
            f'<text x="{x}" y="{y}">{escape(state)}</text>'
        )


def _middle(state: str) -> tuple[int, int]:
    column, row = PLACES[state]
    return column * COLUMN + WIDTH // 2 + 20, row * ROW + HEIGHT // 2 + 30


def _way(a: str, b: str) -> str:
    (x1, y1), (x2, y2) = _middle(a), _middle(b)
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    bend = BENDS.get((a, b), 0)
    cx, cy = (x1 + x2) / 2 + (y2 - y1) / length * bend, (y1 + y2) / 2 - (x2 - x1) / length * bend
    sx, sy = _edge((x1, y1), (cx, cy))
    ex, ey = _edge((x2, y2), (cx, cy))
    return f"M{sx:.0f} {sy:.0f}Q{cx:.0f} {cy:.0f} {ex:.0f} {ey:.0f}"


def _edge(middle: tuple[float, float], towards: tuple[float, float]) -> tuple[float, float]:
    """Where the line from the middle of a box leaves it, and a little further."""
    dx, dy = towards[0] - middle[0], towards[1] - middle[1]
    share = min(
        (WIDTH / 2 + 4) / abs(dx) if dx else float("inf"), (HEIGHT / 2 + 4) / abs(dy) if dy else float("inf")
    )
    return middle[0] + dx * share, middle[1] + dy * share


def main() -> None:
    import django  # noqa: PLC0415  # what follows needs the apps to be loaded

    django.setup()
    from orders.jobs import ALLOWED  # noqa: PLC0415

    PICTURE.write_text(draw({str(state): tuple(map(str, to)) for state, to in ALLOWED.items()}))
    print(f"{PICTURE} is drawn.")


if __name__ == "__main__":
    main()
