"""The reference judge: every question answered by trying all combinations, and random models to ask about."""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, product

from hypothesis import strategies as st

from configurator.mixing.model import Limit, Mix, Model, Nogood, Table

SOURCES = ("rust", "moss", "salt", "fern")  # few, so that several constraints share one
Masks = tuple[int, ...]


def keeps(mix: Sequence[int], constraint: Nogood | Limit | Table) -> bool:
    if isinstance(constraint, Nogood):
        return not all(mask & 1 << mix[slot] for slot, mask in constraint.parts)
    if isinstance(constraint, Limit):
        total = 0
        for slot, weights in constraint.weights:
            total += weights[mix[slot]]
        return not (
            (constraint.low is not None and total < constraint.low)
            or (constraint.high is not None and total > constraint.high)
        )
    return any(
        all(mix[slot] == option for slot, option in zip(constraint.scope, row, strict=True))
        for row in constraint.rows
    )


def rules_of(model: Model, sources: Sequence[str] | None = None) -> list[Nogood | Limit | Table]:
    rules: list[Nogood | Limit | Table] = [*model.nogoods, *model.limits, *model.tables]
    return [rule for rule in rules if sources is None or rule.source in sources]


def all_mixes(model: Model, allowed: Masks | None = None, sources: Sequence[str] | None = None) -> list[Mix]:
    """All makeable mixes in lexicographic order, of allowed options and under some of the rules if so asked."""
    rules = rules_of(model, sources)
    return [
        mix
        for mix in product(*map(range, model.sizes))
        if (allowed is None or all(mask & 1 << option for mask, option in zip(allowed, mix, strict=True)))
        and all(keeps(mix, rule) for rule in rules)
    ]


def holding(mixes: Sequence[Mix], chosen: Mapping[int, int], *, free: int | None = None) -> list[Mix]:
    """Those that hold all choices, but for that of the slot `free`."""
    return [
        mix for mix in mixes if all(slot == free or mix[slot] == option for slot, option in chosen.items())
    ]


def distance(mix: Sequence[int], other: Sequence[int]) -> frozenset[int]:
    return frozenset(slot for slot, (a, b) in enumerate(zip(mix, other, strict=True)) if a != b)


def fewest(candidates: Sequence[int], forbids: Callable[[tuple[int, ...]], bool]) -> int | None:
    """The size of the smallest part of the candidates that forbids."""
    for size in range(len(candidates) + 1):
        if any(forbids(part) for part in combinations(candidates, size)):
            return size
    return None


@st.composite
def models(draw: st.DrawFn, *, most_slots: int = 5) -> Model:
    """Small models with rules of every form, most of which leave something and forbid something."""
    slots = draw(st.sampled_from([n for n in (0, 1, 2, 3, 3, 4, 4, 4, 5) if n <= most_slots]))
    sizes = draw(st.lists(st.sampled_from((1, 2, 2, 3, 3, 4)), min_size=slots, max_size=slots))
    widths = st.sampled_from([n for n in (0, 1, 2, 2, 2, 2, 3, 3) if n <= slots])
    ordered = widths.flatmap(lambda width: st.permutations(range(slots)).map(lambda scope: scope[:width]))
    sources = st.sampled_from(SOURCES)

    def nogood() -> Nogood:
        scope = draw(ordered.filter(bool)) if slots else []
        parts = [(slot, draw(_part(sizes[slot]))) for slot in scope]
        return Nogood(tuple(parts), draw(sources))

    def limit() -> Limit:
        weights = [
            (slot, tuple(draw(st.lists(st.integers(-2, 5), min_size=sizes[slot], max_size=sizes[slot]))))
            for slot in draw(ordered)
        ]
        low, high = draw(st.none() | st.integers(-4, 3)), draw(st.none() | st.integers(3, 9))
        return Limit(tuple(weights), low, high, draw(sources))

    def table() -> Table:
        scope = draw(ordered)
        rows = list(product(*(range(sizes[slot]) for slot in scope)))
        dropped = draw(st.sets(st.sampled_from(rows), max_size=max(1, len(rows) // 2)))
        return Table(tuple(scope), frozenset(rows) - dropped, draw(sources))

    return Model(
        sizes=tuple(sizes),
        nogoods=tuple(nogood() for _ in range(draw(st.integers(0, 6) if slots else st.integers(0, 1)))),
        limits=tuple(limit() for _ in range(draw(st.integers(0, 1)))),
        tables=tuple(table() for _ in range(draw(st.sampled_from((0, 0, 1, 2))))),
    )


def _part(size: int) -> st.SearchStrategy[int]:
    """A mask of a nogood: mostly one option, at times any set of them."""
    single = st.sampled_from([1 << option for option in range(size)])
    return single | single | st.integers(0, (1 << size) - 1)


def masks(model: Model) -> st.SearchStrategy[Masks | None]:
    """What an avoid list and the stock may leave: nothing said, or one mask per slot, mostly not empty."""
    left = [
        st.just(full) | st.just(full) | st.integers(1, full) | st.integers(0, full) for full in model.full
    ]
    return st.none() | st.tuples(*left)


def choices(model: Model) -> st.SearchStrategy[dict[int, int]]:
    """A partial mix; each slot is as often open as chosen."""
    picks = [st.none() | st.integers(0, size - 1) for size in model.sizes]
    return st.tuples(*picks).map(
        lambda mix: {slot: option for slot, option in enumerate(mix) if option is not None}
    )


@st.composite
def questions(draw: st.DrawFn, *, most_slots: int = 5) -> tuple[Model, dict[int, int], Masks | None]:
    model = draw(models(most_slots=most_slots))
    return model, draw(choices(model)), draw(masks(model))


@st.composite
def complete_questions(draw: st.DrawFn) -> tuple[Model, Mix, Masks | None]:
    """A model of at least one slot, one combination, makeable or not, and masks."""
    model = draw(models().filter(lambda model: bool(model.sizes)))
    return model, draw(st.tuples(*(st.integers(0, size - 1) for size in model.sizes))), draw(masks(model))
