"""Where each line of a label stands: on one panel, or on fold-outs below it for what does not fit.

All in millimetres, from the top left corner. No text is smaller than 6 pt.
"""

from dataclasses import dataclass

import segno

from orders.labels.content import Label
from orders.labels.edges import GAP, MARGIN, Text, set_foot, set_head, set_line
from orders.labels.measuring import LEADING, POINT, wrap

FLOW_POINTS = (8, 7, 6.5, 6)
MODULE, FINE_MODULE = 0.4, 0.33  # of the code; fine where it would take more than a third of the width
QUIET = 4  # modules around the code
FORMATS = ((100, (62.0, 46.0)), (350, (90.0, 62.0)))  # up to so many millilitres: width and height of a panel
LARGEST, PLATE = (100.0, 70.0), (90.0, 40.0)  # for more, and for goods without a volume


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """The modules of a QR code, row by row, with the corner and the side of the first one."""

    rows: tuple[bytearray, ...]
    corner: tuple[float, float]
    module: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """`height` is that of all panels; `folds` are where they meet, from the top.

    `blank` is a line to write on, as (x, y, its end). `jar` is the corner of the open jar's box, with its text.
    """

    width: float
    height: float
    folds: tuple[float, ...]
    texts: tuple[Text, ...]
    code: Code
    blank: tuple[float, float, float] | None
    jar: tuple[float, float, str] | None


def lay_out(label: Label) -> Layout:
    """Set the flowing text as large as the panel lets it, down to 6 pt, then go on below a fold.

    A panel grows only for names so long that nothing else would find room on it.
    """
    width, height = _panel(label)
    code = _code(label.address, width)
    side = width - code.corner[0] + QUIET * code.module
    head = set_head(label, room=width - MARGIN - GAP - side)
    foot = set_foot(label, width=width)
    height = max(height, max(head.height, side) + 2 * GAP + foot.height + 2 * MARGIN)
    texts, panels = _flow(
        label,
        _Spots(
            width=width,
            height=height,
            top=MARGIN + head.height + GAP,
            bottom=height - MARGIN - foot.height - GAP,
            side=side,
        ),
    )
    lift = height - MARGIN - foot.height
    return Layout(
        width=width,
        height=height * panels,
        folds=tuple(height * panel for panel in range(1, panels)),
        texts=(*head.texts, *texts, *(text.moved(lift) for text in foot.texts)),
        code=code,
        blank=None if foot.blank is None else (foot.blank[0], foot.blank[1] + lift, foot.blank[2]),
        jar=None if foot.jar is None else (foot.jar, lift, f"{label.months}M"),
    )


def _panel(label: Label) -> tuple[float, float]:
    volume = label.volume_ml
    if volume is None:
        return PLATE
    return next((panel for most, panel in FORMATS if volume <= most), LARGEST)


def _code(address: str, width: float) -> Code:
    """In the top right corner; the weakest correction that makes it coarsest, or more where that costs nothing."""
    rows = segno.make_qr(address, error="l", boost_error=True).matrix
    modules = len(rows) + 2 * QUIET
    module = MODULE if modules * MODULE <= width / 3 else FINE_MODULE
    corner = (width - (modules - QUIET) * module, QUIET * module)
    return Code(rows=tuple(rows), corner=corner, module=module)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spots:
    """Where lines go: between `top` and `bottom` of the first panel, beside the code or below it, then below folds."""

    width: float
    height: float
    top: float
    bottom: float
    side: float

    def at(self, number: int, step: float) -> tuple[float, float]:
        """(top of a line, its room), for lines `step` high."""
        full = self.width - 2 * MARGIN
        first = max(int((self.bottom - self.top) // step), 0)
        if number < first:
            y = self.top + number * step
            return y, full if y >= self.side else full + MARGIN - GAP - self.side
        panel, line = divmod(number - first, int((self.height - 2 * MARGIN) // step))
        return (panel + 1) * self.height + MARGIN + line * step, full


def _flow(label: Label, spots: _Spots) -> tuple[list[Text], int]:
    """Parts and ingredients, in the largest type that needs no more panels than the smallest; and those panels."""
    tried = [_set_flow(label, spots, size=points * POINT) for points in FLOW_POINTS]
    fewest = min(panels for _, panels in tried)
    return next(flow for flow in tried if flow[1] == fewest)


def _set_flow(label: Label, spots: _Spots, *, size: float) -> tuple[list[Text], int]:
    texts: list[Text] = []
    y = 0.0

    def room(line: int) -> float:
        return spots.at(start + line, size * LEADING)[1]

    for paragraph in (label.parts, label.ingredients):
        start = len(texts)
        for line in wrap(paragraph, size=size, width=room):
            y, _ = spots.at(len(texts), size * LEADING)
            texts.append(set_line(line, x=MARGIN, top=y, size=size))
    return texts, int(y // spots.height) + 1
