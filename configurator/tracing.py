"""SVG path data as straight lines, for pictures that are not drawn by a browser."""

from fontTools.pens.basePen import BasePen
from fontTools.svgLib.path.parser import parse_path

Point = tuple[float, float]

STEPS = 16  # straight lines that stand for one curve


def trace(path: str) -> tuple[tuple[Point, ...], ...]:
    """The subpaths of SVG path data as points, a closed one ending where it begins; none for what is no path data."""
    pen = _Tracer()
    try:
        parse_path(path, pen)  # type: ignore[no-untyped-call]  # the library has no types
    except (ValueError, IndexError, TypeError):  # the reader raises what its tokens happen to cause
        return ()
    return tuple(tuple(line) for line in pen.lines if len(line) > 1)


def turn(line: tuple[Point, ...]) -> float:
    """Twice the signed area of a closed line: its sign says which way round it goes."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(line, (*line[1:], line[0]), strict=True))


class _Tracer(BasePen):
    def __init__(self) -> None:
        super().__init__(None)  # type: ignore[no-untyped-call]
        self.lines: list[list[Point]] = []

    def _moveTo(self, pt: Point) -> None:  # noqa: N802 - the name that the library calls
        self.lines.append([pt])

    def _lineTo(self, pt: Point) -> None:  # noqa: N802
        self.lines[-1].append(pt)

    def _curveToOne(self, pt1: Point, pt2: Point, pt3: Point) -> None:  # noqa: N802
        start = self.lines[-1][-1]
        for step in range(1, STEPS + 1):
            t = step / STEPS
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
            points = (start, pt1, pt2, pt3)
            self.lines[-1].append(
                (
                    sum(weight * point[0] for weight, point in zip(weights, points, strict=True)),
                    sum(weight * point[1] for weight, point in zip(weights, points, strict=True)),
                )
            )

    def _closePath(self) -> None:  # noqa: N802
        if self.lines[-1][-1] != self.lines[-1][0]:
            self.lines[-1].append(self.lines[-1][0])
