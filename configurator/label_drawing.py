"""The name on the drawn label: set in one line or two, and squeezed where it would be wider than the paper."""

import unicodedata
from dataclasses import dataclass

import regex

PAPER = 60  # units that a line may be wide, of the label's 68
ONE_LINE = 12  # letters that stand in one line
MIDDLE, UPPER, LOWER = 170, 165, 177  # y of a line alone, and of the two of a long name
FONT, SMALL_FONT = 11, 9
WIDE, CAPITAL, SMALL = 1.0, 0.8, 0.6  # widths of a letter in parts of the font's size, on the safe side


@dataclass(frozen=True, slots=True)
class Line:
    """`width` is what the line is squeezed to, in the drawing's units; None for one that fits as it is."""

    text: str
    y: int
    width: int | None

    @property
    def is_half(self) -> bool:
        return self.y != MIDDLE


def draw_label(name: str) -> tuple[Line, ...]:
    """The lines of a name on the bottle; put one after the other, their texts are the name."""
    head, tail = _halves(name)
    if not tail:
        return (Line(name, MIDDLE, squeezed(name, FONT, PAPER)),)
    return (
        Line(head, UPPER, squeezed(head, SMALL_FONT, PAPER)),
        Line(tail, LOWER, squeezed(tail, SMALL_FONT, PAPER)),
    )


def squeezed(text: str, font: int, room: int) -> int | None:
    """`room` if a text might be wider than it; a guess, as no browser is here to measure."""
    return room if sum(_width(letter) for letter in text.strip()) * font > room else None


def _halves(name: str) -> tuple[str, str]:
    """A long name cut behind the space that leaves the shorter of the longer parts; else the name and nothing."""
    letters = regex.findall(r"\X", name)
    cuts = [at + 1 for at, letter in enumerate(letters) if letter == " "]
    if len(letters) <= ONE_LINE or not cuts:
        return name, ""
    cut = min(cuts, key=lambda at: max(at, len(letters) - at))
    return "".join(letters[:cut]), "".join(letters[cut:])


def _width(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0
    if unicodedata.east_asian_width(letter) in "WF" or letter in "MWmw":
        return WIDE
    return CAPITAL if letter.isupper() else SMALL
