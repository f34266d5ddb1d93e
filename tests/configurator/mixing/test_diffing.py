"""What two spaces share and what one has lost, judged by comparing all mixes."""

from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configurator.mixing.compiling import compile_space
from configurator.mixing.diffing import lost_mixes, shared_count
from configurator.mixing.model import Mix, Model, Nogood
from tests.configurator.mixing.brute_force import all_mixes, models
from tests.configurator.mixing.instances import published_space, tea_model
from tests.length import long_or_short

Maps = list[list[tuple[int, int]]]


@st.composite
def pairs_of_models(draw: st.DrawFn) -> tuple[Model, Model, Maps]:
    a, b = draw(models(most_slots=4)), draw(models(most_slots=4))
    slots = min(len(a.sizes), len(b.sizes))
    a, b = _cut(a, slots), _cut(b, slots)
    maps = []
    for size, other in zip(a.sizes, b.sizes, strict=True):
        pairs = list(
            zip(draw(st.permutations(range(size))), draw(st.permutations(range(other))), strict=False)
        )
        maps.append(draw(st.lists(st.sampled_from(pairs), unique=True)))
    return a, b, maps


def _cut(model: Model, slots: int) -> Model:
    def fits(scope: tuple[int, ...]) -> bool:
        return all(slot < slots for slot in scope)

    return Model(
        model.sizes[:slots],
        tuple(nogood for nogood in model.nogoods if fits(nogood.scope)),
        tuple(limit for limit in model.limits if fits(limit.scope)),
        tuple(table for table in model.tables if fits(table.scope)),
    )


def _counterpart(mix: Mix, maps: Maps) -> Mix | None:
    dicts = [dict(pairs) for pairs in maps]
    if all(option in pairs for option, pairs in zip(mix, dicts, strict=True)):
        return tuple(pairs[option] for option, pairs in zip(mix, dicts, strict=True))
    return None


@given(case=pairs_of_models())
@settings(max_examples=long_or_short(1000, 50))
def test_shared_and_lost_mixes_are_those_of_brute_force(case: tuple[Model, Model, Maps]) -> None:
    a, b, maps = case
    others = set(all_mixes(b))
    lost = [mix for mix in all_mixes(a) if _counterpart(mix, maps) not in others]

    spaces = compile_space(a), compile_space(b)

    assert shared_count(*spaces, maps) == len(all_mixes(a)) - len(lost)
    assert list(lost_mixes(*spaces, maps)) == lost
    assert list(lost_mixes(*spaces, maps, limit=2)) == lost[:2]


def _same(model: Model) -> Maps:
    return [[(option, option) for option in range(size)] for size in model.sizes]


def test_a_space_shares_all_with_itself() -> None:
    space = compile_space(tea_model())

    assert shared_count(space, space, _same(space.model)) == 141
    assert list(lost_mixes(space, space, _same(space.model))) == []


def test_a_new_rule_loses_mixes_and_a_dropped_option_loses_its_own() -> None:
    old = compile_space(Model((2, 2)))
    new = compile_space(Model((2, 2), (Nogood(((0, 0b01), (1, 0b10)), "new"),)))

    assert shared_count(old, new, _same(old.model)) == 3
    assert list(lost_mixes(old, new, _same(old.model))) == [(0, 1)]
    assert list(lost_mixes(new, old, _same(old.model))) == []
    assert list(lost_mixes(old, new, [[(1, 1)], [(0, 0), (1, 1)]])) == [(0, 0), (0, 1)]


def test_huge_spaces_are_compared_without_enumerating_them() -> None:
    wide, narrow = (
        published_space("syn_local_20x12"),
        published_space("syn_local_20x12_lim3"),
    )
    maps = _same(wide.model)

    assert shared_count(wide, narrow, maps) == narrow.count()
    lost = list(islice(lost_mixes(wide, narrow, maps), 3))
    assert all(wide.model.admits(mix) and not narrow.model.admits(mix) for mix in lost)
    assert len(lost) == 3
    assert next(lost_mixes(narrow, wide, maps), None) is None


@pytest.mark.parametrize(
    ("maps", "reason"),
    [
        ([[(0, 0)]], "do not pair up"),
        ([[(0, 0), (0, 1)], []], "names an option twice"),
        ([[(0, 1), (1, 1)], []], "names an option twice"),
        ([[(2, 0)], []], "does not have"),
        ([[(0, 2)], []], "does not have"),
    ],
)
def test_maps_that_do_not_fit_are_refused(maps: Maps, reason: str) -> None:
    space = compile_space(Model((2, 2)))

    with pytest.raises(ValueError, match=reason):
        shared_count(space, space, maps)
    with pytest.raises(ValueError, match=reason):
        lost_mixes(space, space, maps)
