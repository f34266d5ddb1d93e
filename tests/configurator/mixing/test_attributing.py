"""Which rule gains or loses how many mixes, against counting by hand."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from configurator.mixing.attributing import RuleChange, attribute
from configurator.mixing.changes import compare
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import Rule, Spec
from tests.configurator.make import make_component, make_family, make_rule, make_slot, make_spec
from tests.configurator.mixing.spec_judge import (
    Mix,
    components,
    every_mix,
    few,
    is_kept,
    makeable,
    rules,
    specs,
)


@st.composite
def revised(draw: st.DrawFn, spec: Spec) -> Spec:
    """The same slots; rules kept, changed, dropped and added; components made anew, at times one fewer."""
    kept = [rule for rule in spec.rules if draw(st.booleans())]
    changed = [
        draw(rules(spec, rule.slug)) for rule in spec.rules if rule not in kept and draw(st.booleans())
    ]
    new = [draw(rules(spec, "new"))] if draw(st.booleans()) else []
    families = spec.families
    if draw(st.booleans()):
        families = tuple(
            replace(
                family,
                components=tuple(
                    draw(components(part.slug, is_dosed=spec.is_dosed))
                    for part in family.components[: draw(st.sampled_from((2, 3, 3)))]
                ),
            )
            for family in families
        )
    return replace(spec, rules=(*kept, *changed, *new), families=families)


def hard(spec: Spec) -> dict[str, Rule]:
    return {rule.slug: rule for rule in spec.rules if not rule.advice}


def forbidden(spec: Spec, rule: Rule | None, mixes: list[Mix]) -> int:
    return 0 if rule is None else sum(not is_kept(spec, rule, mix) for mix in mixes)


@few
@given(data=st.data())
def test_each_rule_has_the_part_that_counting_by_hand_gives_it(data: st.DataObject) -> None:
    old = data.draw(specs())
    new = data.draw(revised(old))
    before, after = makeable(old), makeable(new)
    still, already = (
        [mix for mix in before if mix in every_mix(new)],
        [mix for mix in after if mix in every_mix(old)],
    )

    found = attribute(Mixer(old), Mixer(new))

    assert found is not None
    assert (found.withdrawn, found.introduced) == (len(before) - len(still), len(after) - len(already))
    shares = {share.rule.slug: share for share in found.rules}
    for slug in {**hard(old), **hard(new)}:
        was, now = hard(old).get(slug), hard(new).get(slug)
        loses, gains = forbidden(new, now, still), forbidden(old, was, already)
        if slug in shares:
            assert (shares[slug].loses, shares[slug].gains) == (loses, gains)
        else:
            assert (loses, gains) == (0, 0)
            assert was == now
    fresh = [rule for slug, rule in hard(new).items() if hard(old).get(slug) != rule]
    assert found.removed == sum(any(not is_kept(new, rule, mix) for rule in fresh) for mix in every_mix(new))


@few
@given(data=st.data())
def test_what_is_lost_and_gained_is_all_accounted_for(data: st.DataObject) -> None:
    """Every lost mix has lost a component or a rule forbids it; of one rule alone the sums are equal."""
    old = data.draw(specs())
    new = data.draw(revised(old))
    one, other = Mixer(old), Mixer(new)

    found, changes = attribute(one, other), compare(one, other)

    assert found is not None
    assert changes.lost is not None
    assert changes.gained is not None
    lost, gained = [share.loses for share in found.rules], [share.gains for share in found.rules]
    assert max([0, *lost]) <= changes.lost - found.withdrawn <= sum(lost)
    assert max([0, *gained]) <= changes.gained - found.introduced <= sum(gained)


def test_rules_are_new_changed_removed_or_the_same_whatever_their_reason() -> None:
    old = make_spec(rules=(make_rule("a"), make_rule("b"), make_rule("c", left=("elm",))))
    new = make_spec(
        rules=(
            make_rule("a", reason="Another reason"),
            make_rule("c", left=("elm",), right=("sage",)),
            make_rule("d", left=("elm",), right=("rue",)),
        )
    )

    found = attribute(Mixer(old), Mixer(new))

    assert found is not None
    assert [(share.rule.slug, share.change, share.loses, share.gains) for share in found.rules] == [
        ("b", RuleChange.REMOVED, 0, 0),  # a forbids the same
        ("c", RuleChange.CHANGED, 1, 1),
        ("d", RuleChange.NEW, 1, 0),
    ]
    assert found.removed == 2


def test_a_rule_that_becomes_an_advice_gains_what_it_forbade() -> None:
    old, new = make_spec(rules=(make_rule(),)), make_spec(rules=(make_rule(advice=True),))

    found = attribute(Mixer(old), Mixer(new))

    assert found is not None
    assert [(share.change, share.gains) for share in found.rules] == [(RuleChange.REMOVED, 1)]


def test_other_slots_have_no_part_to_tell() -> None:
    old = make_spec()
    new = make_spec(slots=(make_slot(),), families=(make_family("bases", (make_component("oak"),)),))

    assert attribute(Mixer(old), Mixer(new)) is None
