"""Reading an uploaded file into rows: text of some spreadsheet, separated by commas, semicolons or tabs."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from configurator.exchanging.cells import unescape_cell

MOST_BYTES = 500_000
MOST_ROWS = 2_000
SEPARATORS = (",", ";", "\t")
NUL = "\0"


class UnreadableFileError(Exception):
    """The file as a whole cannot be read; `says` in words why, and what to do."""

    def __init__(self, says: str) -> None:
        self.says = says
        super().__init__(says)


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` are cells by column; `numbers` say which row of the spreadsheet each is, the heading being 1."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    has_decimal_comma: bool = False


def decode(content: bytes) -> str:
    """The text of a file. Raises UnreadableFileError."""
    if len(content) > MOST_BYTES:
        said = _(
            "This file is larger than %(most)s kB. Divide it into several and bring in one after the other."
        )
        raise UnreadableFileError(said % {"most": MOST_BYTES // 1000})
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise UnreadableFileError(
            _("This is a file of a spreadsheet program. Save it there as “CSV UTF-8” and choose that file.")
        )
    try:
        text = content.decode("utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableFileError(
            _("This file is not written in UTF-8. Save it as “CSV UTF-8” and choose that file.")
        ) from None
    if NUL in text:
        raise UnreadableFileError(_("This file is not a text. Save your list as “CSV UTF-8”."))
    return text


def read_table(text: str, *, known: Sequence[str], needed: Sequence[str]) -> Table:
    """The rows of a file with a heading that names some of the `known` columns and all of the `needed` ones.

    A file with semicolons comes from where numbers have a decimal comma. Raises UnreadableFileError.
    """
    separator = _separator(text, known)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        raise UnreadableFileError(
            _(
                "This file is damaged: a quotation mark is opened and not closed. Save it as “CSV UTF-8” again."
            )
        ) from None
    heading = _read_heading(lines[0] if lines else [], known, needed)
    rows, numbers = [], []
    for number, line in enumerate(lines[1:], start=2):
        cells = [unescape_cell(cell.strip(" ")) for cell in line]
        if any(cells):
            rows.append(_fitted(cells, len(heading), number))
            numbers.append(number)
    if len(rows) > MOST_ROWS:
        said = _(
            "This file has %(count)s rows; %(most)s at most are taken at once. Divide it into several files."
        )
        raise UnreadableFileError(said % {"count": len(rows), "most": MOST_ROWS})
    if not rows:
        raise UnreadableFileError(
            _("This file has a heading and no row below it. Choose the file with your rows.")
        )
    return Table(heading, tuple(rows), tuple(numbers), has_decimal_comma=separator == ";")


def _separator(text: str, known: Sequence[str]) -> str:
    first = text.lstrip().partition("\n")[0]
    return max(SEPARATORS, key=lambda each: sum(_name(cell) in known for cell in first.split(each)))


def _name(cell: str) -> str:
    return cell.strip().strip('"').strip().casefold()


def _read_heading(cells: list[str], known: Sequence[str], needed: Sequence[str]) -> tuple[str, ...]:
    heading = [_name(cell) for cell in cells]
    while heading and not heading[-1]:
        heading.pop()
    said = {"known": ", ".join(known), "needed": ", ".join(needed)}
    if strange := [name for name in heading if name not in known]:
        said["strange"] = ", ".join(f"“{name}”" for name in strange[:5])
        raise UnreadableFileError(
            _("The first row has to name the columns. It says %(strange)s; this list knows: %(known)s.")
            % said
        )
    if any(name not in heading for name in needed):
        raise UnreadableFileError(
            _("The first row has to name the columns; this list needs: %(needed)s. It knows: %(known)s.")
            % said
        )
    if twice := [name for name in known if heading.count(name) > 1]:
        said = {"twice": ", ".join(twice)}
        raise UnreadableFileError(_("The first row names a column twice: %(twice)s. Leave one out.") % said)
    return tuple(heading)


def _fitted(cells: list[str], count: int, number: int) -> tuple[str, ...]:
    """As many cells as the heading has; empty ones that a spreadsheet left out or added are no matter."""
    if any(cells[count:]):
        said = {"row": number, "cells": len(cells), "columns": count}
        raise UnreadableFileError(
            _(
                "Row %(row)s has %(cells)s cells, and the heading has %(columns)s. Put cells that contain a comma or"
                " a semicolon in quotation marks."
            )
            % said
        )
    return tuple((cells + [""] * count)[:count])
