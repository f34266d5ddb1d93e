"""What is left with less, or with nothing, against looking at every mix."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from configurator.mixing.losing import Avoiding, Loss, LossKind, avoiding, find_losses
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import Spec, Word
from tests.configurator.make import make_component, make_family, make_rule, make_spec, make_starter
from tests.configurator.mixing.spec_judge import FLAGS, Mix, every_mix, few, makeable, specs
from tests.configurator.mixing.test_attributing import revised

WORDS = tuple(Word(slug=slug, name=slug.capitalize()) for slug in FLAGS)


def held(mixes: list[Mix]) -> set[str]:
    return {slug for mix in mixes for slug in mix.values()} - {"none"}


def lost(old: Spec | None, new: Spec) -> list[tuple[str, str]]:
    return [(loss.kind, loss.slug) for loss in find_losses(None if old is None else Mixer(old), Mixer(new))]


@few
@given(data=st.data())
def test_what_no_mix_holds_any_more_is_found(data: st.DataObject) -> None:
    old = replace(data.draw(specs()), flags=WORDS)
    new = data.draw(revised(old))
    before, after = makeable(old), makeable(new)

    found = find_losses(Mixer(old), Mixer(new))

    dead_already = held(every_mix(old)) - held(before)
    assert {loss.slug for loss in found if loss.kind is LossKind.COMPONENT} == (
        (held(before) | held(every_mix(new))) - held(after) - dead_already
    )
    assert {loss.slug for loss in found if loss.kind is LossKind.AVOID} == {
        flag for flag in FLAGS if makeable(old, [flag]) and not makeable(new, [flag])
    }


@few
@given(data=st.data())
def test_who_avoids_something_has_left_what_counting_by_hand_leaves(data: st.DataObject) -> None:
    old = replace(data.draw(specs()), flags=WORDS)
    new = data.draw(revised(old))

    found = avoiding(Mixer(old), Mixer(new))

    assert [(each.slug, each.before, each.after, each.has_any) for each in found] == [
        (flag, len(makeable(old, [flag])), len(makeable(new, [flag])), bool(makeable(new, [flag])))
        for flag in FLAGS
    ]


def test_a_rule_that_forbids_every_mix_of_a_base_leaves_it_and_its_starter_with_nothing() -> None:
    old = make_spec(starters=(make_starter("Morning", base="oak", shot="mint"),))
    new = replace(old, rules=(make_rule(left=("oak",), right=("mint", "sage", "rue")),))

    assert find_losses(Mixer(old), Mixer(new)) == (
        Loss(LossKind.COMPONENT, "oak", "Oak"),
        Loss(LossKind.STARTER, "Morning", "Morning"),
    )


def test_what_had_nothing_before_is_not_lost_again() -> None:
    dead = make_spec(
        rules=(make_rule(left=("oak",), right=("mint", "sage", "rue")),), starters=(make_starter(),)
    )

    assert lost(dead, replace(dead, name="Other tea")) == []


def test_a_component_that_is_no_longer_offered_is_lost_and_a_deleted_starter_is_not() -> None:
    old = make_spec(starters=(make_starter(),))
    shots = make_family("shots", (make_component("mint"), make_component("sage")))
    new = replace(old, families=(old.families[0], shots), starters=())

    assert lost(old, new) == [("component", "rue")]


def test_a_starter_that_is_drafted_and_left_out_is_lost_if_it_was_on_sale_and_could_be_made() -> None:
    old = make_spec(starters=(make_starter("Morning", base="oak", shot="mint"), make_starter("Evening")))
    new = replace(old, starters=())
    dead = replace(old, rules=(make_rule(left=("oak",), right=("mint", "sage", "rue")),))

    def left_out(old: Spec | None, *names: str) -> list[str]:
        before = None if old is None else Mixer(old)
        found = find_losses(before, Mixer(new), starters_left_out=names)
        return [loss.name for loss in found if loss.kind is LossKind.STARTER]

    assert left_out(old, "Morning") == ["Morning"]
    assert left_out(old, "Morning", "Evening", "Never told") == ["Morning", "Evening"]
    assert left_out(old) == []
    assert left_out(None, "Morning") == []
    assert "Morning" not in left_out(dead, "Morning")


def test_in_a_first_version_what_can_never_be_had_is_lost() -> None:
    assert lost(None, make_spec()) == []
    assert lost(None, make_spec(rules=(make_rule(right=("mint", "sage", "rue")),))) == [("component", "oak")]


def test_somebody_who_avoids_a_flag_may_have_fewer_or_nothing() -> None:
    oak = make_component("oak", flags=("nuts",))
    families = (make_family("bases", (oak, make_component("elm"))), make_spec().families[1])
    old = make_spec(families=families, flags=(Word(slug="nuts", name="Nuts"),))
    fewer = replace(old, rules=(make_rule(left=("elm",), right=("mint",)),))
    none = replace(old, rules=(make_rule(left=("elm",), right=("mint", "sage", "rue")),))

    assert avoiding(Mixer(old), Mixer(fewer)) == (Avoiding("nuts", "Nuts", 3, 2, has_any=True),)
    assert avoiding(Mixer(old), Mixer(fewer))[0].has_less
    assert ("avoid", "nuts") in lost(old, none)
    assert avoiding(None, Mixer(none)) == (Avoiding("nuts", "Nuts", None, 0, has_any=False),)
