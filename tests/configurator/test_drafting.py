"""Reading the draft as a spec: what is withdrawn, inactive or does not fit stays out and is named."""

from decimal import Decimal

import pytest

from configurator.entered_rules import rule_limit
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import from_json
from configurator.mixing.validation import InvalidSpecError
from configurator.models import Component, RecipeVersion, Rule, Slot
from configurator.publishing import preview_publish
from tests.configurator import catalogue_judge as judge
from tests.configurator.drafts import make_component, make_rule, publish, shampoo

pytestmark = pytest.mark.django_db


def withdraw(*slugs: str) -> None:
    assert Component.objects.filter(slug__in=slugs).update(is_offered=False) == len(slugs)


def test_a_component_that_is_withdrawn_takes_its_starters_needs_and_rules_with_it() -> None:
    withdraw("gleam")

    preview, version = preview_publish(shampoo()), publish()

    assert preview.draft.left_out == (
        "rule gleam-mend: what it speaks of is not offered",
        "rule gleam-quiet-linen: what it speaks of is not offered",
        "rule lactic-cap: what it speaks of is not offered",
        "starter Cold Swim: gleam is not offered",
        "need shine: gleam is not offered",
    )
    left = [mix for mix in judge.makeable() if "gleam" not in mix]
    spec = from_json(version.spec)
    assert version.mixes == len(left)
    assert (len(spec.rules), len(spec.starters), len(spec.needs)) == (7, 5, 7)
    assert [tuple(mix.values()) for mix in Mixer(spec).mixes()] == left


def test_a_cap_on_several_substances_stays_for_those_that_are_left() -> None:
    withdraw("mend")

    version = publish()

    cap = next(rule for rule in from_json(version.spec).rules if rule.slug == "protein-cap")
    assert (cap.substances, cap.limit) == (("Hydrolyzed Rice Protein",), 6_000)
    assert version.mixes == len([mix for mix in judge.makeable() if "mend" not in mix])


@pytest.mark.parametrize("slug", sorted(judge.components()))
def test_any_one_component_can_be_withdrawn(slug: str) -> None:
    withdraw(slug)

    assert publish().mixes == len([mix for mix in judge.makeable() if slug not in mix])


def test_a_rule_keeps_those_of_its_components_that_are_offered() -> None:
    make_rule("oils", left=["gleam", "reset"], right=["calm", "coil"])
    withdraw("reset", "coil")

    rule = next(rule for rule in from_json(publish().spec).rules if rule.slug == "oils")

    assert (rule.left, rule.right) == (("gleam",), ("calm",))


def test_a_component_whose_one_helper_is_withdrawn_stops_the_publishing_until_staff_decide() -> None:
    make_rule("helper", kind=Rule.Kind.NEEDS, left=["lift"], right=["vivid"])
    withdraw("vivid")

    with pytest.raises(InvalidSpecError, match="rule helper: names no component on its right side"):
        publish()
    assert RecipeVersion.objects.count() == 1

    withdraw("lift")
    assert "rule helper: what it speaks of is not offered" in preview_publish(shampoo()).draft.left_out
    assert publish().number == 2


def test_a_rule_that_is_not_active_is_not_in_the_version() -> None:
    Rule.objects.filter(slug="gleam-mend").update(is_active=False)

    version = publish()

    assert "gleam-mend" not in [rule.slug for rule in from_json(version.spec).rules]
    assert version.mixes == sum(set(judge.met_rules(mix)) <= {"gleam-mend"} for mix in judge.all_mixes())


def test_a_starter_for_other_slots_is_left_out() -> None:
    Slot.objects.create(recipe=shampoo(), slug="third", name="Third shot", family=Slot.objects.get(slug="main").family,
                        dose_ml=3, position=9)  # fmt: skip

    preview = preview_publish(shampoo())

    assert [line for line in preview.draft.left_out if line.startswith("starter")] == [
        f"starter {name}: leaves open Third shot"
        for name in ("First Light", "Slow Sunday", "Cold Swim", "Soft Spoken", "Ringlet", "Copper Kettle")
    ]
    assert preview.changes is not None
    assert not preview.changes.comparable


def test_a_component_that_comes_is_in_the_next_version() -> None:
    make_component("dusk", surcharge=150)

    assert publish().mixes == sum(
        not judge.met_rules(tuple("vivid" if part == "dusk" else part for part in mix))
        for mix in nine_shots()
    )


def nine_shots() -> list[judge.Mix]:
    """4 x 9 x 9; plain water takes part in no rule, as Vivid takes part in no hard one."""
    bases = list(judge.components())[:4]
    shots = [*list(judge.components())[4:], "dusk"]
    return [(base, one, two) for base in bases for one in shots for two in shots]


@pytest.mark.parametrize(
    ("is_on_substances", "percent", "number", "limit"),
    [
        (True, "0.6", None, 6_000),
        (True, "0.0001", 5, 1),
        (True, None, 5, None),
        (False, "0.6", None, None),
        (False, None, 0, 0),
        (False, "0.6", -2, -2),
    ],
)
def test_a_limit_is_read_in_the_unit_of_its_kind(
    *, is_on_substances: bool, percent: str | None, number: int | None, limit: int | None
) -> None:
    exact = None if percent is None else Decimal(percent)

    assert rule_limit(is_on_substances=is_on_substances, percent=exact, number=number) == limit
