"""Lint: what in a model can't be meant, such as rules that contradict one another or change nothing.

A rule is without effect if every mix that breaks it breaks another rule as well. That is settled by search: for each
rule a mix is sought that breaks it and keeps all others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from configurator.mixing.automata import Box, boxes_beside, groups_of
from configurator.mixing.model import Constraint, Limit, Mix, Model, Nogood
from configurator.mixing.narrowing import BoxNarrower, LimitNarrower, Narrower
from configurator.mixing.searching import Deadline, OutOfTime, Search
from configurator.mixing.space import Space

LINT_SECONDS = 5.0
NO_WITNESSES: Mapping[str, Mix] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """`contradiction`: rules that leave no mix at all, None if there are mixes; then nothing else is looked at.

    `never` and `always`: per slot, the mask of options that no mix holds, and that every mix holds though the slot has
    others. `idle`: rules without effect. `unsettled`: rules for which the time did not suffice to tell, or, with a
    contradiction, all of its rules where some might be spared. `witnesses`: for each other
    rule a mix that only it forbids.
    """

    contradiction: tuple[str, ...] | None
    never: tuple[int, ...]
    always: tuple[int, ...]
    idle: tuple[str, ...]
    unsettled: tuple[str, ...]
    witnesses: Mapping[str, Mix] = field(default_factory=dict, compare=False)


def lint(
    space: Space, *, deadline: Deadline | None = None, witnesses: Mapping[str, Mix] = NO_WITNESSES
) -> Lint:
    """See `Lint`. The deadline is LINT_SECONDS of the thread's CPU time by default.

    One search per rule, none where its mix in `witnesses`, found before in a space of mostly the same rules, still
    breaks it alone; a mix of another shape is passed over.
    """
    deadline = deadline or Deadline.after(LINT_SECONDS)
    model = space.model
    open_options = space.options()
    if not space.is_possible(model.full):
        conflict = space.explainer.contradiction(deadline)
        unsettled = () if conflict.is_minimal else conflict.sources
        return Lint(contradiction=conflict.sources, never=(), always=(), idle=(), unsettled=unsettled)
    found = _witnesses(model, deadline, witnesses)
    return Lint(
        contradiction=None,
        never=tuple(full & ~mask for full, mask in zip(model.full, open_options, strict=True)),
        always=tuple(
            mask if mask != full and not mask & (mask - 1) else 0
            for full, mask in zip(model.full, open_options, strict=True)
        ),
        idle=tuple(source for source in model.sources if source in found and found[source] is None),
        unsettled=tuple(source for source in model.sources if source not in found),
        witnesses={source: mix for source, mix in found.items() if mix is not None},
    )


def _witnesses(model: Model, deadline: Deadline, known: Mapping[str, Mix]) -> dict[str, Mix | None]:
    """Per source a mix that breaks it alone, None where there is none; without those not settled in time."""
    found: dict[str, Mix | None] = {
        source: known[source]
        for source in model.sources
        if source in known and _fits(known[source], model) and model.violated(known[source]) == (source,)
    }
    groups = groups_of(model, by_source=True)
    search = Search(model.sizes, groups)
    for source, constraints in model.by_source.items():
        if source in found:
            continue
        others = [i for i, group in enumerate(groups) if group.constraints[0].source != source]
        try:
            deadline.check()  # a search of few steps does not look at the clock
            tries = (
                search.find(domain, others, more=more, deadline=deadline).mix
                for constraint in constraints
                for domain, more in _breaches(constraint, model)
            )
            found[source] = next((mix for mix in tries if mix is not None), None)
        except OutOfTime:
            continue
    return found


def _fits(mix: Mix, model: Model) -> bool:
    return len(mix) == len(model.sizes) and all(
        option < size for option, size in zip(mix, model.sizes, strict=True)
    )


def _breaches(constraint: Constraint, model: Model) -> Iterator[tuple[Sequence[int], Sequence[Narrower]]]:
    """Domains and narrowers under which a constraint is broken; together they are all the ways to break it."""
    domain = list(model.full)
    if not constraint.scope:
        if not constraint.admits(()):
            yield domain, ()
    elif isinstance(constraint, Nogood):
        for slot, mask in constraint.parts:
            domain[slot] &= mask
        yield domain, ()
    elif isinstance(constraint, Limit):
        if constraint.high is not None:
            above = Limit(constraint.weights, constraint.high + 1, None, constraint.source)
            yield domain, (LimitNarrower(above),)
        if constraint.low is not None:
            below = Limit(constraint.weights, None, constraint.low - 1, constraint.source)
            yield domain, (LimitNarrower(below),)
    else:
        boxes: Sequence[Box] = boxes_beside(constraint, model.sizes)
        yield domain, (BoxNarrower(constraint.scope, boxes, model.sizes),)
