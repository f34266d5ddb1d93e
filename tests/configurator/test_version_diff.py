"""What differs between two versions, in sentences."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from configurator.mixing.spec import RuleKind, Spec, Word
from configurator.version_diff import describe_changes
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

Edit = Callable[[Spec], dict[str, Any]]


def said(old: Spec, new: Spec) -> dict[str, list[str]]:
    return {section.title: list(section.lines) for section in describe_changes(old, new)}


def with_oak(spec: Spec, **values: Any) -> dict[str, Any]:
    bases, shots = spec.families
    oak, elm = bases.components
    return {"families": (replace(bases, components=(replace(oak, **values), elm)), shots)}


RULE = make_rule(left=("oak",), left_slots=("base",), right=("mint", "sage"))
FULL = make_spec(
    rules=(RULE,),
    starters=(make_starter(),),
    needs=(make_need(),),
    flags=(Word(slug="nuts", name="Nuts"),),
)
EDITS: list[tuple[Edit, str, list[str]]] = [
    (lambda s: {"name": "Chai"}, "Recipe", ["The recipe: name was “Tea” and is now “Chai”."]),
    (
        lambda s: {"open_jar_months": 6},
        "Recipe",
        ["The recipe: keeps after opening, months was empty and is now 6."],
    ),
    (
        lambda s: {"slots": (make_slot(dose_ul=80_000), s.slots[1])},
        "Slots",
        ["Base: dose in ml was 90 and is now 80."],
    ),
    (
        lambda s: {"slots": (*s.slots, make_slot("extra", optional=True))},
        "Slots",
        ["Added: Extra."],
    ),
    (
        lambda s: {"slots": s.slots[::-1]},
        "Slots",
        ["The order is now: Shot, Base."],
    ),
    (
        lambda s: {"families": (s.families[0], make_family("shots", s.families[1].components[:2]))},
        "Components",
        ["Removed: Rue."],
    ),
    (
        lambda s: with_oak(s, surcharge=150, flags=("nuts",)),
        "Components",
        ["Oak: flags was empty and is now nuts.", "Oak: surcharge was £0.00 and is now £1.50."],
    ),
    (
        lambda s: with_oak(s, composition=(("Aqua", 995_000), ("Menthol", 5_000))),
        "Compositions",
        ["Oak: Aqua was 100 % and is now 99.5 %.", "Oak: Menthol is new, 0.5 %."],
    ),
    (
        lambda s: {"sizes": (make_size(price=1250), make_size("50ml", price=700))},
        "Sizes and prices",
        ["Added: 50ml, £7.00.", "100ml: price was £10.00 and is now £12.50."],
    ),
    (
        lambda s: {"rules": ()},
        "Rules",
        ["Removed: Oak (as Base) never together with Mint or Sage, because “They curdle”."],
    ),
    (
        lambda s: {"rules": (replace(RULE, right=("mint",), left_slots=()),)},
        "Rules",
        [
            (
                "Changed (oak-mint): Oak never together with Mint, because “They curdle”."
                " It was: Oak (as Base) never together with Mint or Sage, because “They curdle”."
            )
        ],
    ),
    (
        lambda s: {
            "rules": (
                RULE,
                make_rule("n", RuleKind.NEEDS, left=("oak",), right=("rue",)),
                make_rule("m", RuleKind.AT_MOST, left=("mint",), limit=1, advice=True),
                make_rule("c", RuleKind.CAP, substances=("Aqua", "Menthol"), limit=5_000),
                make_rule("g", RuleKind.CAP, amount="grams", limit=900),
            )
        },
        "Rules",
        [
            "New: Oak needs Rue, because “They curdle”.",
            "New: Advice only: At most 1 slot holds Mint, because “They curdle”.",
            "New: Aqua and Menthol together are at most 0.5 % of the mix, because “They curdle”.",
            "New: grams add up to at most 900, because “They curdle”.",
        ],
    ),
    (
        lambda s: {"starters": (make_starter(base="elm", shot="sage"), make_starter("Night"))},
        "Starters",
        ["Added: Night (Oak with Mint).", "Morning: mix was Oak with Mint and is now Elm with Sage."],
    ),
    (
        lambda s: {"needs": (make_need(component="sage", weights=(("rue", 40),)),)},
        "Needs",
        [
            "Sleep better: component was Mint and is now Sage.",
            "Sleep better: what else helps was empty and is now Rue (40).",
        ],
    ),
    (lambda s: {"flags": ()}, "Words", ["Removed: Nuts."]),
]


@pytest.mark.parametrize(("edit", "title", "lines"), EDITS)
def test_a_change_is_a_sentence_and_nothing_else_is_said(edit: Edit, title: str, lines: list[str]) -> None:
    assert said(FULL, replace(FULL, **edit(FULL))) == {title: lines}


def test_a_component_that_moves_to_another_family_is_said_to() -> None:
    bases, shots = FULL.families
    elm, mint = bases.components[1], make_component("mint")
    moved = (
        make_family("bases", (bases.components[0],)),
        make_family("shots", (mint, *shots.components[1:], elm)),
    )

    assert (
        "Elm: family was Bases and is now Shots." in said(FULL, replace(FULL, families=moved))["Components"]
    )


@few
@given(one=specs(), other=specs())
def test_equal_versions_have_no_differences_and_others_have_some(one: Spec, other: Spec) -> None:
    assert describe_changes(one, one) == ()
    assert bool(describe_changes(one, other)) == (one != other)
