"""Why a mix cannot be made, judged by trying every mix."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import Spec
from configurator.why_not import why_not
from tests.configurator.make import make_rule, make_spec
from tests.configurator.mixing.spec_judge import (
    Mix,
    completing,
    every_mix,
    few,
    is_kept,
    makeable,
    partial_mixes,
    specs,
)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Spec, Mix]:
    spec = draw(specs())
    return spec, draw(partial_mixes(spec))


@given(case=cases())
@few
def test_the_rules_that_it_names_are_enough_to_forbid_what_was_chosen(case: tuple[Spec, Mix]) -> None:
    spec, chosen = case
    left = completing(makeable(spec), chosen)

    answer = why_not(Mixer(spec), chosen)

    assert answer.can_be_made == bool(left)
    assert answer.unknown == ()
    if left:
        assert answer.reasons == ()
        assert answer.completions in ("", str(len(left)))
        return
    named = [slug for slug, _reason in answer.reasons]
    rules = [rule for rule in spec.rules if rule.slug in named]
    assert completing(makeable(replace(spec, rules=tuple(rules))), chosen) == []
    if len(chosen) == len(spec.slots):
        broken = [rule.slug for rule in spec.rules if not rule.advice and not is_kept(spec, rule, chosen)]
        assert named == broken
    assert bool(answer.ways_out) == bool(makeable(spec))


@given(case=cases())
@few
def test_advice_is_said_of_a_mix_that_can_be_made(case: tuple[Spec, Mix]) -> None:
    spec, _chosen = case
    mixer = Mixer(spec)
    for mix in every_mix(spec):
        answer = why_not(mixer, mix)
        if answer.can_be_made:
            met = [rule.slug for rule in spec.rules if rule.advice and not is_kept(spec, rule, mix)]
            assert [slug for slug, _reason in answer.advice] == met


def test_without_any_choice_it_names_the_rules_that_leave_nothing() -> None:
    rule = make_rule(left=("oak", "elm"), right=("mint", "sage", "rue"))

    answer = why_not(Mixer(make_spec(rules=(rule,))), {})

    assert (answer.can_be_made, answer.reasons, answer.ways_out) == (
        False,
        (("oak-mint", "They curdle"),),
        (),
    )
