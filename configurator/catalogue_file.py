"""Reading a catalogue file: JSON checked for shape, every problem named by line and field."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class FileProblem:
    """`line` is counted from 1; `where` is a path such as families[1].components[2].colour."""

    line: int
    where: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.where}: {self.message}"


class CatalogueError(Exception):
    """A file that cannot be loaded, with all that is wrong in it."""

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(slots=True)
class Node:
    """A value of the file that knows where it stands; reading a wrong value notes a problem and goes on."""

    value: Any
    where: str
    line: int
    lines: Mapping[str, int]
    problems: list[FileProblem] = field(repr=False)

    def fail(self, message: str) -> None:
        self.problems.append(FileProblem(self.line, self.where or "the file", message))

    def get(self, name: str) -> "Node":
        """The member `name`; missing members read as None and stand where their object stands."""
        path = f"{self.where}.{name}".lstrip(".")
        value = self.value.get(name) if isinstance(self.value, dict) else None
        return Node(value, path, self.lines.get(path, self.line), self.lines, self.problems)

    def members(self) -> list[tuple[str, "Node"]]:
        if self.value is None:
            return []
        if not isinstance(self.value, dict):
            self.fail("expected an object")
            return []
        return [(name, self.get(name)) for name in self.value]

    def items(self) -> list["Node"]:
        if self.value is None:
            return []
        if not isinstance(self.value, list):
            self.fail("expected a list")
            return []
        return [
            Node(
                item,
                f"{self.where}[{i}]",
                self.lines.get(f"{self.where}[{i}]", self.line),
                self.lines,
                self.problems,
            )
            for i, item in enumerate(self.value)
        ]

    def text(self, default: str | None = None) -> str:
        if self.value is None and default is not None:
            return default
        if not isinstance(self.value, str) or (not self.value and default is None):
            self.fail("expected a text" if self.value is not None else "is missing")
            return ""
        return self.value

    def whole(self, default: int | None = None) -> int:
        if self.value is None and default is not None:
            return default
        if isinstance(self.value, Decimal) and self.value == self.value.to_integral_value():
            return int(self.value)
        self.fail("expected a whole number" if self.value is not None else "is missing")
        return 0

    def decimal(self) -> Decimal | None:
        if self.value is None:
            return None
        if isinstance(self.value, Decimal):
            return self.value
        self.fail("expected a number")
        return None

    def flag(self) -> bool:
        if self.value is None or isinstance(self.value, bool):  # not "in (True, False)": 1 is equal to True
            return bool(self.value)
        self.fail("expected true or false")
        return False


def find_file(name: str) -> Path:
    """A catalogue file by its path, or a shipped one by its plain name, such as `bicycle`."""
    shipped = SHIPPED / f"{name}.json"
    return shipped if shipped.parent == SHIPPED and shipped.exists() else Path(name)


def read_file(text: str) -> Node:
    """The root of a catalogue file; raises CatalogueError for text that is not a JSON object."""
    try:
        value = json.loads(text, parse_float=_number, parse_int=_number)
    except json.JSONDecodeError as error:
        raise CatalogueError([FileProblem(error.lineno, "the file", f"not JSON: {error.msg}")]) from error
    except RecursionError as error:
        raise CatalogueError([FileProblem(1, "the file", "not JSON: it is nested too deeply")]) from error
    if not isinstance(value, dict):
        raise CatalogueError([FileProblem(1, "the file", "expected an object")])
    twice: list[FileProblem] = []
    lines = locate(text, twice)
    if twice:
        raise CatalogueError(twice)
    return Node(value, "", 1, lines, [])


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # pragma: no cover - json lets no such text through
        return Decimal(0)


TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')


def locate(text: str, twice: list[FileProblem]) -> dict[str, int]:
    """Path -> line for every value of a valid JSON text; names that an object has `twice` are noted."""
    lines: dict[str, int] = {}
    stack: list[tuple[str, int | None]] = []  # (path of the container, next index or None for an object)
    key, expects_key = "", False
    line, seen = 1, 0
    for token in TOKEN.finditer(text):
        line += text.count("\n", seen, token.start())
        seen = token.start()
        mark = token.group()
        if mark in "]}":
            stack.pop()
            continue
        if mark == ",":
            expects_key = stack[-1][1] is None
            continue
        if mark == ":":
            continue
        if expects_key and mark.startswith('"'):
            key, expects_key = json.loads(mark), False
            continue
        path = _path_of_next(stack, key)
        if path in lines:
            twice.append(FileProblem(line, path, "stands there twice"))
        lines[path] = line
        if mark in "[{":
            stack.append((path, 0 if mark == "[" else None))
            expects_key = mark == "{"
    return lines


def _path_of_next(stack: list[tuple[str, int | None]], key: str) -> str:
    if not stack:
        return ""
    parent, index = stack[-1]
    if index is None:
        return f"{parent}.{key}".lstrip(".")
    stack[-1] = (parent, index + 1)
    return f"{parent}[{index}]"
