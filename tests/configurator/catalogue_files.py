"""Variants of the shipped catalogue file, whose own recipe the test database holds already."""

import json
import re
from pathlib import Path
from typing import Any

from tests.configurator.catalogue_judge import FILE, components

RENAMED = re.compile(rf'"({"|".join([*components(), "base-blends", "super-shots"])})"')


def soap_text() -> str:
    """The shipped file as another recipe of other parts: soap, of x-lift, x-mend and so on."""
    text = RENAMED.sub(r'"x-\1"', FILE.read_text(encoding="utf-8"))
    return text.replace('"shampoo"', '"soap"').replace('"Shampoo"', '"Soap"')


def soap() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(soap_text())
    return found


def write_file(folder: Path, content: Any) -> Path:
    """A catalogue file of a text, or of a value as JSON with one line for each entry."""
    path = folder / "soap.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), encoding="utf-8")
    return path


def line_of(path: Path, mark: str) -> int:
    """The one line of a file that holds a mark."""
    (line,) = [n for n, text in enumerate(path.read_text().splitlines(), start=1) if mark in text]
    return line
