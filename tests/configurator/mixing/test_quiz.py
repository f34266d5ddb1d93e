"""The quiz: judged by brute force over all 256 mixes, for every set of answers."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import combinations, permutations, product
from typing import Any

import pytest

from configurator.mixing.mixer import Mixer, UnknownChoiceError
from configurator.mixing.nothing_left import Emptied, NoMix
from configurator.mixing.quiz import Because, QuizAnswers, Suggestion, scent_slot, suggest
from configurator.mixing.spec import Need, Size, Word
from configurator.models import RecipeVersion
from configurator.versions import mixer_for
from tests.configurator import catalogue_judge as judge
from tests.configurator.make import make_component, make_family, make_need, make_rule, make_slot, make_spec

FLAGS = judge.catalogue()["flags"]
NEEDS = {need["slug"]: need for need in judge.catalogue()["needs"]}
ASKED = [(), *((need,) for need in NEEDS), *permutations(NEEDS, 2)]
HAIR = ["", "fine", "medium", "thick", "curly"]
SCENTS = ["", "orchard-rain", "warm-hearth", "salt-meadow", "quiet-linen"]
PAIRS = [("fragrance", "oat"), ("protein", "acids"), ("nuts", "wheat")]
SUBSTANCES = [("Lactic Acid",), ("Hydrolyzed Wheat Protein",), ("Linalool", "Parfum")]
HONEST_NO = [("coconut-derived",), ("coconut-derived", "nuts"), ("Glycerin",), ("Aqua", "oat")]
USUAL = tuple(judge.catalogue()["starters"][0]["mix"][slot] for slot in judge.SLOTS)


@pytest.fixture
def mixer(catalogue: RecipeVersion) -> Mixer:
    return mixer_for(catalogue)


def answer(*needs: str, **values: Any) -> QuizAnswers:
    return QuizAnswers(needs=needs, **values)


def suggested(mixer: Mixer, *needs: str, out: Iterable[tuple[str, str]] = (), **values: Any) -> Suggestion:
    found = suggest(mixer, answer(*needs, **values), out=list(out))
    assert isinstance(found, Suggestion)
    return found


def refused(mixer: Mixer, *, avoid: Iterable[str] = (), out: Iterable[tuple[str, str]] = ()) -> NoMix:
    found = suggest(mixer, QuizAnswers(avoid=tuple(avoid)), out=list(out))
    assert isinstance(found, NoMix)
    return found


def spelled(found: Suggestion) -> str:
    return "/".join(found.mix.values())


# The judge ----------------------------------------------------------------------------------------------------------


@cache
def worth(need: str, shot: str) -> int:
    asked = NEEDS[need]
    return 100 if asked["shot"] == shot else int(asked.get("helped_by", {}).get(shot, 0))


def rank(mix: judge.Mix, answers: QuizAnswers) -> tuple[int, ...]:
    """What makes one mix better than another: the first number that differs decides."""
    base, main, second = mix
    return (
        worth(answers.needs[0], main) if answers.needs else 0,
        int(base == answers.scent),
        worth(answers.needs[-1], second) if answers.needs else 0,
        sum(answers.hair in judge.components()[part].get("suits", ()) for part in mix),
        sum(part == usual for part, usual in zip(mix, USUAL, strict=True)),
    )


AVOIDED = [(), *((flag,) for flag in FLAGS if flag != "coconut-derived"), *PAIRS, *SUBSTANCES]


@pytest.mark.parametrize("asked", [ASKED[start::9] for start in range(9)], ids=str)
def test_every_set_of_answers_gives_the_best_mix_there_is(mixer: Mixer, asked: list[tuple[str, ...]]) -> None:
    for needs, hair, scent in product(asked, HAIR, SCENTS):
        plain = QuizAnswers(needs=needs, hair=hair, scent=scent)
        ranks = {mix: rank(mix, plain) for mix in judge.makeable()}
        for avoid in AVOIDED:
            left = {mix: ranks[mix] for mix in judge.makeable(frozenset(avoid))}

            found = suggest(mixer, replace(plain, avoid=avoid))

            assert isinstance(found, Suggestion)
            mix = tuple(found.mix.values())
            assert left.get(mix) == max(left.values()), (plain, avoid)
            assert_alternatives_are_the_best_neighbours(found, left)
            assert_parts_tell_the_truth(found, replace(plain, avoid=avoid))


@pytest.mark.parametrize("avoid", AVOIDED, ids=" and ".join)
def test_the_first_need_has_the_main_shot_wherever_a_mix_allows_it(
    mixer: Mixer, avoid: tuple[str, ...]
) -> None:
    mains = {main for _base, main, _second in judge.makeable(frozenset(avoid))}

    for needs, scent in product(ASKED[1:], SCENTS):
        main = suggested(mixer, *needs, scent=scent, avoid=avoid).mix["main"]

        assert (main == NEEDS[needs[0]]["shot"]) == (NEEDS[needs[0]]["shot"] in mains)


def test_the_same_answers_always_give_the_same(mixer: Mixer) -> None:
    other = Mixer(mixer.spec)

    for needs, avoid in product(ASKED, AVOIDED):
        answers = QuizAnswers(needs=needs, hair="thick", scent="quiet-linen", avoid=avoid)
        assert suggest(mixer, answers) == suggest(other, replace(answers))


def assert_alternatives_are_the_best_neighbours(
    found: Suggestion, ranks: dict[judge.Mix, tuple[int, ...]]
) -> None:
    mix = tuple(found.mix.values())
    near = [ranks[other] for other in neighbours(mix) if other in ranks]
    others = [tuple(other.values()) for other in found.alternatives]
    assert [ranks[other] for other in others] == sorted(near, reverse=True)[:2]
    assert len(set(others)) == len(others) == min(2, len(near))
    assert set(others) <= set(neighbours(mix))


@cache
def neighbours(mix: judge.Mix) -> tuple[judge.Mix, ...]:
    """All mixes that differ from one in exactly one part."""
    return tuple(
        other for other in judge.all_mixes() if sum(a != b for a, b in zip(mix, other, strict=True)) == 1
    )


def assert_parts_tell_the_truth(found: Suggestion, answers: QuizAnswers) -> None:
    base, main, second = found.parts
    assert [(part.slot, part.component) for part in found.parts] == list(found.mix.items())
    wanted = [NEEDS[need]["shot"] for need in answers.needs]
    for part, asked in ((base, answers.scent), (main, "".join(wanted[:1])), (second, "".join(wanted[-1:]))):
        is_changed = bool(asked) and asked != part.component
        assert (part.instead.wanted if part.instead else "") == (asked if is_changed else "")
        if part.instead:
            assert_refusal_is_true(part.slot, part.instead.wanted, part.instead.refusal, answers, found.mix)
        suits = answers.hair in judge.components()[part.component].get("suits", ())
        if part.need and worth(part.need, part.component):
            assert part.because is Because.NEED
        elif answers.scent == part.component:
            assert part.because is Because.SCENT
        else:
            assert part.because is (Because.HAIR if suits else Because.OPEN)
    assert (base.need, main.need) == ("", "".join(answers.needs[:1]))
    assert second.need == "".join(answers.needs[-1:])


def assert_refusal_is_true(
    slot: str, wanted: str, refusal: Any, answers: QuizAnswers, mix: dict[str, str]
) -> None:
    """What she wanted is avoided, or cannot be had beside the choices that the refusal names."""
    assert refusal.avoided == tuple(item for item in answers.avoid if item in judge.contents(wanted))
    if not refusal.avoided:
        told = {**dict(refusal.choices), slot: wanted}
        assert set(refusal.choices) <= set(mix.items())
        assert not any(
            all(judge.named(other)[place] == part for place, part in told.items())
            for other in judge.makeable(frozenset(answers.avoid))
        )
        assert refusal.rules or refusal.narrowed


# In words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("needs", "values", "mix"),
    [
        (("strength", "moisture"), {"scent": "warm-hearth"}, "warm-hearth/mend/quench"),
        (("moisture", "strength"), {"scent": "warm-hearth"}, "warm-hearth/quench/mend"),
        (("strength",), {"hair": "thick"}, "warm-hearth/mend/quench"),
        (("body",), {}, "orchard-rain/lift/lift"),
        (("shine",), {}, "orchard-rain/gleam/vivid"),
        (("freshness",), {"hair": "curly"}, "warm-hearth/reset/gleam"),
        (("strength", "shine"), {}, "orchard-rain/mend/vivid"),
        (("shine", "strength"), {}, "orchard-rain/gleam/quench"),
        (("shine",), {"scent": "quiet-linen"}, "orchard-rain/gleam/vivid"),
        (("colour", "shine"), {"scent": "quiet-linen"}, "quiet-linen/vivid/vivid"),
        (("definition",), {"hair": "fine"}, "salt-meadow/coil/coil"),
        (("comfort", "freshness"), {"avoid": ("oat",)}, "orchard-rain/quench/reset"),
        ((), {}, "orchard-rain/lift/vivid"),
        ((), {"scent": "quiet-linen"}, "quiet-linen/lift/vivid"),
    ],
)
def test_answers_give_a_mix(mixer: Mixer, needs: tuple[str, ...], values: dict[str, Any], mix: str) -> None:
    assert spelled(suggested(mixer, *needs, **values)) == mix


def test_a_second_need_that_clashes_gives_way_and_says_by_which_rule(mixer: Mixer) -> None:
    found = suggested(mixer, "strength", "shine")

    instead = found.parts[2].instead
    assert instead is not None
    assert (instead.wanted, [rule.slug for rule in instead.refusal.rules]) == ("gleam", ["gleam-mend"])
    assert instead.refusal.choices == (("main", "mend"),)
    assert (found.parts[1].component, found.parts[1].instead) == ("mend", None)


def test_the_scent_gives_way_to_the_first_need_and_says_by_which_rule(mixer: Mixer) -> None:
    base = suggested(mixer, "shine", scent="quiet-linen").parts[0]

    assert base.instead is not None
    assert [rule.slug for rule in base.instead.refusal.rules] == ["gleam-quiet-linen"]


def test_one_need_alone_is_repeated_or_its_neighbour_taken_and_says_by_which_rule(mixer: Mixer) -> None:
    second = suggested(mixer, "strength").parts[2]

    assert (second.component, second.because, second.need) == ("quench", Because.NEED, "strength")
    assert second.instead is not None
    assert [rule.slug for rule in second.instead.refusal.rules] == ["protein-cap"]
    assert second.instead.refusal.choices == (("main", "mend"),)


def test_what_is_out_of_stock_is_not_suggested_and_said(mixer: Mixer) -> None:
    out = [("main", "mend"), ("second", "vivid"), ("base", "orchard-rain")]

    found = suggested(mixer, "strength", "shine", out=out)

    assert spelled(found) == "warm-hearth/quench/gleam"
    assert found.parts[1].instead is not None
    assert found.parts[1].instead.refusal.is_out
    assert all(pair not in out for other in found.alternatives for pair in other.items())


@pytest.mark.parametrize(
    ("values", "field"),
    [({"needs": ("beauty",)}, "needs"), ({"hair": "blue"}, "hair"), ({"scent": "mend"}, "scent")],
)
def test_answers_that_the_recipe_does_not_know_are_refused(
    mixer: Mixer, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(UnknownChoiceError) as caught:
        suggest(mixer, QuizAnswers(**values))

    assert caught.value.field == field


def test_three_needs_are_too_many(mixer: Mixer) -> None:
    with pytest.raises(ValueError, match="at most 2 needs are answered, not 3"):
        suggest(mixer, answer("body", "shine", "colour"))


def test_what_the_recipe_does_not_know_is_left_out_anyway(mixer: Mixer) -> None:
    assert suggested(mixer, "body", avoid=("rubber",)) == suggested(mixer, "body")


# Nothing left -------------------------------------------------------------------------------------------------------


def test_of_all_sets_of_flags_only_those_with_coconut_leave_nothing(mixer: Mixer) -> None:
    for size in range(len(FLAGS) + 1):
        for avoid in combinations(FLAGS, size):
            found = suggest(mixer, QuizAnswers(avoid=avoid))

            assert (
                isinstance(found, NoMix)
                == ("coconut-derived" in avoid)
                == (not judge.makeable(frozenset(avoid)))
            )
            if isinstance(found, NoMix):
                assert_sets_are_the_smallest(found, avoid)
                assert found.emptied == (Emptied("base", ("coconut-derived",), ()),)
                assert found.keep_all_but == (("coconut-derived",),)


@pytest.mark.parametrize("avoid", HONEST_NO, ids=" and ".join)
def test_nothing_left_says_of_which_slot_and_because_of_what(mixer: Mixer, avoid: tuple[str, ...]) -> None:
    found = refused(mixer, avoid=avoid)

    assert found.emptied[0] == Emptied("base", (avoid[0],), ())
    assert found.is_stock is False
    assert_sets_are_the_smallest(found, avoid)


def assert_sets_are_the_smallest(found: NoMix, avoid: tuple[str, ...]) -> None:
    size = next(
        size
        for size in range(len(avoid) + 1)
        if any(judge.makeable(frozenset(kept)) for kept in combinations(avoid, len(avoid) - size))
    )
    helping = [
        dropped for dropped in combinations(avoid, size) if judge.makeable(frozenset(avoid) - set(dropped))
    ]
    assert found.keep_all_but == tuple(helping[:3])


def test_two_things_that_stand_in_the_way_are_named_together(mixer: Mixer) -> None:
    avoid = ("Glycerin", "wheat", "Sodium Benzoate")
    assert not judge.makeable(frozenset(avoid[::2]))

    found = refused(mixer, avoid=avoid)

    assert_sets_are_the_smallest(found, avoid)
    assert found.keep_all_but == (("Glycerin", "Sodium Benzoate"),)


def test_any_single_substance_is_answered_truly(mixer: Mixer) -> None:
    for name in sorted(mixer.avoidable):
        found = suggest(mixer, QuizAnswers(avoid=(name,)))

        assert isinstance(found, NoMix) == (not judge.makeable(frozenset({name})))
        if isinstance(found, NoMix):
            assert found.keep_all_but == ((name,),)


def test_stock_that_is_in_the_way_by_itself_is_said(mixer: Mixer) -> None:
    out = [("base", scent) for scent in SCENTS[1:]]

    found = refused(mixer, avoid=("wheat",), out=out)

    assert found == NoMix((Emptied("base", (), tuple(SCENTS[1:])),), is_stock=True, keep_all_but=())


def test_stock_and_what_she_leaves_out_together_are_both_said(mixer: Mixer) -> None:
    found = refused(mixer, avoid=("wheat", "fragrance"), out=[("base", "quiet-linen")])

    assert found.emptied == (Emptied("base", ("fragrance",), ("quiet-linen",)),)
    assert (found.is_stock, found.keep_all_but) == (True, (("fragrance",),))


def test_what_she_leaves_out_is_named_before_stock_where_it_is_enough(mixer: Mixer) -> None:
    found = refused(mixer, avoid=("coconut-derived",), out=[("base", "quiet-linen")])

    assert found.emptied == (Emptied("base", ("coconut-derived",), ()),)
    assert found.is_stock is False


def test_rules_that_forbid_what_is_left_empty_no_slot(mixer: Mixer) -> None:
    """Quiet Linen goes with neither Gleam nor Reset."""
    out = [("main", shot) for shot in judge.components() if shot not in (*SCENTS, "gleam", "reset")]

    found = refused(mixer, avoid=("Parfum",), out=out)

    assert found == NoMix((), is_stock=True, keep_all_but=(("Parfum",),))


def test_a_long_list_is_answered_with_one_set_that_has_nothing_to_spare() -> None:
    names = [f"s{i}" for i in range(40)]
    parts = [make_component(f"c{i}", flags=tuple((names * 2)[i : i + 3])) for i in range(40)]
    shots = make_family("shots", (make_component("mint"),))
    mixer = Mixer(make_spec(families=(make_family(components=tuple(parts)), shots)))

    found = refused(mixer, avoid=names)

    (dropped,) = found.keep_all_but
    assert len(dropped) == 3
    assert mixer.leads_somewhere(avoid=[name for name in names if name not in dropped])


# Other recipes ------------------------------------------------------------------------------------------------------


def tea(**values: Any) -> Mixer:
    """A base, two slots of shots of which the last may stay empty, and cups that nothing is asked about."""
    shots = tuple(make_component(name) for name in ("mint", "sage", "rue"))
    slots = (
        make_slot("cup", family="cups", dose_ul=1),
        make_slot("one", family="shots", dose_ul=1),
        make_slot("two", family="shots", dose_ul=1, optional=True),
    )
    cups = (make_component("mug"), make_component("bowl", suits=("cold",)))
    needs = (make_need("sleep", component="mint", weights=(("rue", 9),)), make_need("wake", component="sage"))
    usual: dict[str, Any] = {
        "slots": slots,
        "families": (make_family("cups", cups), make_family("shots", shots)),
        "needs": needs,
        "hair_types": (Word(slug="cold", name="cold"),),
        "sizes": (Size(slug="s", price=1, volume_ml=1),),
    }
    return Mixer(make_spec(**{**usual, **values}))


def test_an_optional_slot_that_nothing_asks_for_is_left_to_the_order_of_options() -> None:
    found = suggested(tea(), "sleep", "wake", hair="cold")

    assert found.mix == {"cup": "bowl", "one": "mint", "two": "sage"}
    assert [part.because for part in found.parts] == [Because.HAIR, Because.NEED, Because.NEED]


def test_an_optional_slot_is_left_empty_where_nothing_else_can_be_had() -> None:
    rule = make_rule(left=("mint",), right=("mint", "sage", "rue"))

    found = suggested(tea(rules=(rule,)), "sleep")

    assert found.mix == {"cup": "mug", "one": "mint", "two": "none"}
    assert (found.parts[2].because, found.parts[2].need) == (Because.OPEN, "sleep")
    assert found.parts[2].instead is not None


def test_an_optional_slot_is_never_what_leaves_nothing() -> None:
    out = [("two", shot) for shot in ("mint", "sage", "rue")]

    found = refused(tea(), out=[("cup", "mug"), ("cup", "bowl"), *out])

    assert found == NoMix((Emptied("cup", (), ("mug", "bowl")),), is_stock=True, keep_all_but=())


def test_a_choice_that_meets_no_wish_is_not_what_stands_in_the_way_of_another() -> None:
    """Sage never fits in the second place; that there is rue in the first has nothing to do with it."""
    rule = make_rule(left=("sage",), right=("mint", "sage", "rue"), left_slots=("two",), right_slots=("one",))
    needs = (make_need("sleep", component="mint"), make_need("wake", component="sage"))

    found = suggested(tea(rules=(rule,), needs=needs), "sleep", "wake", out=[("one", "mint")])

    assert [part.because for part in found.parts[1:]] == [Because.OPEN, Because.OPEN]
    assert found.parts[2].instead is not None
    assert found.parts[2].instead.refusal.choices == ()


def test_needs_of_different_families_each_go_where_their_component_fits() -> None:
    needs = (Need(slug="sip", wording="Sip", component="bowl"), make_need("wake", component="sage"))
    mixer = tea(needs=needs)

    assert suggested(mixer, "wake", "sip").mix == {"cup": "bowl", "one": "sage", "two": "mint"}
    assert suggested(mixer, "sip", "wake").mix == {"cup": "bowl", "one": "sage", "two": "mint"}
    assert scent_slot(mixer.spec) is None


def test_a_need_without_a_second_place_counts_once() -> None:
    needs = (Need(slug="sip", wording="Sip", component="bowl"),)

    found = suggested(tea(needs=needs), "sip")

    assert [part.need for part in found.parts] == ["sip", "", ""]


def test_the_scent_is_asked_of_the_first_family_that_serves_no_need(mixer: Mixer) -> None:
    slot = scent_slot(mixer.spec)
    cup = scent_slot(tea().spec)

    assert slot is not None
    assert slot.slug == "base"
    assert cup is not None
    assert cup.slug == "cup"
