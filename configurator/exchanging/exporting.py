"""Writing a list as a file that spreadsheets open, and that brings back what is there when it is brought in."""

import csv
import io

from configurator.exchanging.cells import escape_cell
from configurator.exchanging.lists import ListKind

BYTE_ORDER_MARK = "\ufeff"  # without it, spreadsheets take UTF-8 for something older


def export_list(kind: ListKind) -> bytes:
    """All rows as CSV in UTF-8, with a heading. No cell is one that a spreadsheet would run."""
    dataset = kind.resource().export()
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    for row in (dataset.headers, *dataset):
        writer.writerow([escape_cell(cell) for cell in row])
    return (BYTE_ORDER_MARK + written.getvalue()).encode()
