"""Reading published problems as models: tables, forbidden combinations and limits in JSON, feature models in DIMACS."""

import gzip
import json
from pathlib import Path
from typing import Any

from configurator.mixing.model import Limit, Model, Nogood, Table


def read_instance(path: Path) -> Model:
    """The model of a `*.json.gz` or `*.dimacs.gz` file. Raises ValueError for a name of another kind."""
    if path.name.endswith(".json.gz"):
        return _from_json(json.loads(gzip.decompress(path.read_bytes())))
    if path.name.endswith(".dimacs.gz"):
        return _from_dimacs(gzip.decompress(path.read_bytes()).decode())
    raise ValueError(f"{path.name} is neither *.json.gz nor *.dimacs.gz.")


def _from_json(raw: dict[str, Any]) -> Model:
    return Model(
        sizes=tuple(len(slot["options"]) for slot in raw["slots"]),
        nogoods=tuple(
            Nogood(
                tuple((int(slot), sum(1 << option for option in set(row))) for slot, row in parts.items()),
                f"nogood {i}",
            )
            for i, parts in enumerate(raw.get("nogoods") or ())
        ),
        limits=tuple(
            Limit(
                tuple((int(slot), tuple(row)) for slot, row in each["w"].items()),
                each.get("lo"),
                each.get("hi"),
                f"limit {i}",
            )
            for i, each in enumerate(raw.get("linears") or ())
        ),
        tables=tuple(
            Table(tuple(each["scope"]), frozenset(map(tuple, each["tuples"])), f"table {i}")
            for i, each in enumerate(raw.get("tables") or ())
        ),
    )


def _from_dimacs(text: str) -> Model:
    """Option 0 is False, 1 is True; a clause forbids that all its literals are false."""
    clauses: list[set[int]] = []
    variables = 0
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["p"]:
            variables = int(words[2])
        elif words and words[0] not in ("c", "%"):
            clauses.append({int(word) for word in words[:-1]})
    nogoods = tuple(
        Nogood(
            tuple((abs(literal) - 1, 0b01 if literal > 0 else 0b10) for literal in sorted(clause, key=abs)),
            f"clause {i}",
        )
        for i, clause in enumerate(clauses)
        if not any(-literal in clause for literal in clause)
    )
    return Model((2,) * variables, nogoods)
