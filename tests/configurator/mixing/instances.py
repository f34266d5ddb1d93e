"""Models by hand, and published ones with known counts where the folder of instances lies beside the checkout."""

import gzip
import json
from functools import cache
from pathlib import Path

import pytest

from configurator.mixing.compiling import compile_space
from configurator.mixing.model import Limit, Model, Nogood, Table
from configurator.mixing.space import Space

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "instances"


def tea_model() -> Model:
    """4 bases and 8 shots twice, under nine forbidden combinations and a limit on strength; 141 can be made."""
    nogoods = [
        ((0, 0b0010), (1, 1 << 2)),
        ((0, 0b0010), (2, 1 << 2)),
        ((0, 0b0001), (1, 1 << 5)),
        ((0, 0b0001), (2, 1 << 5)),
        ((1, 1 << 3), (2, 1 << 6)),
        ((1, 1 << 6), (2, 1 << 3)),
        ((1, 1 << 1), (2, 0b11101100)),
        ((0, 0b1011), (1, 1 << 7)),
        ((0, 0b1011), (2, 1 << 7)),
    ]
    strength = (0, 1, 2, 3, 1, 2, 4, 5)
    limit = Limit(((0, (1, 2, 3, 2)), (1, strength), (2, strength)), None, 8, "too strong")
    return Model((4, 8, 8), tuple(Nogood(parts, f"pair {i}") for i, parts in enumerate(nogoods)), (limit,))


@cache
def published_space(name: str) -> Space:
    """The space of a published problem, compiled once for all tests."""
    return compile_space(load_json(name))


def load_json(name: str) -> Model:
    raw = json.loads(gzip.decompress(_read(f"{name}.json.gz")))
    return Model(
        sizes=tuple(len(slot["options"]) for slot in raw["slots"]),
        nogoods=tuple(
            Nogood(
                tuple((int(slot), sum(1 << o for o in set(options))) for slot, options in parts.items()),
                f"nogood {i}",
            )
            for i, parts in enumerate(raw.get("nogoods", []))
        ),
        limits=tuple(
            Limit(
                tuple((int(slot), tuple(row)) for slot, row in each["w"].items()),
                each["lo"],
                each["hi"],
                f"limit {i}",
            )
            for i, each in enumerate(raw.get("linears", []))
        ),
        tables=tuple(
            Table(tuple(each["scope"]), frozenset(map(tuple, each["tuples"])), f"table {i}")
            for i, each in enumerate(raw.get("tables", []))
        ),
    )


def load_dimacs(name: str) -> Model:
    """A boolean feature model: option 0 is False, 1 is True; a clause forbids that all its literals are false."""
    clauses = []
    variables = 0
    for line in gzip.decompress(_read(f"{name}.dimacs.gz")).decode().splitlines():
        words = line.split()
        if words[:1] == ["p"]:
            variables = int(words[2])
        elif words and words[0] != "c":
            clauses.append({int(word) for word in words[:-1]})
    nogoods = (
        Nogood(
            tuple((abs(literal) - 1, 0b01 if literal > 0 else 0b10) for literal in sorted(clause)),
            f"clause {i}",
        )
        for i, clause in enumerate(clauses)
    )
    return Model((2,) * variables, tuple(nogoods))


def _read(name: str) -> bytes:
    if not (FOLDER / name).exists():
        pytest.skip(f"{name} is not in {FOLDER.name}; it is no part of this repository")
    return (FOLDER / name).read_bytes()
