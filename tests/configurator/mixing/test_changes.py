"""What changes between two versions of a recipe, against counting by hand."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from configurator.mixing.changes import Changes, PriceChange, compare, rule_effects
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import Spec
from tests.configurator.make import (
    make_component,
    make_family,
    make_rule,
    make_size,
    make_slot,
    make_spec,
)
from tests.configurator.mixing.spec_judge import every_mix, few, is_kept, makeable, rules, specs


@st.composite
def revised(draw: st.DrawFn, spec: Spec) -> Spec:
    """The same slots with other rules, and at times with a component fewer or in another order."""
    count = draw(st.integers(0, 2))
    found = tuple(draw(rules(spec, f"new-{i}")) for i in range(count))
    families = tuple(
        replace(
            family,
            components=tuple(draw(st.permutations(family.components)))[: draw(st.sampled_from((2, 3, 3)))],
        )
        for family in spec.families
    )
    return replace(spec, rules=found, families=families)


@few
@given(data=st.data())
def test_gained_and_lost_are_what_a_comparison_of_all_mixes_finds(data: st.DataObject) -> None:
    old = data.draw(specs())
    new = data.draw(revised(old))
    before, after = makeable(old), makeable(new)

    changes = compare(Mixer(old), Mixer(new))

    lost = [mix for mix in before if mix not in after]
    gained = [mix for mix in after if mix not in before]
    assert (changes.before, changes.after) == (len(before), len(after))
    assert (changes.gained, changes.lost) == (len(gained), len(lost))
    assert list(changes.lost_examples) == lost[:5]
    assert list(changes.gained_examples) == gained[:5]
    assert changes.comparable
    assert changes.prices == ()


@few
@given(spec=specs())
def test_each_hard_rule_removes_what_it_forbids_alone_and_beyond_all_others(spec: Spec) -> None:
    hard = [rule for rule in spec.rules if not rule.advice]
    every = every_mix(spec)

    effects = rule_effects(Mixer(spec))

    assert [effect.rule for effect in effects] == hard
    for effect in effects:
        others = [rule for rule in hard if rule is not effect.rule]
        broken = [mix for mix in every if not is_kept(spec, effect.rule, mix)]
        assert effect.removes == len(broken)
        assert effect.only_this == sum(all(is_kept(spec, rule, mix) for rule in others) for mix in broken)


def test_a_new_rule_is_said_with_the_mixes_that_it_takes_away() -> None:
    changes = compare(Mixer(make_spec()), Mixer(make_spec(rules=(make_rule(),))))

    assert changes == Changes(
        before=6,
        after=5,
        gained=0,
        lost=1,
        lost_examples=({"base": "oak", "shot": "mint"},),
        gained_examples=(),
        prices=(),
        comparable=True,
    )


def test_a_component_that_comes_brings_its_mixes_and_keeps_the_others() -> None:
    bases = make_family("bases", tuple(make_component(name) for name in ("yew", "oak", "elm")))
    new = make_spec(families=(bases, make_spec().families[1]))

    changes = compare(Mixer(make_spec()), Mixer(new))

    assert (changes.before, changes.after, changes.gained, changes.lost) == (6, 9, 3, 0)
    assert changes.gained_examples == tuple({"base": "yew", "shot": shot} for shot in ("mint", "sage", "rue"))


def test_with_other_slots_every_mix_is_another_thing() -> None:
    slots = (*make_spec().slots, make_slot("extra", family="shots", dose_ul=1_000))

    changes = compare(Mixer(make_spec()), Mixer(make_spec(slots=slots)))

    assert (changes.before, changes.after, changes.gained, changes.lost) == (6, 18, 18, 6)
    assert not changes.comparable
    assert changes.lost_examples == changes.gained_examples == ()


def test_prices_that_change_come_or_go_are_told_by_size() -> None:
    old = make_spec(sizes=(make_size("s", price=100), make_size("m", price=200), make_size("l", price=300)))
    new = make_spec(sizes=(make_size("m", price=250), make_size("l", price=300), make_size("xl", price=400)))

    assert compare(Mixer(old), Mixer(new)).prices == (
        PriceChange("s", 100, None),
        PriceChange("m", 200, 250),
        PriceChange("xl", None, 400),
    )
