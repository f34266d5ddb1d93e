"""Repairs: nearest makeable mixes, judged by trying all combinations."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configurator.mixing.compiling import compile_space
from configurator.mixing.model import Mix, Model, Nogood
from tests.configurator.mixing.brute_force import Masks, all_mixes, complete_questions, distance
from tests.configurator.mixing.instances import published_space, tea_model
from tests.length import long_or_short


@given(question=complete_questions(), data=st.data())
@settings(max_examples=long_or_short(1000, 50))
def test_repairs_are_nearest_then_leave_what_is_held_then_spread(
    question: tuple[Model, Mix, Masks | None], data: st.DataObject
) -> None:
    model, mix, allowed = question
    hold = data.draw(st.sets(st.sampled_from(range(len(model.sizes)))), label="hold")
    limit = data.draw(st.integers(0, 5), label="limit")
    makeable = all_mixes(model, allowed)
    least = min((len(distance(mix, other)) for other in makeable), default=0)
    nearest = [other for other in makeable if len(distance(mix, other)) == least]

    found = compile_space(model).repairs(mix, allowed=allowed, hold=hold, limit=limit)

    assert len(found) == len(set(found)) == min(limit, len(nearest))
    assert set(found) <= set(nearest)
    held = [len(distance(mix, other) & hold) for other in found]
    assert held == sorted(len(distance(mix, other) & hold) for other in nearest)[: len(found)]
    for level in set(held):
        sets = Counter(distance(mix, other) for other in nearest if len(distance(mix, other) & hold) == level)
        taken = Counter(distance(mix, other) for other in found if len(distance(mix, other) & hold) == level)
        most = max(taken.values())
        assert len(taken) == min(len(sets), held.count(level))
        assert all(taken[changed] >= min(sets[changed], most - 1) for changed in taken)


def test_a_makeable_mix_is_its_own_repair() -> None:
    assert compile_space(Model((2, 2))).repairs((1, 0)) == ((1, 0),)


def test_three_repairs_change_different_slots_before_one_is_changed_twice() -> None:
    space = compile_space(Model((5, 5, 5), (Nogood(((0, 1), (1, 1), (2, 1)), "not all three"),)))

    assert space.repairs((0, 0, 0)) == ((0, 0, 1), (0, 1, 0), (1, 0, 0))
    assert space.repairs((0, 0, 0), hold=[2]) == ((0, 1, 0), (1, 0, 0), (0, 2, 0))
    assert space.repairs((0, 0, 0), hold=[1, 2], limit=5) == (
        (1, 0, 0),
        (2, 0, 0),
        (3, 0, 0),
        (4, 0, 0),
        (0, 0, 1),
    )


def test_an_option_that_is_out_of_stock_is_changed_too() -> None:
    space = compile_space(Model((2, 2)))

    assert space.repairs((0, 0), allowed=(0b10, 0b11)) == ((1, 0),)
    assert space.repairs((0, 0), allowed=(0, 0b11)) == ()


def test_repairs_of_the_tea_stay_one_slot_away() -> None:
    space = compile_space(tea_model())

    found = space.repairs((0, 5, 0), hold=[1])

    assert found == ((1, 5, 0), (2, 5, 0), (3, 5, 0))


def test_repairs_of_a_huge_space_are_found_without_enumerating_it() -> None:
    space = published_space("syn_local_20x12")
    mix = (0,) * 20

    found = space.repairs(mix)

    assert len(found) == 3
    assert all(space.model.admits(repair) for repair in found)
    assert len({len(distance(mix, repair)) for repair in found}) == 1
    assert len({distance(mix, repair) for repair in found}) == 3


@pytest.mark.parametrize("mix", [(0,), (0, 0, 0), (0, 2), (-1, 0)])
def test_a_mix_of_another_shape_is_refused(mix: Mix) -> None:
    with pytest.raises(ValueError, match="option"):
        compile_space(Model((2, 2))).repairs(mix)
