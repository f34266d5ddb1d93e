"""Whether a spec makes sense by itself."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from configurator.mixing.spec import RuleKind, Spec
from configurator.mixing.validation import InvalidSpecError, Problem, validate
from tests.configurator.make import (
    make_component,
    make_family,
    make_need,
    make_rule,
    make_size,
    make_slot,
    make_spec,
    make_starter,
)
from tests.configurator.mixing.spec_judge import few, specs

RESERVED = "this short name is kept for the page's own use"
SHORT = "a short name has small letters, digits and single hyphens only"


def told(spec: Spec) -> list[str]:
    return [str(problem) for problem in validate(spec)]


def with_component(**values: Any) -> Spec:
    return make_spec(families=(make_family("bases", (make_component(**values),)), make_spec().families[1]))


def with_rule(kind: RuleKind = RuleKind.NEVER_TOGETHER, **values: Any) -> Spec:
    return make_spec(rules=(make_rule("law", kind, **values),))


def test_a_sound_spec_has_no_problem() -> None:
    rules = (
        make_rule(),
        make_rule("needs", RuleKind.NEEDS, left=("oak",), right=("mint",)),
        make_rule("most", RuleKind.AT_MOST, left=("oak",), limit=0),
        make_rule("cap", RuleKind.CAP, substances=("Aqua",), limit=0),
    )

    assert validate(make_spec(rules=rules, starters=(make_starter(),), needs=(make_need(),))) == ()


@few
@given(spec=specs())
def test_random_recipes_of_the_other_tests_are_sound(spec: Spec) -> None:
    carried = {name for family in spec.families for part in family.components for name, _ in part.amounts}

    assert [problem for problem in told(spec) if carried or "grams" not in problem] == []


@pytest.mark.parametrize(
    ("spec", "problems"),
    [
        (
            make_spec(slug="Tea"),
            [f"recipe 'Tea': {SHORT}"],
        ),
        (make_spec(sizes=(make_size("big--one"),)), [f"size 'big--one': {SHORT}"]),
        (make_spec(sizes=(make_size("100ml\n"),)), [f"size '100ml\\n': {SHORT}"]),
        (make_spec(sizes=(make_size(), make_size())), ["size 100ml: there are 2 of this name"]),
        (
            make_spec(slots=(make_slot(), make_slot(), make_slot())),
            ["slot base: there are 3 of this name"],
        ),
        (make_spec(rules=(make_rule(), make_rule())), ["rule oak-mint: there are 2 of this name"]),
        (make_spec(needs=(make_need(), make_need())), ["need calm: there are 2 of this name"]),
        (
            make_spec(families=(make_family(), *make_spec().families)),
            [
                "family bases: there are 2 of this name",
                "component oak: there are 2 of this name",
                "component elm: there are 2 of this name",
            ],
        ),
        (with_component(slug="none"), ["component none: this name is kept for a slot that holds nothing"]),
    ],
)
def test_names_are_short_unique_and_free(spec: Spec, problems: list[str]) -> None:
    assert told(spec) == problems


@pytest.mark.parametrize(
    ("spec", "problems"),
    [
        (make_spec(sizes=()), ["sizes: a recipe needs at least one size"]),
        (make_spec(sizes=(make_size(price=-1),)), ["size 100ml: the price is below zero"]),
        (make_spec(sizes=(make_size(volume_ml=0),)), ["size 100ml: the volume is not above zero"]),
        (
            make_spec(sizes=(make_size(volume_ml=None),)),
            ["size 100ml: a recipe with doses needs a volume for each size"],
        ),
        (make_spec(slots=()), ["slots: a recipe needs at least one slot"]),
        (make_spec(reference_ml=None), ["recipe: doses need the volume that they are given for"]),
        (make_spec(reference_ml=0), ["recipe: doses need the volume that they are given for"]),
        (make_spec(slots=(make_slot("size"),)), [f"slot size: {RESERVED}"]),
        (make_spec(slots=(make_slot("label"),)), [f"slot label: {RESERVED}"]),
        (make_spec(slots=(make_slot("avoid"),)), [f"slot avoid: {RESERVED}"]),
        (make_spec(slots=(make_slot("line"),)), [f"slot line: {RESERVED}"]),
        (make_spec(slots=(make_slot("recipe"),)), [f"slot recipe: {RESERVED}"]),
        (make_spec(slots=(make_slot(family="oils"),)), ["slot base: there is no family oils"]),
        (
            make_spec(families=(make_family("bases", ()), make_spec().families[1])),
            ["slot base: the family Bases has no component to put here"],
        ),
        (
            make_spec(slots=(make_slot(), make_slot("shot", family="shots", dose_ul=None))),
            ["slot shot: has no dose, but other slots have one"],
        ),
        (make_spec(slots=(make_slot(dose_ul=0),)), ["slot base: the dose is not above zero"]),
    ],
)
def test_sizes_and_slots_make_sense(spec: Spec, problems: list[str]) -> None:
    assert told(spec) == problems


@pytest.mark.parametrize(
    ("spec", "problems"),
    [
        (with_component(composition=()), ["component oak: the composition adds up to 0 %, not 100 %"]),
        (
            with_component(composition=(("Aqua", 999_999),)),
            ["component oak: the composition adds up to 99.9999 %, not 100 %"],
        ),
        (
            with_component(composition=(("Aqua", 1_005_000),)),
            ["component oak: the composition adds up to 100.5 %, not 100 %"],
        ),
        (
            with_component(composition=(("Aqua", 1_000_000), ("Salt", 0))),
            ["component oak: a share in the composition is not above zero"],
        ),
        (
            with_component(composition=(("Aqua", 400_000), ("Aqua", 600_000))),
            ["component oak: Aqua stands 2 times in the composition"],
        ),
        (
            with_component(fragrance_allergens=(("Linalool", 5),)),
            [
                (
                    "component oak: has fragrance allergens,"
                    " but the recipe does not say from which share they are declared"
                )
            ],
        ),
        (with_component(colour="#12345"), ["component oak: the colour '#12345' is not written as #RRGGBB"]),
        (with_component(colour="#12345g"), ["component oak: the colour '#12345g' is not written as #RRGGBB"]),
        (with_component(surcharge=-1), ["component oak: the surcharge is below zero"]),
    ],
)
def test_components_make_sense(spec: Spec, problems: list[str]) -> None:
    assert told(spec) == problems


def test_goods_without_doses_need_no_composition_but_one_that_is_given_adds_up() -> None:
    bare = tuple(
        make_family(name, (make_component(slug, composition=()),))
        for name, slug in (("bases", "oak"), ("shots", "mint"))
    )
    slots = (make_slot(dose_ul=None), make_slot("shot", family="shots", dose_ul=None))
    spec = make_spec(slots=slots, families=bare, reference_ml=None, sizes=(make_size(volume_ml=None),))
    half = make_family("bases", (make_component(composition=(("Steel", 500_000),)),))

    assert told(spec) == []
    assert told(replace(spec, families=(half, bare[1]))) == [
        "component oak: the composition adds up to 50 %, not 100 %"
    ]


@pytest.mark.parametrize(
    ("spec", "problems"),
    [
        (with_rule(reason="  "), ["rule law: has no reason for the shopper to read"]),
        (with_rule(reason="x" * 91), ["rule law: the reason is longer than 90 characters"]),
        (with_rule(left=("ash",)), ["rule law: there is no component ash"]),
        (with_rule(right=("ash", "mint")), ["rule law: there is no component ash"]),
        (with_rule(left_slots=("side",)), ["rule law: there is no slot side"]),
        (with_rule(right_slots=("side",)), ["rule law: there is no slot side"]),
        (
            with_rule(left=(), right=()),
            [
                "rule law: names no component on its left side",
                "rule law: names no component on its right side",
            ],
        ),
        (
            with_rule(RuleKind.NEEDS, left=(), right=()),
            [
                "rule law: names no component on its left side",
                "rule law: names no component on its right side",
            ],
        ),
        (
            with_rule(RuleKind.AT_MOST),
            ["rule law: names no component on its left side", "rule law: says not how many slots it allows"],
        ),
        (
            with_rule(RuleKind.AT_MOST, left=("oak",), limit=-1),
            ["rule law: says not how many slots it allows"],
        ),
        (with_rule(RuleKind.CAP, substances=("Salt",), limit=1), ["rule law: no component contains Salt"]),
        (
            with_rule(RuleKind.CAP, amount="grams", limit=1),
            ["rule law: no component carries the number grams"],
        ),
    ],
)
def test_rules_have_what_their_kind_takes(spec: Spec, problems: list[str]) -> None:
    assert told(spec) == problems


NOTHING_TO_SUM = "does not say what to sum up: substances, or a number that components carry"


@pytest.mark.parametrize(
    ("values", "messages"),
    [
        ({}, ["has no limit", NOTHING_TO_SUM]),
        ({"substances": ("Aqua",)}, ["has no limit"]),
        ({"limit": 1}, [NOTHING_TO_SUM]),
        (
            {"limit": 1, "amount": "g", "substances": ("Aqua",)},
            [
                "sums up both substances and a number; a cap is on one of them",
                "no component carries the number g",
            ],
        ),
    ],
)
def test_a_cap_has_a_limit_and_sums_up_one_thing(values: dict[str, Any], messages: list[str]) -> None:
    problems = validate(with_rule(RuleKind.CAP, **values))

    assert [problem.message for problem in problems] == messages


def test_a_reason_of_exactly_90_characters_is_fine() -> None:
    assert told(with_rule(reason="x" * 90)) == []


@pytest.mark.parametrize(
    ("mix", "problems"),
    [
        ({"base": "oak"}, ["starter Dawn: leaves open: Shot"]),
        (
            {"base": "oak", "shot": "mint", "side": "rue"},
            ["starter Dawn: there is no slot side"],
        ),
        ({"base": "mint", "shot": "mint"}, ["starter Dawn: mint does not fit in Base"]),
        ({"base": "none", "shot": "mint"}, ["starter Dawn: none does not fit in Base"]),
    ],
)
def test_a_starter_fills_every_slot_with_what_fits(mix: dict[str, str], problems: list[str]) -> None:
    assert told(make_spec(starters=(make_starter("Dawn", **mix),))) == problems


def test_a_starter_may_leave_an_optional_slot_empty() -> None:
    slots = (make_slot(), make_slot("shot", family="shots", dose_ul=10_000, optional=True))

    assert told(make_spec(slots=slots, starters=(make_starter("Dawn", base="oak", shot="none"),))) == []


def test_a_need_is_met_by_a_component_of_the_recipe() -> None:
    assert told(make_spec(needs=(make_need(component="ash"),))) == ["need calm: there is no component ash"]


@pytest.mark.parametrize(
    ("weights", "problems"),
    [
        ((("sage", 1), ("rue", 99)), []),
        ((("ash", 5), ("ash", 6)), ["there is no component ash", "ash stands 2 times among what helps"]),
        ((("mint", 50),), ["mint is its own component and counts 100 already"]),
        ((("sage", 50), ("sage", 50)), ["sage stands 2 times among what helps"]),
        ((("sage", 0),), ["sage helps by 0, not by 1 to 99"]),
        ((("sage", 100),), ["sage helps by 100, not by 1 to 99"]),
        ((("sage", -1),), ["sage helps by -1, not by 1 to 99"]),
    ],
)
def test_what_else_helps_with_a_need_is_there_once_and_less_than_its_own(
    weights: tuple[tuple[str, int], ...], problems: list[str]
) -> None:
    told_of = told(make_spec(needs=(make_need(weights=weights),)))

    assert told_of == [f"need calm: {problem}" for problem in problems]


def test_all_problems_are_told_at_once_in_reading_order() -> None:
    spec = make_spec(
        slug="Tea!",
        sizes=(),
        slots=(make_slot(family="oils"),),
        families=(make_family("bases", (make_component(surcharge=-5),)),),
        rules=(make_rule(reason=""),),
        starters=(make_starter("Dawn", shot="mint"),),
        needs=(make_need(),),
    )

    assert [problem.where for problem in validate(spec)] == [
        "recipe 'Tea!'",
        "sizes",
        "slot base",
        "component oak",
        "rule oak-mint",
        "rule oak-mint",
        "starter Dawn",
        "starter Dawn",
        "need calm",
    ]


def test_the_error_for_a_spec_that_cannot_be_sold_carries_its_problems() -> None:
    error = InvalidSpecError(iter([Problem("sizes", "too few"), Problem("slots", "too many")]))

    assert error.problems == (Problem("sizes", "too few"), Problem("slots", "too many"))
    assert str(error) == "sizes: too few; slots: too many"
