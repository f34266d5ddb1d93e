"""What one more rule would do to a space: which mixes break it, which of these are lost, what is left with nothing.

The diagram of the space is multiplied by the automaton of the rule, so that nothing is compiled anew.
"""

from dataclasses import dataclass, replace
from math import inf

from configurator.mixing.automata import Automata
from configurator.mixing.budget import Budget, Meter, OutOfBudget
from configurator.mixing.compiling import SpaceTooLarge, compile_space
from configurator.mixing.diagram import Diagram
from configurator.mixing.diffing import lost_mixes
from configurator.mixing.merging import Part, merged, product
from configurator.mixing.mixer import Mixer, UnknownChoiceError
from configurator.mixing.model import Model
from configurator.mixing.rules import build_model
from configurator.mixing.space import Space
from configurator.mixing.spec import Rule, Starter
from configurator.mixing.walking import bits

EXAMPLES = 5
BUDGET = Budget(nodes=50_000, arcs=500_000, seconds=1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """Counts of mixes, None where there are too many to count: of `total` combinations the rule is broken by `breaks`.

    Of the mixes that could be made without it, it takes away `lost` and leaves `left`. `closed`: (slot, component) that
    some mix held before and none holds any more. `starters`: those that can no longer be made. `examples`: lost mixes.
    """

    total: int
    breaks: int | None
    lost: int | None
    left: int | None
    closed: tuple[tuple[str, str], ...] = ()
    starters: tuple[Starter, ...] = ()
    examples: tuple[dict[str, str], ...] = ()


def add_rule(mixer: Mixer, rule: Rule, *, examples: int = EXAMPLES) -> Added:
    """What `rule` does beside the hard rules of a mixer, as if it were hard, too.

    Linear in the pairs of nodes of both diagrams that are met; past BUDGET, or where the space itself is too large to
    count, the counts are None and nothing is said of what is left. At most so many `examples`; each costs another walk.
    """
    model = build_model(mixer.spec, [rule])
    starters = tuple(starter for starter in mixer.spec.starters if _is_lost(mixer, model, starter))
    breaks = _count_breaks(mixer, model)
    narrowed = _narrowed(mixer.space, model) if mixer.space.exact_count else None
    if narrowed is None:
        return Added(total=mixer.total, breaks=breaks, lost=None, left=None, starters=starters)
    left = narrowed.count()
    lost = mixer.space.count() - left
    shown = min(lost, examples)
    same = [[(option, option) for option in range(size)] for size in mixer.space.sizes]
    return Added(
        total=mixer.total,
        breaks=breaks,
        lost=lost,
        left=left,
        closed=tuple(_closed(mixer, narrowed)),
        starters=starters,
        examples=tuple(mixer.named(mix) for mix in lost_mixes(mixer.space, narrowed, same, limit=shown))
        if shown
        else (),
    )


def _is_lost(mixer: Mixer, rule: Model, starter: Starter) -> bool:
    """Whether a starter could be made so far; one that does not fit the slots never could."""
    try:
        mix = mixer.read_mix(dict(starter.mix))
    except UnknownChoiceError:
        return False
    return mixer.is_complete(mix) and mixer.is_makeable(mix) and not rule.admits(mixer.model_indices(mix))


def _count_breaks(mixer: Mixer, model: Model) -> int | None:
    try:
        return mixer.total - compile_space(model, budget=BUDGET).count()
    except SpaceTooLarge:
        return None


def _narrowed(space: Space, rule: Model) -> Space | None:
    """The space under the constraints of one more rule, in the same slot order; None past the budget."""
    both = replace(
        space.model,
        nogoods=space.model.nogoods + rule.nogoods,
        limits=space.model.limits + rule.limits,
        tables=space.model.tables + rule.tables,
    )
    automata = Automata(rule)
    if automata.is_contradiction or not space.diagram.root:
        return Space(both, Diagram(space.sizes, None))
    order, place = space.diagram.order, space.diagram.place
    meter = Meter(BUDGET, deadline=BUDGET.clock() + BUDGET.seconds, work=inf)
    try:
        parts = automata.parts(order, place, meter)
        if not parts:
            return space
        whole = Part(order, [list(layer.arcs) for layer in space.diagram.layers])
        part = product(whole, merged(parts, place, meter), place, meter)
    except OutOfBudget:
        return None
    return Space(both, Diagram(space.sizes, part.layers if part.is_possible else None, order=order))


def _closed(mixer: Mixer, narrowed: Space) -> list[tuple[str, str]]:
    before, after = mixer.space.options(), narrowed.options()
    return [
        (slot.slug, slugs[option])
        for slot, slugs, was, now in zip(mixer.spec.slots, mixer.option_slugs, before, after, strict=True)
        for option in bits(was & ~now)
    ]
