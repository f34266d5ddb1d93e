"""The questions that a shop asks, in slugs, on random recipes against all combinations."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configurator.mixing.label import label
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import RuleKind, Spec
from tests.configurator.make import make_rule, make_spec
from tests.configurator.mixing.spec_judge import (
    Mix,
    avoid_lists,
    changed,
    completing,
    contents,
    every_mix,
    few,
    is_kept,
    makeable,
    part_of,
    partial_mixes,
    specs,
)


def extra(spec: Spec, mix: Mix) -> int:
    return sum(part_of(spec, slug).surcharge for slug in mix.values() if slug != "none")


@few
@given(data=st.data())
def test_options_count_and_prices_are_those_of_the_mixes_that_remain(data: st.DataObject) -> None:
    spec = data.draw(specs())
    avoid, chosen = data.draw(avoid_lists(spec)), data.draw(partial_mixes(spec))
    left = makeable(spec, avoid)

    answer = Mixer(spec).options(chosen, size=spec.sizes[0], avoid=avoid)

    remaining = completing(left, chosen)
    prices = [1000 + extra(spec, mix) for mix in remaining]
    assert answer.count == len(remaining)
    assert answer.prices == ((min(prices), max(prices)) if prices else None)
    for row in answer.slots:
        slot = row.slot.slug
        kept = {mix[slot] for mix in completing(left, chosen, but=slot)}
        assert {option.slug for option in row.options if option.is_open} == kept
        assert row.stuck == (not kept)
        assert [option.slug for option in row.options if option.chosen] == [
            slug for of_slot, slug in chosen.items() if of_slot == slot
        ]


@few
@given(data=st.data())
def test_a_refusal_names_choices_and_rules_that_forbid_an_option_by_themselves(data: st.DataObject) -> None:
    spec = data.draw(specs())
    avoid, chosen = data.draw(avoid_lists(spec)), data.draw(partial_mixes(spec))

    answer = Mixer(spec).options(chosen, size=spec.sizes[0], avoid=avoid)

    for row in answer.slots:
        for option in row.options:
            if option.refusal is None:
                continue
            refusal = option.refusal
            assert set(refusal.avoided) == contents(spec, option.slug) & set(avoid)
            if refusal.avoided:
                continue
            assert refusal.choices == tuple((slot, chosen[slot]) for slot, _ in refusal.choices)
            picked = {**dict(refusal.choices), row.slot.slug: option.slug}
            pool = [
                mix
                for mix in every_mix(spec)
                if not refusal.narrowed or not any(contents(spec, slug) & set(avoid) for slug in mix.values())
            ]
            assert not [
                mix
                for mix in completing(pool, picked)
                if all(is_kept(spec, rule, mix) for rule in refusal.rules)
            ]


@few
@given(data=st.data())
def test_a_check_tells_every_rule_met_and_everything_to_be_left_out(data: st.DataObject) -> None:
    spec = data.draw(specs())
    avoid, mix = data.draw(avoid_lists(spec)), data.draw(st.sampled_from(every_mix(spec)))

    verdict = Mixer(spec).check(mix, size=spec.sizes[0], avoid=avoid)

    assert verdict.makeable == (mix in makeable(spec, avoid))
    met = [rule for rule in spec.rules if not is_kept(spec, rule, mix)]
    assert list(verdict.broken) == [rule for rule in met if not rule.advice]
    assert list(verdict.advice) == [rule for rule in met if rule.advice]
    assert {slot: set(found) for slot, _, found in verdict.avoided} == {
        slot: found for slot, slug in mix.items() if (found := contents(spec, slug) & set(avoid))
    }
    assert all(mix[slot] == slug for slot, slug, _ in verdict.avoided)
    assert verdict.price == 1000 + extra(spec, mix)
    assert verdict.label == label(spec, mix)
    assert not (verdict.makeable and verdict.repairs)


@few
@given(data=st.data())
def test_repairs_of_a_complete_mix_are_makeable_nearest_and_hold_what_they_can(data: st.DataObject) -> None:
    spec = data.draw(specs())
    avoid, mix = data.draw(avoid_lists(spec)), data.draw(st.sampled_from(every_mix(spec)))
    hold = sorted(data.draw(st.sets(st.sampled_from(sorted(mix)), max_size=1)))
    left = makeable(spec, avoid)

    repairs = Mixer(spec).repairs(mix, avoid=avoid, hold=hold)

    nearest = min((len(changed(mix, other)) for other in left), default=0)
    candidates = [other for other in left if len(changed(mix, other)) == nearest]
    assert len(repairs) == len({tuple(other.values()) for other in repairs}) == min(3, len(candidates))
    assert all(other in candidates for other in repairs)
    touched = sorted(len(changed(mix, other) & set(hold)) for other in candidates)
    assert [len(changed(mix, other) & set(hold)) for other in repairs] == touched[: len(repairs)]


@few
@given(data=st.data())
def test_repairs_of_a_partial_mix_lead_somewhere_by_one_swap_or_keep_what_can_stay(
    data: st.DataObject,
) -> None:
    spec = data.draw(specs())
    avoid = data.draw(avoid_lists(spec))
    chosen = data.draw(partial_mixes(spec).filter(lambda mix: len(mix) < len(spec.slots)))
    left = makeable(spec, avoid)
    if completing(left, chosen):
        return

    repairs = Mixer(spec).repairs(chosen, avoid=avoid)

    swaps = [
        {**chosen, slot: slug}
        for slot in chosen
        for slug in dict.fromkeys(mix[slot] for mix in completing(left, chosen, but=slot))
    ]
    if swaps:
        assert len(repairs) == min(3, len(swaps))
        assert all(swapped in swaps for swapped in repairs)
    elif left:
        (kept,) = repairs
        assert kept.items() <= chosen.items()
        assert completing(left, kept)
        dropped = {slot: slug for slot, slug in chosen.items() if slot not in kept}
        assert all(not completing(left, {**kept, slot: slug}) for slot, slug in dropped.items())
    else:
        assert repairs == ()


@few
@given(data=st.data())
def test_the_best_mix_has_the_highest_score_of_all_makeable_ones(data: st.DataObject) -> None:
    spec = data.draw(specs())
    avoid = data.draw(avoid_lists(spec))
    scores = {
        slot.slug: {part.slug: data.draw(st.integers(-3, 3)) for part in spec.components_of(slot)}
        for slot in spec.slots
    }
    left = makeable(spec, avoid)

    best = Mixer(spec).best(scores, avoid=avoid)

    def score(mix: Mix) -> int:
        return sum(scores[slot].get(slug, 0) for slot, slug in mix.items())

    assert best == (max(left, key=score) if left else None)


@few
@given(data=st.data())
def test_mixes_count_and_sample_agree_with_all_combinations(data: st.DataObject) -> None:
    spec = data.draw(specs())
    avoid, chosen = data.draw(avoid_lists(spec)), data.draw(partial_mixes(spec))
    mixer, left = Mixer(spec), makeable(spec, avoid)

    assert mixer.total == len(every_mix(spec))
    assert list(mixer.mixes()) == makeable(spec)
    assert list(mixer.mixes(chosen)) == completing(makeable(spec), chosen)
    assert mixer.count(chosen, avoid=avoid) == len(completing(left, chosen))
    found = mixer.sample(random.Random(data.draw(st.integers(0, 9))), avoid=avoid)
    assert found in left if left else found is None
    assert all(mixer.is_makeable(mix) == (mix in makeable(spec)) for mix in every_mix(spec))


def test_a_sample_is_uniform_over_the_makeable_mixes() -> None:
    mixer = Mixer(make_spec(rules=(make_rule(),)))
    rng = random.Random(7)

    drawn = Counter(tuple((mixer.sample(rng) or {}).values()) for _ in range(2_000))

    assert len(drawn) == 5
    assert all(330 < times < 470 for times in drawn.values())


def test_the_cheapest_of_equals_is_the_first_as_staff_order_them() -> None:
    assert Mixer(make_spec(rules=(make_rule(),))).best({}) == {"base": "oak", "shot": "sage"}


@pytest.mark.parametrize("kind", [RuleKind.NEVER_TOGETHER])
def test_an_advice_removes_nothing(kind: RuleKind) -> None:
    mixer = Mixer(make_spec(rules=(make_rule(kind=kind, advice=True),)))

    verdict = mixer.check({"base": "oak", "shot": "mint"}, size=mixer.spec.sizes[0])

    assert mixer.count() == mixer.total == 6
    assert verdict.makeable
    assert [rule.slug for rule in verdict.advice] == ["oak-mint"]
