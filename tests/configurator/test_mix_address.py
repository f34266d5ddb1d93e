"""The state of a mixer in its address, there and back."""

from urllib.parse import parse_qsl

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from configurator.mix_address import MixState, read_state
from configurator.mixing.mixer import Mixer
from configurator.models import RecipeVersion
from configurator.versions import mixer_for
from tests.configurator import catalogue_judge as judge

BASES, SHOTS = list(judge.components())[:4], list(judge.components())[4:]
PREFIX = "/mix/shampoo/"


@pytest.fixture
def mixer(catalogue: RecipeVersion) -> Mixer:
    return mixer_for(catalogue)


def at(mixer: Mixer, address: str) -> MixState:
    path, _, query = address.partition("?")
    choices = path.removeprefix(PREFIX)
    return read_state(mixer, choices=choices, query=dict(parse_qsl(query, keep_blank_values=True)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.tuples(*(st.none() | st.sampled_from(family) for family in (BASES, SHOTS, SHOTS))),
    size=st.sampled_from(["250ml", "500ml", "50ml"]),
    label=st.text(st.characters(categories=["L", "Nd"]), max_size=6)
    | st.sampled_from(["", "Ada & Bob", "É. O'B!"]),
)
def test_every_state_has_an_address_that_leads_back_to_it(
    mixer: Mixer, parts: tuple[str | None, ...], size: str, label: str
) -> None:
    mix = {slot: part for slot, part in zip(judge.SLOTS, parts, strict=True) if part}
    state = at(
        mixer,
        MixState(recipe="shampoo", mix=mix, size=mixer.read_size(size), label_name=label).address(mixer),
    )

    assert (state.mix, state.size.slug, state.gone) == (mix, size, ())
    assert at(mixer, state.address(mixer)) == state


@pytest.mark.parametrize(
    ("mix", "size", "label", "address"),
    [
        ({}, "250ml", "", ""),
        ({"main": "mend", "base": "warm-hearth"}, "250ml", "", "?main=mend&base=warm-hearth"),
        ({"base": "warm-hearth", "main": "mend", "second": "quench"}, "250ml", "", "warm-hearth/mend/quench"),
        (
            {"base": "warm-hearth", "main": "mend", "second": "quench"},
            "50ml",
            "Ada & Bob",
            "warm-hearth/mend/quench?size=50ml&label=Ada+%26+Bob",
        ),
        ({}, "500ml", "Zoë", "?size=500ml&label=Zo%C3%AB"),
    ],
)
def test_an_address_holds_the_mix_and_what_is_not_the_usual(
    mixer: Mixer, mix: dict[str, str], size: str, label: str, address: str
) -> None:
    state = MixState(recipe="shampoo", mix=mix, size=mixer.read_size(size), label_name=label)

    assert state.address(mixer) == PREFIX + address


def test_the_address_of_another_mix_keeps_size_and_name(mixer: Mixer) -> None:
    state = MixState(recipe="shampoo", mix={}, size=mixer.read_size("50ml"), label_name="Ada")

    assert state.address(mixer, judge.named(("salt-meadow", "coil", "quench"))) == (
        f"{PREFIX}salt-meadow/coil/quench?size=50ml&label=Ada"
    )


@pytest.mark.parametrize(
    ("address", "mix", "gone"),
    [
        ("warm-hearth/mend/soap", {"base": "warm-hearth", "main": "mend"}, ("soap",)),
        ("soap/soap/mend", {"second": "mend"}, ("soap", "soap")),
        ("warm-hearth/mend", {}, ("warm-hearth/mend",)),
        ("a/b/c/d", {}, ("a/b/c/d",)),
        ("?base=mend&main=calm&size=1l", {"main": "calm"}, ("mend", "1l")),
        ("?third=mend", {}, ()),
        ("warm-hearth/mend/soap?second=calm", {"base": "warm-hearth", "main": "mend", "second": "calm"}, ()),
    ],
)
def test_what_is_not_offered_is_put_aside_and_the_rest_is_kept(
    mixer: Mixer, address: str, mix: dict[str, str], gone: tuple[str, ...]
) -> None:
    state = at(mixer, PREFIX + address)

    assert (state.mix, state.gone, state.size.slug) == (mix, gone, "250ml")


def test_a_name_that_cannot_be_printed_is_kept_as_typed_with_what_is_wrong(mixer: Mixer) -> None:
    state = at(mixer, f"{PREFIX}?label=+Ada%F0%9F%98%80+")

    assert (state.label_name, state.label_error) == (
        " Ada😀 ",
        "We cannot print “😀” on a label. Letters, digits and simple marks work.",
    )


def test_what_to_leave_out_and_the_basket_line_are_in_every_address_and_read_back(mixer: Mixer) -> None:
    query = QueryDict("main=mend&avoid=nuts&avoid=wheat&avoid=nuts&line=12")

    state = read_state(mixer, choices="", query=query)

    assert (state.avoid, state.line) == (("nuts", "wheat"), 12)
    assert state.address(mixer) == f"{PREFIX}?main=mend&avoid=nuts&avoid=wheat&line=12"
    assert state.address(mixer, judge.named(("warm-hearth", "lift", "coil"))) == (
        f"{PREFIX}warm-hearth/lift/coil?avoid=nuts&avoid=wheat&line=12"
    )
    assert state.public_address(mixer) == f"{PREFIX}?main=mend"
    assert state.extras(mixer) == {}


def test_of_an_avoid_list_only_what_some_component_contains_is_kept(mixer: Mixer) -> None:
    query = QueryDict("avoid=sesame&avoid=&avoid=Linalool&avoid=NUTS")

    state = read_state(mixer, choices="", query=query)

    assert (state.avoid, state.gone) == (("Linalool",), ())
