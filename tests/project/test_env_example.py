"""`.env.example` lists every setting that the code reads, with its true default, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETTINGS = "\n".join(path.read_text() for path in (ROOT / "config").glob("*.py"))
EXAMPLE = (ROOT / ".env.example").read_text()


def find_reads() -> Iterator[tuple[str, ast.expr | None]]:
    """(name, default) of each `env.TYPE("NAME", default)` in the settings and what they call."""
    for node in ast.walk(ast.parse(SETTINGS)):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="env")), args=[ast.Constant(value=str(name)), *rest]
            ):
                if name.isupper():
                    yield name, rest[0] if rest else None


def find_procfile_names() -> dict[str, str]:
    return dict(re.findall(r"\$\{(\w+):-([\w.]+)\}", (ROOT / "Procfile").read_text()))


def find_listed() -> dict[str, str | None]:
    """Value by name; None for a line that is commented out."""
    lines = re.findall(r"^(# )?([A-Z][A-Z_]+)=(.*)$", EXAMPLE, flags=re.MULTILINE)
    return {name: None if comment else value for comment, name, value in lines}


def test_every_setting_is_listed_and_nothing_else() -> None:
    read = {name for name, _default in find_reads()} | set(find_procfile_names())

    assert len(read) > 10
    assert set(find_listed()) == read


def test_the_listed_values_are_the_defaults() -> None:
    defaults = find_procfile_names()
    for name, default in find_reads():
        if isinstance(default, ast.Constant) and default.value != "":
            defaults[name] = str(default.value)

    assert {name: value for name, value in find_listed().items() if value is not None} == {
        name: value.lower() if value in {"True", "False"} else value for name, value in defaults.items()
    }
