"""Lint: what in a model can't be meant, such as rules that contradict one another or change nothing.

A rule is without effect if every mix that breaks it breaks another rule as well. That is settled by search: for each
rule a mix is sought that breaks it and keeps all others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from configurator.mixing.automata import Box, boxes_beside, groups_of
from configurator.mixing.model import Constraint, Limit, Model, Nogood
from configurator.mixing.narrowing import BoxNarrower, LimitNarrower, Narrower
from configurator.mixing.searching import Deadline, OutOfTime, Search
from configurator.mixing.space import Space

LINT_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lint:
    """`contradiction`: rules that leave no mix at all, None if there are mixes; then nothing else is looked at.

    `never` and `always`: per slot, the mask of options that no mix holds, and that every mix holds though the slot has
    others. `idle`: rules without effect. `unsettled`: rules for which the time did not suffice to tell, or, with a
    contradiction, all of its rules where some might be spared.
    """

    contradiction: tuple[str, ...] | None
    never: tuple[int, ...]
    always: tuple[int, ...]
    idle: tuple[str, ...]
    unsettled: tuple[str, ...]


def lint(space: Space, *, deadline: Deadline | None = None) -> Lint:
    """See `Lint`. The deadline is LINT_SECONDS of the thread's CPU time by default. One search per rule."""
    deadline = deadline or Deadline.after(LINT_SECONDS)
    model = space.model
    open_options = space.options()
    if not space.is_possible(model.full):
        conflict = space.explainer.contradiction(deadline)
        unsettled = () if conflict.is_minimal else conflict.sources
        return Lint(contradiction=conflict.sources, never=(), always=(), idle=(), unsettled=unsettled)
    idle, unsettled = _idle_sources(model, deadline)
    return Lint(
        contradiction=None,
        never=tuple(full & ~mask for full, mask in zip(model.full, open_options, strict=True)),
        always=tuple(
            mask if mask != full and not mask & (mask - 1) else 0
            for full, mask in zip(model.full, open_options, strict=True)
        ),
        idle=idle,
        unsettled=unsettled,
    )


def _idle_sources(model: Model, deadline: Deadline) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The sources without effect, and those that could not be settled in time."""
    groups = groups_of(model, by_source=True)
    search = Search(model.sizes, groups)
    idle, unsettled = [], []
    for source, constraints in model.by_source.items():
        others = [i for i, group in enumerate(groups) if group.constraints[0].source != source]
        try:
            deadline.check()  # a search of few steps does not look at the clock
            if not any(
                search.find(domain, others, more=more, deadline=deadline).mix is not None
                for constraint in constraints
                for domain, more in _breaches(constraint, model)
            ):
                idle.append(source)
        except OutOfTime:
            unsettled.append(source)
    return tuple(idle), tuple(unsettled)


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
