"""`configurator.mixing` imports only the standard library and itself."""

import ast
import sys
from pathlib import Path

import pytest

MIXING = Path(__file__).parents[2] / "configurator/mixing"
MODULES = sorted(MIXING.rglob("*.py"))


def find_imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_imports_only_the_standard_library_and_its_siblings(path: Path) -> None:
    foreign = {
        name
        for name in find_imports(path)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not name.startswith("configurator.mixing")
    }

    assert foreign == set()


def test_there_are_modules_to_look_at() -> None:
    assert len(MODULES) > 3
    assert "configurator.mixing.spec" in set.union(*(find_imports(path) for path in MODULES))
