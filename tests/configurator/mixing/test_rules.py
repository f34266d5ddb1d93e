"""Rules of every kind against what their words mean, on random recipes and on ones by hand."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configurator.mixing.rules import advice_rules, build_model, hard_rules, option_slug, options_of
from configurator.mixing.spec import Rule, RuleKind, Spec
from tests.configurator.make import make_component, make_family, make_rule, make_slot, make_spec
from tests.configurator.mixing.spec_judge import every_mix, few, is_kept, specs


def broken(spec: Spec, rules: tuple[Rule, ...], mix: dict[str, str]) -> list[str]:
    """The rules that the model of a spec says a mix breaks."""
    indices = [
        [option_slug(option) for option in options_of(spec, slot)].index(mix[slot.slug])
        for slot in spec.slots
    ]
    return list(build_model(spec, rules).violated(indices))


def forbidden(spec: Spec) -> list[str]:
    """The mixes that the first rule of a spec forbids, as words."""
    return [" ".join(mix.values()) for mix in every_mix(spec) if broken(spec, spec.rules, mix)]


@pytest.mark.parametrize("kind", RuleKind)
@few
@given(data=st.data())
def test_a_model_forbids_exactly_what_the_words_of_a_rule_forbid(kind: RuleKind, data: st.DataObject) -> None:
    spec = data.draw(specs(kind=kind, most_rules=2))

    for mix in every_mix(spec):
        assert broken(spec, spec.rules, mix) == [
            rule.slug for rule in spec.rules if not is_kept(spec, rule, mix)
        ]


@few
@given(spec=specs())
def test_hard_rules_and_advice_are_told_apart(spec: Spec) -> None:
    hard, advice = hard_rules(spec), advice_rules(spec)

    assert sorted((*hard, *advice), key=spec.rules.index) == list(spec.rules)
    assert not any(rule.advice for rule in hard)
    assert all(rule.advice for rule in advice)


def three_slots(**rule: Any) -> Spec:
    """Slots one, two and three (may stay empty), each of mint or sage."""
    slots = tuple(
        make_slot(slug, family="shots", dose_ul=10_000, optional=slug == "three")
        for slug in ("one", "two", "three")
    )
    parts = (
        make_component(
            "mint", composition=(("Aqua", 900_000), ("Menthol", 100_000)), amounts=(("grams", 3),)
        ),
        make_component("sage"),
    )
    return make_spec(slots=slots, families=(make_family("shots", parts),), rules=(make_rule("law", **rule),))


def test_never_together_with_itself_means_not_twice_in_different_slots() -> None:
    spec = three_slots(left=("mint",), right=("mint",))

    assert forbidden(spec) == [
        "mint mint mint", "mint mint sage", "mint mint none", "mint sage mint", "sage mint mint",
    ]  # fmt: skip


def test_never_together_in_named_slots_looks_at_these_alone() -> None:
    spec = three_slots(left=("mint",), right=("sage",), left_slots=("one",), right_slots=("three",))

    assert forbidden(spec) == ["mint mint sage", "mint sage sage"]


def test_never_together_in_one_and_the_same_slot_forbids_nothing() -> None:
    spec = three_slots(left=("mint",), right=("mint",), left_slots=("one",), right_slots=("one",))

    assert forbidden(spec) == []


def test_needs_is_met_in_any_slot_and_an_empty_slot_meets_nothing() -> None:
    spec = three_slots(kind=RuleKind.NEEDS, left=("mint",), right=("sage",))

    assert forbidden(spec) == ["mint mint mint", "mint mint none"]


def test_needs_in_named_slots_is_met_there_alone() -> None:
    spec = three_slots(
        kind=RuleKind.NEEDS, left=("mint",), right=("sage",), left_slots=("one",), right_slots=("three",)
    )

    assert forbidden(spec) == ["mint mint mint", "mint mint none", "mint sage mint", "mint sage none"]


def test_a_component_that_needs_itself_in_another_slot_asks_for_it_there() -> None:
    spec = three_slots(
        kind=RuleKind.NEEDS, left=("mint",), right=("mint",), left_slots=("one",), right_slots=("two",)
    )

    assert forbidden(spec) == ["mint sage mint", "mint sage sage", "mint sage none"]


@pytest.mark.parametrize(("limit", "count"), [(0, 10), (1, 5), (2, 1), (3, 0)])
def test_at_most_counts_slots(limit: int, count: int) -> None:
    spec = three_slots(kind=RuleKind.AT_MOST, left=("mint",), limit=limit)

    assert len(forbidden(spec)) == count


def test_at_most_in_named_slots_counts_these_alone() -> None:
    spec = three_slots(kind=RuleKind.AT_MOST, left=("mint", "sage"), left_slots=("three",), limit=0)

    assert forbidden(spec) == [" ".join(mix.values()) for mix in every_mix(spec) if mix["three"] != "none"]


@pytest.mark.parametrize(
    ("ppm", "count"), [(100_000, 0), (99_999, 2), (50_000, 5), (49_999, 7), (33_333, 10)]
)
def test_a_cap_on_substances_is_on_what_is_in_the_product_and_its_edge_is_allowed(
    ppm: int, count: int
) -> None:
    """Mint is 10 % menthol: alone 10 %, two of three 6.67 %, one of two 5 %, one of three 3.33 %."""
    spec = three_slots(kind=RuleKind.CAP, substances=("Menthol",), limit=ppm)

    assert len(forbidden(spec)) == count


@pytest.mark.parametrize(("limit", "count"), [(-1, 12), (0, 10), (2, 10), (3, 5), (8, 1), (9, 0)])
def test_a_cap_on_a_number_sums_it_over_the_slots(limit: int, count: int) -> None:
    spec = three_slots(kind=RuleKind.CAP, amount="grams", limit=limit)

    assert len(forbidden(spec)) == count


def test_an_optional_slot_offers_nothing_last() -> None:
    spec = three_slots(left=("mint",), right=("mint",))

    assert [option_slug(option) for option in options_of(spec, spec.slots[2])] == ["mint", "sage", "none"]
    assert [option_slug(option) for option in options_of(spec, spec.slots[0])] == ["mint", "sage"]
