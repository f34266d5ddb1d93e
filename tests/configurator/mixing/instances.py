"""Models by hand, and published ones with known counts where the folder of instances lies beside the checkout."""

import gzip
import json
import os
from functools import cache
from pathlib import Path

import pytest

from benchmarks.instances import read_instance
from configurator.mixing.compiling import compile_space
from configurator.mixing.model import Limit, Model, Nogood
from configurator.mixing.space import Space

ROOT = Path(__file__).resolve().parents[3]
FOLDER = Path(os.environ.get("INSTANCES_DIR") or ROOT.parent / "shared" / "instances")


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
    return read_instance(_found(f"{name}.json.gz"))


def load_dimacs(name: str) -> Model:
    return read_instance(_found(f"{name}.dimacs.gz"))


def known_count(name: str) -> int:
    """The count that a problem's own file gives."""
    return int(json.loads(gzip.decompress(_found(f"{name}.json.gz").read_bytes()))["known_count"])


def _found(name: str) -> Path:
    if not (FOLDER / name).exists():
        pytest.skip(
            f"{name} is not in {FOLDER}, which INSTANCES_DIR may name; it is no part of this repository"
        )
    return FOLDER / name
