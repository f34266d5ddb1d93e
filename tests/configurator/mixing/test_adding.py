"""What one more rule would do, judged by trying it on every mix."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from configurator.mixing.adding import EXAMPLES, add_rule
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import Rule, RuleKind, Spec, Starter
from tests.configurator.make import make_rule, make_spec
from tests.configurator.mixing.spec_judge import every_mix, is_kept, makeable, rules, specs
from tests.length import long_or_short


@st.composite
def cases(draw: st.DrawFn) -> tuple[Spec, Rule]:
    spec = draw(specs())
    mixes = draw(st.lists(st.sampled_from(every_mix(spec)), max_size=3))
    starters = tuple(Starter(name=f"Start {i}", mix=tuple(mix.items())) for i, mix in enumerate(mixes))
    return replace(spec, starters=starters), draw(rules(spec, "one-more"))


@given(case=cases())
@settings(max_examples=long_or_short(1500, 75))
def test_counts_and_what_is_left_with_nothing_are_those_of_brute_force(case: tuple[Spec, Rule]) -> None:
    spec, rule = case
    combinations, before = every_mix(spec), makeable(spec)
    after = [mix for mix in before if is_kept(spec, rule, mix)]

    added = add_rule(Mixer(spec), rule)

    assert added.total == len(combinations)
    assert added.breaks == sum(not is_kept(spec, rule, mix) for mix in combinations)
    assert added.lost == len(before) - len(after)
    assert added.left == len(after)
    assert set(added.closed) == {pair for mix in before for pair in mix.items()} - {
        pair for mix in after for pair in mix.items()
    }
    assert [starter.name for starter in added.starters] == [
        starter.name
        for starter in spec.starters
        if dict(starter.mix) in before and dict(starter.mix) not in after
    ]
    assert len(added.examples) == min(added.lost, EXAMPLES)
    assert all(mix in before and mix not in after for mix in added.examples)


def test_it_is_what_the_recipe_with_the_rule_then_has() -> None:
    spec, rule = make_spec(), make_rule(left=("oak",), right=("mint", "sage"))

    added = add_rule(Mixer(spec), rule)

    assert (added.breaks, added.lost, added.left) == (2, 2, 4)
    assert added.left == Mixer(replace(spec, rules=(rule,))).count()


def test_a_rule_that_leaves_nothing_closes_everything() -> None:
    rule = make_rule(kind=RuleKind.AT_MOST, left=("oak", "elm"), right=(), limit=0)

    added = add_rule(Mixer(make_spec()), rule)

    assert added.left == 0
    assert len(added.closed) == 5
