"""What the shop says about a mix, in the shopper's words."""

import pytest

from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import RuleKind
from configurator.models import RecipeVersion
from configurator.versions import mixer_for
from configurator.wording import broken_texts, component_name, list_of, mix_name, refusal_text, repair_text
from tests.configurator import catalogue_judge as judge
from tests.configurator.make import make_component, make_family, make_rule, make_slot, make_spec


@pytest.fixture
def mixer(catalogue: RecipeVersion) -> Mixer:
    return mixer_for(catalogue)


def why(mixer: Mixer, slot: str, component: str, mix: dict[str, str], *avoid: str) -> str:
    """What is said at a card that is not open."""
    answer = mixer.options(mix, size=mixer.read_size(None), avoid=avoid)
    (option,) = [
        option
        for row in answer.slots
        if row.slot.slug == slot
        for option in row.options
        if option.slug == component
    ]
    assert option.refusal is not None
    return refusal_text(mixer, option, option.refusal)


@pytest.mark.parametrize(
    ("mix", "name"),
    [
        ({}, "Nothing chosen yet"),
        ({"base": "warm-hearth"}, "Warm Hearth"),
        ({"second": "mend"}, "Mend"),
        ({"base": "warm-hearth", "second": "mend"}, "Warm Hearth with Mend"),
        ({"base": "warm-hearth", "main": "mend", "second": "quench"}, "Warm Hearth with Mend and Quench"),
        ({"base": "salt-meadow", "main": "lift", "second": "lift"}, "Salt Meadow with double Lift"),
    ],
)
def test_a_mix_has_a_name(mixer: Mixer, mix: dict[str, str], name: str) -> None:
    assert mix_name(mixer.spec, mix) == name


def test_names_are_listed_as_in_a_sentence(mixer: Mixer) -> None:
    assert [list_of(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert component_name(mixer.spec, "salt-meadow") == "Salt Meadow"
    assert component_name(mixer.spec, "none") == "nothing"


def test_an_empty_slot_is_no_part_of_a_name() -> None:
    slots = (make_slot(), make_slot("shot", family="shots", dose_ul=10_000, optional=True))

    assert mix_name(make_spec(slots=slots), {"base": "oak", "shot": "none"}) == "Oak"


@pytest.mark.parametrize(
    ("slot", "component", "mix", "said"),
    [
        ("second", "gleam", {"main": "mend"}, "Not with Mend: Gleam's acid clouds Mend's wheat protein"),
        ("base", "quiet-linen", {"second": "reset"}, "Not with Reset: Peppermint in an unscented base"),
        ("second", "reset", {"main": "reset"}, "Not twice: A double is past our dose limit"),
        ("main", "lift", {"second": "mend"}, "Not with Mend: Too much protein makes hair brittle"),
    ],
)
def test_an_option_that_is_not_open_says_with_what_and_why(
    mixer: Mixer, slot: str, component: str, mix: dict[str, str], said: str
) -> None:
    assert why(mixer, slot, component, mix) == said


def test_what_she_asked_to_leave_out_is_said_as_hers(mixer: Mixer) -> None:
    assert why(mixer, "main", "mend", {}, "wheat") == "You asked us to leave out wheat."
    assert why(mixer, "main", "mend", {}, "protein", "Aqua", "wheat", "nuts") == (
        "You asked us to leave out protein, Aqua and wheat."
    )


def test_a_long_list_of_what_to_leave_out_is_cut_at_90_letters(mixer: Mixer) -> None:
    avoid = list(judge.components()["warm-hearth"]["composition_percent"])

    said = why(mixer, "base", "warm-hearth", {}, *avoid)

    assert len(said) == 90
    assert said.startswith("You asked us to leave out Aqua, Cocamidopropyl Betaine, Sodium Lauroyl")
    assert said.endswith("…")


def test_every_refusal_with_any_two_flags_to_leave_out_fits_in_90_letters(mixer: Mixer) -> None:
    flags = judge.catalogue()["flags"]
    said = set()
    for one, other in zip(flags, flags[1:] + flags[:1], strict=True):
        for mix in ({}, {"main": "mend"}, {"base": "quiet-linen", "second": "calm"}):
            answer = mixer.options(mix, size=mixer.read_size(None), avoid=[one, other])
            said |= {
                refusal_text(mixer, option, option.refusal)
                for row in answer.slots
                for option in row.options
                if option.refusal
            }

    assert len(said) >= 15  # there were many to look at
    assert all(0 < len(text) <= 90 for text in said)


def test_a_reason_so_long_that_no_names_fit_before_it_stands_alone() -> None:
    rule = make_rule(reason="r" * 90)

    assert why(Mixer(make_spec(rules=(rule,))), "shot", "mint", {"base": "oak"}) == "r" * 90


def test_an_option_that_can_never_be_had_says_the_reason_alone() -> None:
    rule = make_rule(kind=RuleKind.AT_MOST, left=("oak",), limit=0, reason="Sold out for good")

    assert why(Mixer(make_spec(rules=(rule,))), "base", "oak", {}) == "Sold out for good"


def test_rules_that_only_together_leave_nothing_are_told_by_the_choices() -> None:
    shots = make_family("shots", (make_component("mint"), make_component("sage")))
    rules = (
        make_rule("oak-mint", left=("oak",), right=("mint",)),
        make_rule("elm-sage", left=("cola",), right=("sage",)),
    )
    families = (
        make_family(),
        shots,
        make_family("extras", (make_component("cola"), make_component("tonic"))),
    )
    slots = (
        make_slot(),
        make_slot("shot", family="shots", dose_ul=5_000),
        make_slot("extra", family="extras", dose_ul=5_000),
    )
    mixer = Mixer(make_spec(slots=slots, families=families, rules=rules))

    assert why(mixer, "extra", "cola", {"base": "oak"}) == "Beside Oak nothing would be left to go with it."


def test_a_broken_mix_says_each_rule_and_each_part_to_leave_out(mixer: Mixer) -> None:
    mix = {"base": "quiet-linen", "main": "gleam", "second": "mend"}

    verdict = mixer.check(mix, size=mixer.read_size(None), avoid=["wheat", "protein"])

    assert broken_texts(mixer.spec, verdict) == [
        "Gleam's acid clouds Mend's wheat protein.",
        "Lemon oil in an unscented base.",
        "Mend contains what you asked us to leave out: wheat and protein.",
    ]


@pytest.mark.parametrize(
    ("avoid", "out", "said"),
    [
        (["wheat"], [], "Mend contains what you asked us to leave out: wheat."),
        ([], [("main", "mend"), ("second", "mend")], "Mend is out of stock just now."),
    ],
)
def test_what_keeps_both_of_a_double_from_being_had_is_said_once(
    mixer: Mixer, avoid: list[str], out: list[tuple[str, str]], said: str
) -> None:
    mix = {"base": "warm-hearth", "main": "mend", "second": "mend"}

    verdict = mixer.check(mix, size=mixer.read_size(None), avoid=avoid, out=out)

    assert broken_texts(mixer.spec, verdict) == ["Too much protein makes hair brittle.", said]


@pytest.mark.parametrize(
    ("repaired", "said"),
    [
        ({"base": "warm-hearth", "main": "mend"}, ""),
        ({"base": "warm-hearth", "main": "vivid"}, "Main shot: Vivid instead of Mend"),
        ({"base": "warm-hearth"}, "choose Main shot again"),
        (
            {"base": "salt-meadow", "main": "calm"},
            "Base blend: Salt Meadow instead of Warm Hearth and Main shot: Calm instead of Mend",
        ),
    ],
)
def test_a_repair_says_what_it_changes(mixer: Mixer, repaired: dict[str, str], said: str) -> None:
    assert repair_text(mixer.spec, {"base": "warm-hearth", "main": "mend"}, repaired) == said
