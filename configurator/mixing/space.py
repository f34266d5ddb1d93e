"""The space: all makeable mixes of a model, compiled once, and every question that can be asked of it.

A question is stated by two things. `chosen` is the partial mix, slot -> option. `allowed` is one mask per slot of what
an avoid list and the stock leave, None for everything; neither needs a recompile.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from random import Random
from types import MappingProxyType

from configurator.mixing.diagram import Diagram
from configurator.mixing.explaining import Conflict, Explainer
from configurator.mixing.model import Mix, Model
from configurator.mixing.repairing import nearest_mixes
from configurator.mixing.sampling import Sampler
from configurator.mixing.scoring import best_path
from configurator.mixing.searching import Deadline
from configurator.mixing.walking import bits

__all__ = ["Conflict", "CountUnknown", "Space"]

EXPLAIN_SECONDS = 0.5
NOTHING: Mapping[int, int] = MappingProxyType({})


class CountUnknown(Exception):
    """The mixes of this space can't be counted: `sources` are the rules that its diagram lacks."""

    def __init__(self, sources: tuple[str, ...]) -> None:
        super().__init__(f"Mixes are not counted, since no diagram holds these rules: {', '.join(sources)}.")
        self.sources = sources


class Space:
    """All makeable mixes of `model`; made by `compiling.compile_space`. Immutable, so that threads may share one.

    Every question raises ValueError for a slot, option or mask that the model does not have. "Linear" below is in
    `arcs`, at worst: a sweep visits only what the choices on one side leave, and skips slots without any. `diagram`
    is for the modules of this package that walk it.
    """

    exact_count = True  # False where `count` and `counts` raise CountUnknown

    def __init__(self, model: Model, diagram: Diagram) -> None:
        self.model = model
        self.sizes = model.sizes
        self.nodes = diagram.nodes
        self.arcs = diagram.arcs
        self.diagram = diagram
        self._full = model.full
        self.reordered: dict[tuple[int, ...], Diagram] = {}  # for comparing with spaces of another slot order
        self._explainer: Explainer | None = None  # made when first asked for

    def __repr__(self) -> str:
        return f"<Space of {len(self.sizes)} slots: {self.count()} mixes in {self.nodes} nodes, {self.arcs} arcs>"

    def options(
        self, chosen: Mapping[int, int] = NOTHING, allowed: Sequence[int] | None = None
    ) -> tuple[int, ...]:
        """Per slot, the mask of options with which a makeable mix remains, keeping the choices of all other slots.

        For a slot that has a choice this is what the choice could be swapped for. Exact: an option is in the mask if
        and only if some makeable mix of allowed options holds it and the other choices. One sweep down and one up.
        """
        return self.diagram.options(self._want(chosen, allowed), self._full if allowed is None else allowed)

    def count(self, chosen: Mapping[int, int] = NOTHING, allowed: Sequence[int] | None = None) -> int:
        """How many makeable mixes of allowed options hold all choices. Linear."""
        want = self._levels(chosen, allowed)
        return self._total(self.diagram.totals(want, self.diagram.fronts(want)))

    def counts(
        self, chosen: Mapping[int, int] = NOTHING, allowed: Sequence[int] | None = None
    ) -> tuple[tuple[int, ...], ...]:
        """Per slot and option, how many makeable mixes hold the option and the choices of all other slots.

        Without choices each slot's counts sum to `count`. One sweep up, one down; linear times the options of an arc.
        """
        want = self._levels(chosen, allowed)
        within = self.diagram.by_level(self._full if allowed is None else allowed)
        layers = self.diagram.layers
        totals = self.diagram.totals(want, [layer.nodes for layer in layers])
        ways = dict.fromkeys(self.diagram.root, 1)  # from the root to a node
        found = []
        for level, layer in enumerate(layers):
            by_mask: dict[int, int] = {}
            below: dict[int, int] = {}
            for node, times in ways.items():
                for mask, child in layer.arcs[node]:
                    by_mask[mask] = by_mask.get(mask, 0) + times * totals[level + 1][child]
                    if kept := (mask & want[level]).bit_count():
                        below[child] = below.get(child, 0) + times * kept
            ways = below
            counts = [0] * layer.full.bit_length()
            for mask, times in by_mask.items():
                for option in bits(mask & within[level]):
                    counts[option] += times
            found.append(tuple(counts))
        return self.diagram.by_slot(found)

    def best(
        self,
        scores: Sequence[Sequence[int]],
        chosen: Mapping[int, int] = NOTHING,
        allowed: Sequence[int] | None = None,
    ) -> tuple[int, Mix] | None:
        """The highest sum of `scores[slot][option]` over the makeable mixes that hold all choices, and that mix.

        Among equals the lexicographically smallest mix; None if there is none. The cheapest mix is the best of negated
        prices. Linear times the options of a slot.
        """
        self._check_scores(scores)
        found = best_path(self.diagram, scores, self._levels(chosen, allowed))
        if found is None:
            return None
        return sum(row[option] for row, option in zip(scores, found, strict=True)), found

    def sample(
        self, rng: Random, chosen: Mapping[int, int] = NOTHING, allowed: Sequence[int] | None = None
    ) -> Mix | None:
        """A makeable mix that holds all choices, each equally likely; None if there is none. Linear."""
        return Sampler(self.diagram, self._want(chosen, allowed)).draw(rng)

    def mixes(
        self, chosen: Mapping[int, int] = NOTHING, allowed: Sequence[int] | None = None
    ) -> Iterator[Mix]:
        """All makeable mixes that hold all choices, in lexicographic order. At most one sweep per slot of a mix."""
        return self.diagram.walk(self._want(chosen, allowed))

    def repairs(
        self,
        mix: Sequence[int],
        *,
        allowed: Sequence[int] | None = None,
        hold: Collection[int] = (),
        limit: int = 3,
    ) -> tuple[Mix, ...]:
        """At most `limit` makeable mixes of allowed options that differ from a complete `mix` in the fewest slots.

        First those that change the fewest of the slots in `hold`; among these, one for each set of changed slots in
        turn, sets that leave earlier slots alone first. Deterministic; empty if nothing is makeable, the mix itself if
        it is. Linear, and per set of changed slots linear again.
        """
        within = tuple(self._want(NOTHING, allowed))
        return nearest_mixes(
            self.diagram,
            self.diagram.walk,
            self._complete(mix),
            allowed=within,
            hold=frozenset(hold),
            limit=limit,
        )

    def why_not(
        self,
        slot: int,
        option: int,
        chosen: Mapping[int, int] = NOTHING,
        allowed: Sequence[int] | None = None,
        *,
        deadline: Deadline | None = None,
    ) -> Conflict | None:
        """Why an option is not open, keeping the choices of the other slots; None if it is. See `Explainer.explain`.

        Past the deadline, by default EXPLAIN_SECONDS of the thread's CPU time, it may name more than takes part. The
        first time it takes longer, about as long as making the automata of all rules.
        """
        others = {other: choice for other, choice in chosen.items() if other != slot}
        self._want({**others, slot: option}, allowed)
        explainer = self.explainer
        return explainer.explain(
            slot,
            option,
            chosen=others,
            allowed=self._full if allowed is None else tuple(allowed),
            deadline=deadline or Deadline.after(EXPLAIN_SECONDS),
        )

    @property
    def explainer(self) -> Explainer:
        """What explains for this space, made when first asked for; for the modules of this package."""
        if self._explainer is None:
            self._explainer = Explainer(self.model, self.is_possible)
        return self._explainer

    def is_possible(self, masks: Sequence[int], deadline: Deadline | None = None) -> bool:
        """Whether a makeable mix lies within some masks, one per slot. Linear; a compiled space needs no deadline."""
        return self.diagram.is_possible(masks)

    def _check_scores(self, scores: Sequence[Sequence[int]]) -> None:
        if [len(row) for row in scores] != list(self.sizes):
            raise ValueError(f"Scores must come as one per option of each slot: {self.sizes}.")

    def _complete(self, mix: Sequence[int]) -> Mix:
        if len(mix) != len(self.sizes):
            raise ValueError(f"A mix has {len(self.sizes)} options, one per slot; this one has {len(mix)}.")
        self._want(dict(enumerate(mix)), None)
        return tuple(mix)

    def _want(self, chosen: Mapping[int, int], allowed: Sequence[int] | None) -> list[int]:
        """One mask per slot: what is allowed, cut down to the choice where there is one."""
        want = list(self._full)
        if allowed is not None:
            if len(allowed) != len(want) or any(
                mask & ~full for mask, full in zip(allowed, want, strict=True)
            ):
                raise ValueError(f"The allowed masks must fit the options of each slot: {self.sizes}.")
            want = list(allowed)
        for slot, option in chosen.items():
            if not (0 <= slot < len(want) and 0 <= option < self.sizes[slot]):
                raise ValueError(f"There is no option {option} of slot {slot} in {self.sizes}.")
            want[slot] &= 1 << option
        return want

    def _levels(self, chosen: Mapping[int, int], allowed: Sequence[int] | None) -> list[int]:
        return self.diagram.by_level(self._want(chosen, allowed))

    def _total(self, totals: Sequence[Mapping[int, int] | Sequence[int]]) -> int:
        return sum(totals[0][node] for node in self.diagram.root)
