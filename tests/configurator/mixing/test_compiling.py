"""The compiler keeps to its budget."""

from dataclasses import replace

import pytest

from configurator.mixing.compiling import BUDGET, SpaceTooLarge, compile_space
from configurator.mixing.model import Limit, Model
from tests.configurator.mixing.instances import load_json, tea_model


def test_a_space_beyond_the_budget_is_refused_with_the_numbers() -> None:
    doubling = tuple((slot, (0, 1 << slot)) for slot in range(20))
    model = Model((2,) * 20, limits=(Limit(doubling, None, (1 << 20) // 3, "weight"),))

    with pytest.raises(SpaceTooLarge, match="more than 1,000 nodes") as refusal:
        compile_space(model, node_budget=1_000)

    assert refusal.value.node_budget == 1_000
    assert 1_000 < refusal.value.nodes <= 1_002
    assert refusal.value.slots == 20
    assert 0 < refusal.value.slot < 19


def test_a_budget_that_just_suffices_compiles_and_one_less_does_not() -> None:
    model = Model((2, 2, 2))

    assert compile_space(model, node_budget=4).count() == 8
    with pytest.raises(SpaceTooLarge):
        compile_space(model, node_budget=3)


def test_rules_between_far_slots_run_into_the_default_budget_instead_of_the_memory() -> None:
    with pytest.raises(SpaceTooLarge) as refusal:
        compile_space(load_json("syn_random_20x12_hard"), budget=replace(BUDGET, seconds=1.5))

    assert refusal.value.node_budget == 200_000


def test_the_tea_needs_no_more_nodes_to_build_than_states_of_its_rules() -> None:
    assert compile_space(tea_model(), node_budget=60).count() == 141
