"""The head of a label, with the names, and its foot: volume, open jar, batch and maker. All in millimetres."""

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from orders.labels.content import Label
from orders.labels.measuring import ASCENT, LEADING, POINT, is_known, measure, wrap

SMALLEST = 6 * POINT
MARGIN = 3.0
GAP = 1.5
JAR = 8.0  # the side of the open jar's box
NAME_POINTS, MADE_FOR_POINTS = (14, 11, 9, 7), (11, 9, 7, 6)
MOST_LINES = 2  # of a name, as long as a smaller type helps
# Up to so many millilitres the volume is set in this size, for digits of 3 or 4 mm and an e-mark of 3 mm; else of 6 mm.
VOLUME_SIZES = ((200, 4.7), (1000, 5.7))
LARGE_VOLUME = 8.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A line of letters that stand on `y`, from `x` on, at most `width` wide in any font.

    `squeeze`: it has letters that nobody measured, so whoever draws it sets it to `width`.
    """

    x: float
    y: float
    size: float
    text: str
    width: float
    bold: bool
    squeeze: bool

    def moved(self, down: float) -> "Text":
        return replace(self, y=self.y + down)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """`texts` of a head stand where they are drawn; those of a foot as if it began at 0.

    `blank` is the line to write on, as (x, y, its end); `jar` is where the open jar's box begins.
    """

    texts: tuple[Text, ...]
    height: float
    blank: tuple[float, float, float] | None = None
    jar: float | None = None


def set_line(text: str, *, x: float, top: float, size: float, bold: bool = False) -> Text:
    return Text(
        x=x,
        y=top + size * ASCENT,
        size=size,
        text=text,
        width=measure(text, size=size, bold=bold),
        bold=bold,
        squeeze=not is_known(text),
    )


def set_head(label: Label, *, room: float) -> Edge:
    """The names, each in the largest size in which it takes MOST_LINES."""
    texts: list[Text] = []
    y = MARGIN
    for text, points, bold in (
        (label.name, NAME_POINTS, True),
        (label.made_for, MADE_FOR_POINTS, False),
    ):
        size, lines = _largest(text, points, room=room, bold=bold)
        for line in lines:
            texts.append(set_line(line, x=MARGIN, top=y, size=size, bold=bold))
            y += size * LEADING
    return Edge(texts=tuple(texts), height=y - MARGIN)


def set_foot(label: Label, *, width: float) -> Edge:
    """Volume and open jar on the left, batch and maker in what is left of the row."""
    texts: list[Text] = []
    x = MARGIN
    jar = blank = None
    if label.volume:
        volume_ml = label.volume_ml or 0
        size = next((size for most, size in VOLUME_SIZES if volume_ml <= most), LARGE_VOLUME)
        texts.append(set_line(label.volume, x=x, top=0, size=size))
        x += texts[0].width + GAP
    if label.months:
        jar = x
        x += JAR + GAP
    y = 0.0

    def room(_line: int) -> float:
        return width - MARGIN - x

    for line in wrap(_("Batch: %(batch)s") % {"batch": label.batch}, size=SMALLEST, width=room):
        texts.append(set_line(line, x=x, top=y, size=SMALLEST))
        y += SMALLEST * LEADING
    if not label.batch:
        blank = (x + texts[-1].width + GAP, y + GAP, width - MARGIN)
        y += 2 * GAP  # room for a hand
    for line in wrap(label.maker, size=SMALLEST, width=room):
        texts.append(set_line(line, x=x, top=y, size=SMALLEST))
        y += SMALLEST * LEADING
    tallest = max((text.size * LEADING for text in texts), default=0)
    return Edge(texts=tuple(texts), height=max(y, tallest, JAR if jar else 0), blank=blank, jar=jar)


def _largest(text: str, points: tuple[int, ...], *, room: float, bold: bool) -> tuple[float, list[str]]:
    for point in points:
        lines = list(wrap(text, size=point * POINT, width=lambda _line: room, bold=bold))
        if len(lines) <= MOST_LINES:
            break
    return point * POINT, lines
