"""The generic model under every recipe: slots, options and the constraints between them, all by index.

A *mix* is one option per slot, `(option of slot 0, option of slot 1, ...)`. A set of options is an int bitmask, bit i
for option i. A constraint's `source` names the staff rule that it came from; many constraints may share one.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias

Mix: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Nogood:
    """Forbidden if every listed slot holds an option of its mask; one without parts forbids everything."""

    parts: tuple[tuple[int, int], ...]
    source: str

    @property
    def scope(self) -> tuple[int, ...]:
        return tuple(slot for slot, _ in self.parts)

    def admits(self, mix: Sequence[int]) -> bool:
        return any(not mask >> mix[slot] & 1 for slot, mask in self.parts)

    def problems(self, sizes: Sequence[int]) -> Iterator[str]:
        for slot, mask in self.parts:
            if 0 <= slot < len(sizes) and not 0 <= mask < 1 << sizes[slot]:
                yield f"mask {mask:#b} does not fit the {sizes[slot]} options of slot {slot}"


@dataclass(frozen=True, slots=True)
class Limit:
    """The weights of the chosen options, summed over the listed slots, must lie in [low, high]; None is no bound."""

    weights: tuple[tuple[int, tuple[int, ...]], ...]
    low: int | None
    high: int | None
    source: str

    @property
    def scope(self) -> tuple[int, ...]:
        return tuple(slot for slot, _ in self.weights)

    def admits(self, mix: Sequence[int]) -> bool:
        total = sum(weights[mix[slot]] for slot, weights in self.weights)
        return (self.low is None or total >= self.low) and (self.high is None or total <= self.high)

    def problems(self, sizes: Sequence[int]) -> Iterator[str]:
        for slot, weights in self.weights:
            if 0 <= slot < len(sizes) and len(weights) != sizes[slot]:
                yield f"{len(weights)} weights for the {sizes[slot]} options of slot {slot}"
        if self.low is not None and self.high is not None and self.low > self.high:
            yield f"low {self.low} is above high {self.high}"


@dataclass(frozen=True, slots=True)
class Table:
    """The options of the slots in `scope` must form one of `rows`, each as long as the scope."""

    scope: tuple[int, ...]
    rows: frozenset[tuple[int, ...]]
    source: str

    def admits(self, mix: Sequence[int]) -> bool:
        return tuple(mix[slot] for slot in self.scope) in self.rows

    def problems(self, sizes: Sequence[int]) -> Iterator[str]:
        if any(len(row) != len(self.scope) for row in self.rows):
            yield f"a row is not as long as the {len(self.scope)} slots of its scope"
            return
        for slot, column in zip(self.scope, zip(*self.rows, strict=True), strict=False):
            if 0 <= slot < len(sizes) and not 0 <= min(column) <= max(column) < sizes[slot]:
                yield f"a row names an option outside the {sizes[slot]} options of slot {slot}"


Constraint: TypeAlias = Nogood | Limit | Table


@dataclass(frozen=True, slots=True)
class Model:
    """`sizes[slot]` options per slot, and what must hold between them.

    `order` gives the sources in the order in which staff wrote the rules; sources that it does not name follow in the
    order nogoods, limits, tables. Raises ValueError naming every problem at once. Costs time linear in the constraints.
    """

    sizes: tuple[int, ...]
    nogoods: tuple[Nogood, ...] = ()
    limits: tuple[Limit, ...] = ()
    tables: tuple[Table, ...] = ()
    order: tuple[str, ...] = ()
    by_source: dict[str, tuple[Constraint, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if problems := list(self._problems()):
            raise ValueError("This model does not hold together: " + "; ".join(problems))
        grouped: dict[str, list[Constraint]] = {source: [] for source in self.order}
        for constraint in self.constraints:
            grouped.setdefault(constraint.source, []).append(constraint)
        by_source = {source: tuple(group) for source, group in grouped.items() if group}
        object.__setattr__(self, "by_source", by_source)

    @property
    def constraints(self) -> tuple[Constraint, ...]:
        return (*self.nogoods, *self.limits, *self.tables)

    @property
    def sources(self) -> tuple[str, ...]:
        """The staff rules behind the constraints, each once, in rule order."""
        return tuple(self.by_source)

    @property
    def full(self) -> tuple[int, ...]:
        """The mask of all options, per slot."""
        return tuple((1 << size) - 1 for size in self.sizes)

    def only(self, sources: Collection[str]) -> "Model":
        """This model under the constraints of these sources alone; names that it does not know are ignored."""
        return self._keeping(lambda source: source in sources)

    def without(self, sources: Collection[str]) -> "Model":
        """This model less the constraints of these sources; names that it does not know are ignored."""
        return self._keeping(lambda source: source not in sources)

    def violated(self, mix: Sequence[int]) -> tuple[str, ...]:
        """The sources of all constraints that a complete mix breaks, each once, in rule order.

        Raises ValueError for a mix of another shape. Costs time linear in the scopes of the constraints.
        """
        self._check_mix(mix)
        return tuple(
            source
            for source, constraints in self.by_source.items()
            if not all(constraint.admits(mix) for constraint in constraints)
        )

    def admits(self, mix: Sequence[int]) -> bool:
        """Whether a complete mix breaks no constraint. Raises ValueError for a mix of another shape."""
        self._check_mix(mix)
        return all(constraint.admits(mix) for group in self.by_source.values() for constraint in group)

    def _keeping(self, wanted: Callable[[str], bool]) -> "Model":
        return Model(
            sizes=self.sizes,
            nogoods=tuple(nogood for nogood in self.nogoods if wanted(nogood.source)),
            limits=tuple(limit for limit in self.limits if wanted(limit.source)),
            tables=tuple(table for table in self.tables if wanted(table.source)),
            order=self.order,
        )

    def _check_mix(self, mix: Sequence[int]) -> None:
        if len(mix) != len(self.sizes):
            raise ValueError(f"A mix has {len(self.sizes)} options, one per slot; this one has {len(mix)}.")
        for slot, (option, size) in enumerate(zip(mix, self.sizes, strict=True)):
            if not 0 <= option < size:
                raise ValueError(f"Slot {slot} has options 0 to {size - 1}; this mix has {option}.")

    def _problems(self) -> Iterator[str]:
        yield from (f"slot {i} has {size} options" for i, size in enumerate(self.sizes) if size < 0)
        for constraint in self.constraints:
            for problem in chain(
                _scope_problems(constraint.scope, len(self.sizes)), constraint.problems(self.sizes)
            ):
                yield f"{type(constraint).__name__.lower()} of {constraint.source!r}: {problem}"


def _scope_problems(scope: Iterable[int], slots: int) -> Iterator[str]:
    seen: set[int] = set()
    for slot in scope:
        if not 0 <= slot < slots:
            yield f"there is no slot {slot}"
        elif slot in seen:
            yield f"slot {slot} is named twice"
        seen.add(slot)
