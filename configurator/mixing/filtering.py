"""The space of a model beyond every budget: a diagram of some of its rules as a filter, the rest settled by search.

What the filter closes is closed. What it leaves is settled exactly, option by option, by a mix that holds it or the
proof that there is none; an option that is not settled in time is never shown as open: the question fails.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from random import Random
from typing import TypeVar

from configurator.mixing.automata import Automata, groups_of
from configurator.mixing.budget import Budget
from configurator.mixing.compiling import BUDGET, SpaceTooLarge, compile_diagram, compile_space
from configurator.mixing.diagram import Diagram
from configurator.mixing.explaining import Conflict
from configurator.mixing.model import Mix, Model
from configurator.mixing.ordering import drawn_together
from configurator.mixing.repairing import kept_and_changed, masks_of, spread
from configurator.mixing.sampling import Sampler
from configurator.mixing.scoring import best_path
from configurator.mixing.searching import Deadline, OutOfTime
from configurator.mixing.seeking import best_mix, ranked_sets, score_of
from configurator.mixing.settling import Settler
from configurator.mixing.space import NOTHING, CountUnknown, Space
from configurator.mixing.walking import walk

FILTER_BUDGET = Budget(nodes=10_000, arcs=100_000, seconds=1.0)
SETTLE_SECONDS = 2.0
T = TypeVar("T")


class SpaceUndecided(OutOfTime):
    """A question about a filtered space was not settled in time; `sources` are the rules that the filter lacks."""

    def __init__(self, seconds: float, sources: tuple[str, ...]) -> None:
        names = ", ".join(sources)
        super().__init__(
            f"Not settled within {seconds:g} seconds; the rules that no diagram holds are: {names}."
        )
        self.sources = sources


def make_space(
    model: Model,
    *,
    budget: Budget = BUDGET,
    filter_budget: Budget = FILTER_BUDGET,
    settle_seconds: float = SETTLE_SECONDS,
    uses_sat: bool | None = None,
) -> Space:
    """The space of a model whatever its size: compiled where the budget allows it, filtered where it does not.

    Raises SpaceUndecided if even the first question, what is open, is not settled in time.
    """
    try:
        return compile_space(model, budget=budget)
    except SpaceTooLarge:
        diagram, left_out = compile_filter(model, filter_budget)
        if not left_out:
            return Space(model, diagram)
        space = FilteredSpace(
            model, diagram, left_out=left_out, settle_seconds=settle_seconds, uses_sat=uses_sat
        )
        space.options()
        return space


def compile_filter(model: Model, budget: Budget = FILTER_BUDGET) -> tuple[Diagram, tuple[str, ...]]:
    """A diagram of as many rules as go into a small budget, narrow ones first, and the sources of all others.

    How wide a rule is, is how far apart its slots lie in an order that pulls the slots of all rules together. The
    number of rules is found by halving.
    """
    groups = groups_of(model)
    slots = tuple(range(len(model.sizes)))
    place = {slot: i for i, slot in enumerate(drawn_together(slots, [g.scope for g in groups if g.scope]))}

    def width(scope: Sequence[int]) -> tuple[int, int]:
        at = [place[slot] for slot in scope] or [0]
        return max(at) - min(at), len(at)

    ranked = sorted(groups, key=lambda group: width(group.scope))
    diagram, kept, beyond = compile_diagram(Automata(model, ())), 0, len(ranked) + 1
    while beyond - kept > 1:
        middle = (kept + beyond) // 2
        try:
            diagram, kept = compile_diagram(Automata(model, ranked[:middle]), budget), middle
        except SpaceTooLarge:
            beyond = middle
    missing = {source for group in ranked[kept:] for source in group.sources}
    return diagram, tuple(source for source in model.sources if source in missing)


class FilteredSpace(Space):
    """A space whose `diagram` allows more than is makeable; every answer but a count is exact all the same.

    `left_out` are the sources of the rules that the diagram lacks. Each question gets `settle_seconds` of the thread's
    CPU time and raises SpaceUndecided beyond. Mixes found are kept, so that questions alike are answered sooner.
    """

    exact_count = False

    def __init__(
        self,
        model: Model,
        diagram: Diagram,
        *,
        left_out: tuple[str, ...],
        settle_seconds: float = SETTLE_SECONDS,
        uses_sat: bool | None = None,
    ) -> None:
        super().__init__(model, diagram)
        self.left_out = left_out
        self._seconds = settle_seconds
        self._settler = Settler(model, uses_sat=uses_sat)

    def __repr__(self) -> str:
        return f"<FilteredSpace of {len(self.sizes)} slots: {len(self.left_out)} rules left out of {self.nodes} nodes>"

    def options(
        self, chosen: Mapping[int, int] = NOTHING, allowed: Sequence[int] | None = None
    ) -> tuple[int, ...]:
        """As `Space.options`. At worst a search per option."""
        want = self._want(chosen, allowed)
        within = self._full if allowed is None else allowed
        return self._in_time(partial(self._options, want, within))

    def is_possible(self, masks: Sequence[int], deadline: Deadline | None = None) -> bool:
        """As `Space.is_possible`. At worst one search."""
        if not all(masks) or not self.diagram.is_possible(masks):
            return False
        if deadline is not None:
            return self._settler.find(masks, deadline=deadline) is not None
        return self._in_time(lambda deadline: self._settler.find(masks, deadline=deadline)) is not None

    def count(self, chosen: Mapping[int, int] = NOTHING, allowed: Sequence[int] | None = None) -> int:
        """Raises CountUnknown."""
        raise CountUnknown(self.left_out)

    def counts(
        self, chosen: Mapping[int, int] = NOTHING, allowed: Sequence[int] | None = None
    ) -> tuple[tuple[int, ...], ...]:
        """Raises CountUnknown."""
        raise CountUnknown(self.left_out)

    def best(
        self,
        scores: Sequence[Sequence[int]],
        chosen: Mapping[int, int] = NOTHING,
        allowed: Sequence[int] | None = None,
    ) -> tuple[int, Mix] | None:
        """As `Space.best`: a search for ever higher scores, then one for each option that could come first."""
        self._check_scores(scores)
        want = self._want(chosen, allowed)
        mix = self._in_time(partial(self._best, scores, want))
        return None if mix is None else (score_of(scores, mix), mix)

    def sample(
        self, rng: Random, chosen: Mapping[int, int] = NOTHING, allowed: Sequence[int] | None = None
    ) -> Mix | None:
        """As `Space.sample`, each mix equally likely: drawn from the filter until one keeps all rules."""
        want = self._want(chosen, allowed)
        if not self.is_possible(want):
            return None

        def draw(deadline: Deadline) -> Mix:
            sampler = Sampler(self.diagram, want)
            while (mix := sampler.draw(rng)) is None or not self.model.admits(mix):
                deadline.check()
            return mix

        return self._in_time(draw)

    def mixes(
        self, chosen: Mapping[int, int] = NOTHING, allowed: Sequence[int] | None = None
    ) -> Iterator[Mix]:
        """As `Space.mixes`; every step is a question of its own."""
        return self._walk(self._want(chosen, allowed))

    def repairs(
        self,
        mix: Sequence[int],
        *,
        allowed: Sequence[int] | None = None,
        hold: Collection[int] = (),
        limit: int = 3,
    ) -> tuple[Mix, ...]:
        """As `Space.repairs`: a search for each number of changes, then for each slot of a set of changes."""
        keep, change = kept_and_changed(self._complete(mix), self._want(NOTHING, allowed))
        held = frozenset(hold)
        found = self._in_time(
            lambda deadline: ranked_sets(
                self._settler, keep, change, hold=held, limit=limit, deadline=deadline
            )
        )
        return spread(found, lambda changed: self._walk(masks_of(changed, keep, change)), limit)

    def why_not(
        self,
        slot: int,
        option: int,
        chosen: Mapping[int, int] = NOTHING,
        allowed: Sequence[int] | None = None,
        *,
        deadline: Deadline | None = None,
    ) -> Conflict | None:
        """As `Space.why_not`."""
        return self._in_time(
            lambda settled: super(FilteredSpace, self).why_not(
                slot, option, chosen, allowed, deadline=deadline or settled
            )
        )

    def _in_time(self, ask: Callable[[Deadline], T]) -> T:
        try:
            return ask(Deadline.after(self._seconds))
        except SpaceUndecided:
            raise
        except OutOfTime:
            raise SpaceUndecided(self._seconds, self.left_out) from None

    def _options(self, want: Sequence[int], within: Sequence[int], deadline: Deadline) -> tuple[int, ...]:
        candidates = self.diagram.options(want, within)
        return self._settler.options(candidates, want, deadline) if any(candidates) else candidates

    def _walk(self, want: Sequence[int]) -> Iterator[Mix]:
        if not self.is_possible(want):
            return iter(())
        return walk(lambda masks: self._in_time(partial(self._options, masks, masks)), want)

    def _best(self, scores: Sequence[Sequence[int]], want: Sequence[int], deadline: Deadline) -> Mix | None:
        bound = best_path(self.diagram, scores, self.diagram.by_level(want))
        if bound is None or self.model.admits(bound):
            return bound
        return best_mix(self._settler, scores, want, most=score_of(scores, bound), deadline=deadline)
