"""The space beyond every budget: as exact as a compiled one but for counts, judged by brute force."""

from itertools import count as counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configurator.mixing.bounding import Ceilings
from configurator.mixing.budget import Budget
from configurator.mixing.compiling import compile_space
from configurator.mixing.diffing import shared_count
from configurator.mixing.filtering import FilteredSpace, SpaceUndecided, compile_filter, make_space
from configurator.mixing.model import Limit, Mix, Model
from configurator.mixing.sat import load_solver
from configurator.mixing.searching import Deadline
from configurator.mixing.space import CountUnknown
from tests.configurator.mixing.brute_force import Masks, all_mixes, complete_questions, holding, questions
from tests.configurator.mixing.instances import load_json
from tests.length import long_or_short

Question = tuple[Model, dict[int, int], Masks | None]
FINDERS = [False, pytest.param(True, marks=pytest.mark.skipif(not load_solver(), reason="needs python-sat"))]


def filtered(model: Model, *, nodes: int = 8, uses_sat: bool = False) -> FilteredSpace:
    """With as little in the filter as can be."""
    diagram, left_out = compile_filter(model, Budget(nodes=nodes))
    return FilteredSpace(model, diagram, left_out=left_out, uses_sat=uses_sat)


@pytest.mark.parametrize("uses_sat", FINDERS)
@given(question=questions())
@settings(max_examples=long_or_short(1000, 50))
def test_options_and_mixes_are_those_of_brute_force(question: Question, *, uses_sat: bool) -> None:
    model, chosen, allowed = question
    makeable = all_mixes(model, allowed)
    space = filtered(model, uses_sat=uses_sat)

    for _ in range(2):  # the second time from witnesses
        assert space.options(chosen, allowed) == tuple(
            sum(1 << option for option in {mix[slot] for mix in holding(makeable, chosen, free=slot)})
            for slot in range(len(model.sizes))
        )
        assert list(space.mixes(chosen, allowed)) == holding(makeable, chosen)


@given(question=questions(), data=st.data())
@settings(max_examples=long_or_short(1000, 50))
def test_best_sample_and_reasons_are_as_good_as_compiled(question: Question, data: st.DataObject) -> None:
    model, chosen, allowed = question
    scores = [data.draw(st.tuples(*[st.integers(-2, 2)] * size), label="scores") for size in model.sizes]
    exact, space = compile_space(model), filtered(model)

    assert space.best(scores, chosen, allowed) == exact.best(scores, chosen, allowed)
    assert space.options(chosen, allowed) == exact.options(chosen, allowed)
    drawn = space.sample(Random(2), chosen, allowed)
    assert (drawn in set(exact.mixes(chosen, allowed))) is (exact.count(chosen, allowed) > 0)
    for slot, size in enumerate(model.sizes):
        for option in range(size):
            assert space.why_not(slot, option, chosen, allowed) == exact.why_not(
                slot, option, chosen, allowed
            )


@given(question=complete_questions(), data=st.data())
@settings(max_examples=long_or_short(1000, 50))
def test_repairs_are_those_of_the_compiled_space(
    question: tuple[Model, Mix, Masks | None], data: st.DataObject
) -> None:
    model, mix, allowed = question
    hold = data.draw(st.sets(st.sampled_from(range(len(model.sizes)))), label="hold")
    limit = data.draw(st.integers(0, 4), label="limit")

    found = filtered(model).repairs(mix, allowed=allowed, hold=hold, limit=limit)

    assert found == compile_space(model).repairs(mix, allowed=allowed, hold=hold, limit=limit)


def test_nothing_is_counted() -> None:
    model = Model((2, 2, 2), limits=(Limit(tuple((slot, (0, 1)) for slot in range(3)), 1, 2, "one or two"),))
    space = filtered(model, nodes=4)
    maps = [[(0, 0), (1, 1)]] * 3

    assert space.exact_count is False
    assert space.left_out == ("one or two",)
    for ask in (space.count, space.counts, lambda: shared_count(space, compile_space(model), maps)):
        with pytest.raises(CountUnknown, match="one or two"):
            ask()


def test_a_model_within_the_budget_is_compiled() -> None:
    space = make_space(Model((2, 2)))

    assert space.exact_count is True
    assert space.count() == 4


def test_a_question_that_takes_too_long_fails_and_names_the_rules() -> None:
    """Odd sums of even weights, which bounds alone can't tell from possible ones."""
    even = tuple((slot, (0, 2 << slot % 5)) for slot in range(40))
    model = Model((2,) * 40, limits=(Limit(even, 101, 101, "odd"),))
    few = Budget(nodes=50)

    with pytest.raises(SpaceUndecided, match="odd") as failure:
        make_space(model, budget=few, filter_budget=few, settle_seconds=0.05, uses_sat=False)

    assert failure.value.sources == ("odd",)


def test_the_clock_of_a_deadline_is_handed_in() -> None:
    ticks = counter()

    assert Deadline.after(2, lambda: float(next(ticks))).is_past is False
    assert Deadline(0.5, lambda: 1.0).is_past is True


def test_rules_over_all_slots_are_settled_by_search() -> None:
    """The published problem that no engine compiles: three limits over all slots, exclusions between any two."""
    model = load_json("syn_random_20x12_hard")
    space = make_space(model, budget=Budget(nodes=2_000), filter_budget=Budget(nodes=2_000))
    rng = Random(3)
    chosen: dict[int, int] = {}

    assert space.exact_count is False
    assert isinstance(space, FilteredSpace)
    assert {"limit 0", "limit 1", "limit 2"} <= set(space.left_out)
    while len(chosen) < 20:
        found = space.options(chosen)
        slot = rng.choice([slot for slot in range(20) if slot not in chosen])
        chosen[slot] = rng.choice([option for option in range(12) if found[slot] >> option & 1])
    assert model.admits([chosen[slot] for slot in range(20)])


def test_limits_that_are_far_from_tight_are_summed_up_all_the_same() -> None:
    loose = [Limit(((0, (0, 1)), (1, (1, 0))), None, 10**6, "a"), Limit(((1, (0, 2)),), None, 10**6, "b")]

    together = Ceilings(loose, (2, 2)).tightest((0b11, 0b11))

    assert together is not None
    assert all(together.admits(mix) for mix in [(0, 0), (0, 1), (1, 0), (1, 1)])
