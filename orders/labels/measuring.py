"""How wide text is, without a browser: by the widest of the fonts that a label asks for, so that it fits in all."""

import unicodedata
from collections.abc import Callable, Iterator

import regex

POINT = 25.4 / 72  # millimetres
LEADING = 1.2  # from line to line, in sizes of the font
ASCENT = 0.94  # from the top of a line to where its letters stand, in sizes of the font

# Advances of DejaVu Sans in hundredths of its size, rounded up, from the space to the tilde.
PLAIN = (
    32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84,
    84, 84, 54, 100, 69, 69, 70, 78, 64, 58, 78, 76, 30, 30, 66, 56, 87, 75, 79, 61, 79, 70, 64, 62, 74, 69, 99, 69,
    62, 69, 40, 34, 40, 84, 50, 50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 53, 40,
    64, 60, 82, 60, 60, 53, 64, 34, 64, 84,
)  # fmt: skip
BOLD = (
    35, 46, 53, 84, 70, 101, 88, 31, 46, 46, 53, 84, 38, 42, 38, 37, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 40, 40, 84,
    84, 84, 59, 100, 78, 77, 74, 84, 69, 69, 83, 84, 38, 38, 78, 64, 100, 84, 86, 74, 86, 78, 73, 69, 82, 78, 111, 78,
    73, 73, 46, 37, 46, 84, 50, 50, 68, 72, 60, 72, 68, 44, 72, 72, 35, 35, 67, 35, 105, 72, 69, 72, 72, 50, 60, 48,
    72, 66, 93, 65, 66, 59, 72, 37, 72, 84,
)  # fmt: skip
OTHERS = {"·": 38, "’": 38, "℮": 86}
UNKNOWN = 110  # letters of other scripts; `is_known` says whether a text has any


def measure(text: str, *, size: float, bold: bool = False) -> float:
    """How wide a line is at most, in the unit of `size`; a guess where `is_known` says no."""
    return sum(_advance(letter, bold=bold) for letter in unicodedata.normalize("NFD", text)) * size / 100


def is_known(text: str) -> bool:
    """Whether every letter of a text is in the tables, so that no font is wider than `measure` says."""
    plain = unicodedata.normalize("NFD", text)
    return all(" " <= letter <= "~" or letter in OTHERS or unicodedata.combining(letter) for letter in plain)


def wrap(text: str, *, size: float, width: Callable[[int], float], bold: bool = False) -> Iterator[str]:
    """The lines of a text; `width(i)` is the room of line i, in the unit of `size`.

    Broken at spaces; a word that is longer than a line goes on in the next one.
    """
    number, line = 0, ""
    for word in text.split():
        longer = f"{line} {word}" if line else word
        if measure(longer, size=size, bold=bold) <= width(number):
            line = longer
            continue
        if line:
            yield line
            number, line = number + 1, ""
        for letter in regex.findall(r"\X", word):
            if line and measure(line + letter, size=size, bold=bold) > width(number):
                yield line
                number, line = number + 1, ""
            line += letter
    if line:
        yield line


def _advance(letter: str, *, bold: bool) -> int:
    if " " <= letter <= "~":
        return (BOLD if bold else PLAIN)[ord(letter) - ord(" ")]
    if unicodedata.combining(letter) or unicodedata.category(letter) in ("Cf", "Mn"):
        return 0
    return OTHERS.get(letter, UNKNOWN)
