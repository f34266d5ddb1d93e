"""The model: what it refuses, and its verdict on complete mixes."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configurator.mixing.model import Limit, Model, Nogood, Table
from tests.configurator.mixing.brute_force import SOURCES, all_mixes, keeps, models, rules_of


@given(model=models())
@settings(deadline=None)
def test_a_mix_is_admitted_if_and_only_if_it_keeps_every_rule(model: Model) -> None:
    makeable = set(all_mixes(model))

    for mix in product(*map(range, model.sizes)):
        assert model.admits(mix) is (mix in makeable)


@given(model=models())
@settings(deadline=None)
def test_the_violated_rules_are_those_with_a_broken_constraint_each_once_in_order(model: Model) -> None:
    for mix in product(*map(range, model.sizes)):
        broken = [rule.source for rule in rules_of(model) if not keeps(mix, rule)]

        assert sorted(model.violated(mix)) == sorted(set(broken))
        assert list(model.violated(mix)) == sorted(model.violated(mix), key=model.sources.index)


@given(model=models(), kept=st.sets(st.sampled_from(SOURCES)))
@settings(deadline=None)
def test_only_and_without_split_the_rules_by_source(model: Model, kept: set[str]) -> None:
    only, without = model.only(kept), model.without(kept)

    assert only.constraints == tuple(rule for rule in rules_of(model) if rule.source in kept)
    assert without.constraints == tuple(rule for rule in rules_of(model) if rule.source not in kept)
    assert only.sizes == without.sizes == model.sizes


def test_rules_come_in_the_order_given_and_the_others_after_them() -> None:
    nogoods = (Nogood(((0, 1),), "third"), Nogood(((0, 1),), "first"))
    limits = (Limit(((0, (1, 0)),), None, 0, "second"),)

    model = Model((2,), nogoods, limits, order=("first", "never used", "second"))

    assert model.sources == ("first", "second", "third")
    assert model.violated((0,)) == ("first", "second", "third")
    assert model.violated((1,)) == ()


def test_a_model_names_all_its_problems_at_once() -> None:
    with pytest.raises(ValueError, match="does not hold together") as refusal:
        Model(
            sizes=(2, -1, 3),
            nogoods=(Nogood(((0, 0b100), (7, 1)), "a"),),
            limits=(Limit(((0, (1, 2, 3)), (0, (1, 2))), 5, 4, "b"),),
            tables=(Table((0, 2), frozenset({(0, 3)}), "c"), Table((0,), frozenset({(0, 1)}), "d")),
        )

    message = str(refusal.value)
    assert "slot 1 has -1 options" in message
    assert "nogood of 'a': there is no slot 7" in message
    assert "nogood of 'a': mask 0b100 does not fit the 2 options of slot 0" in message
    assert "limit of 'b': slot 0 is named twice" in message
    assert "limit of 'b': 3 weights for the 2 options of slot 0" in message
    assert "limit of 'b': low 5 is above high 4" in message
    assert "table of 'c': a row names an option outside the 3 options of slot 2" in message
    assert "table of 'd': a row is not as long as the 1 slots of its scope" in message


@pytest.mark.parametrize("mix", [(0,), (0, 0, 0), (2, 0), (0, -1)])
def test_a_mix_of_another_shape_is_refused(mix: tuple[int, ...]) -> None:
    model = Model((2, 2))

    with pytest.raises(ValueError, match="options"):
        model.admits(mix)
    with pytest.raises(ValueError, match="options"):
        model.violated(mix)


def test_the_full_masks_hold_every_option() -> None:
    assert Model((1, 3, 0)).full == (0b1, 0b111, 0)
