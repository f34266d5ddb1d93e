"""A sheet of paper for pictures made here: paths, words in a box, and the PNG of it all."""

import io
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from configurator.tracing import Point, trace, turn

WIDTH, HEIGHT = 1200, 630
FINE = 2  # drawn this many times larger, then reduced, which smooths the edges
PAPER, INK, SOFT = "#fbf7f0", "#1f2a2e", "#4f5d61"
LINE_HEIGHT = 1.18  # of the size of the letters


@dataclass(frozen=True, slots=True)
class Place:
    """Where a drawing's own units come to lie: the point of its (0, 0), and pixels per unit."""

    x: float
    y: float
    scale: float

    def at(self, point: Point) -> Point:
        """A point of the drawing, in pixels of the finished picture."""
        return self.x + point[0] * self.scale, self.y + point[1] * self.scale


WHOLE = Place(0, 0, 1)


@dataclass(slots=True)
class Canvas:
    _image: Image.Image = field(
        default_factory=lambda: Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), PAPER)
    )

    def path(
        self, data: str, *, place: Place = WHOLE, fill: str = "", stroke: str = "", width: float = 3
    ) -> None:
        """Draw SVG path data; `width` of the stroke is in units of the drawing. A stroke lies over the fill."""
        lines = [[_fine(place.at(point)) for point in line] for line in trace(data)]
        if fill and lines:
            self._fill(lines, fill)
        if stroke:
            thick = max(1, round(width * place.scale * FINE))
            draw = ImageDraw.Draw(self._image)
            for line in lines:
                draw.line(line, fill=stroke, width=thick, joint="curve")
                for x, y in (line[0], line[-1]):
                    draw.circle((x, y), (thick - 1) / 2, fill=stroke)

    def text(
        self, words: str, *, box: tuple[int, int, int, int], largest: int, smallest: int = 24, fill: str = INK
    ) -> int:
        """Write in a box (left, top, right, bottom), as large as fits; what never fits is cut. Gives its lower edge.

        Signs that the font lacks lose their accents; words of other scripts are left out whole.
        """
        left, top, right, bottom = box
        size, lines = fit_text(
            words, width=right - left, height=bottom - top, largest=largest, smallest=smallest
        )
        draw = ImageDraw.Draw(self._image)
        font = _font(size * FINE)
        for number, line in enumerate(lines):
            y = (top + number * size * LINE_HEIGHT) * FINE
            draw.text((left * FINE, y), line, font=font, fill=fill, stroke_width=size // 40, stroke_fill=fill)
        return top + round(len(lines) * size * LINE_HEIGHT)

    def png(self) -> bytes:
        written = io.BytesIO()
        self._image.reduce(FINE).save(written, "PNG")
        return written.getvalue()

    def _fill(self, lines: list[list[Point]], colour: str) -> None:
        """A line inside another that goes the other way round cuts a hole, as in a browser."""
        left, top = (min(point[axis] for line in lines for point in line) for axis in (0, 1))
        right, bottom = (max(point[axis] for line in lines for point in line) for axis in (0, 1))
        corner = int(left), int(top)
        mask = Image.new("L", (int(right) - corner[0] + 2, int(bottom) - corner[1] + 2))
        first = turn(tuple(lines[0]))
        for line in lines:
            shape = [(x - corner[0], y - corner[1]) for x, y in line]
            ImageDraw.Draw(mask).polygon(shape, fill=255 if turn(tuple(line)) * first >= 0 else 0)
        self._image.paste(colour, (*corner, corner[0] + mask.width, corner[1] + mask.height), mask)


def fit_text(words: str, *, width: int, height: int, largest: int, smallest: int) -> tuple[int, list[str]]:
    """The largest size in pixels, and the lines, in which words fit a box; the last line is cut if none does."""
    said = printable(words)
    lines: list[str] = []
    for size in range(largest, smallest - 1, -2):
        lines = _wrap(said, size=size, width=width)
        is_low = len(lines) * size * LINE_HEIGHT <= height
        if is_low and all(_font(size).getlength(line) <= width for line in lines):
            return size, lines
    kept = lines[: max(1, int(height / (smallest * LINE_HEIGHT)))]
    return smallest, [_cut(line, size=smallest, width=width, is_last=line is kept[-1]) for line in kept]


def printable(words: str) -> str:
    """Words as the font can print them: without accents it lacks, and without words it has no letters for."""
    return " ".join(said for word in words.split() if (said := _printable_word(word)))


def _printable_word(word: str) -> str:
    if all(map(_has, word)):
        return word
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter)
    )
    return plain if all(map(_has, plain)) else ""


def _wrap(words: str, *, size: int, width: int) -> list[str]:
    lines: list[str] = []
    for word in words.split():
        if lines and _font(size).getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines


def _cut(line: str, *, size: int, width: int, is_last: bool) -> str:
    if not is_last and _font(size).getlength(line) <= width:
        return line
    while line and _font(size).getlength(f"{line}...") > width:
        line = line[:-1]
    return f"{line.rstrip()}..."


def _fine(point: Point) -> Point:
    return point[0] * FINE, point[1] * FINE


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise TypeError("this Pillow is built without FreeType, which every wheel of it has")
    return font


@lru_cache(maxsize=4096)
def _has(letter: str) -> bool:
    """Whether the font has a sign for a letter, rather than the empty box."""
    font = _font(40)
    return letter == " " or bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))
