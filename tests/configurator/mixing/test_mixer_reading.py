"""What a mixer reads from outside: mixes, sizes and avoid lists, in names that it knows."""

import pytest

from configurator.mixing.mixer import Mixer, UnknownChoiceError
from tests.configurator.make import make_component, make_family, make_size, make_slot, make_spec


def make_mixer() -> Mixer:
    oak = make_component("oak", flags=("nuts",), fragrance_allergens=(("Linalool", 10),))
    return Mixer(
        make_spec(
            slots=(make_slot(), make_slot("shot", family="shots", dose_ul=10_000, optional=True)),
            families=(make_family("bases", (oak,)), make_family("shots", (make_component("mint"),))),
            sizes=(make_size(), make_size("1l", volume_ml=1000)),
            allergen_threshold_ppm=100,
        )
    )


def test_a_mix_is_read_in_the_order_of_the_slots() -> None:
    read = make_mixer().read_mix({"shot": "mint", "base": "oak"})

    assert list(read.items()) == [("base", "oak"), ("shot", "mint")]


def test_an_optional_slot_may_hold_nothing_and_a_slot_may_be_missing() -> None:
    assert make_mixer().read_mix({"shot": "none"}) == {"shot": "none"}
    assert make_mixer().read_mix({}) == {}


@pytest.mark.parametrize(
    ("raw", "field", "value", "known"),
    [
        ({"side": "mint"}, "mix", "side", ("base", "shot")),
        ({"base": "mint"}, "mix.base", "mint", ("oak",)),
        ({"base": "none"}, "mix.base", "none", ("oak",)),
        ({"shot": "rue"}, "mix.shot", "rue", ("mint", "none")),
        ({"shot": "rue", "third": "mint"}, "mix", "third", ("base", "shot")),
    ],
)
def test_an_unknown_slot_or_component_is_named_with_what_is_known(
    raw: dict[str, str], field: str, value: str, known: tuple[str, ...]
) -> None:
    with pytest.raises(UnknownChoiceError) as caught:
        make_mixer().read_mix(raw)

    assert (caught.value.field, caught.value.value, caught.value.known) == (field, value, known)


def test_the_first_size_is_meant_where_none_is_named() -> None:
    assert make_mixer().read_size(None).slug == "100ml"
    assert make_mixer().read_size("1l").volume_ml == 1000


def test_an_unknown_size_is_named_with_what_is_known() -> None:
    with pytest.raises(UnknownChoiceError) as caught:
        make_mixer().read_size("2l")

    assert (caught.value.field, caught.value.value, caught.value.known) == ("size", "2l", ("100ml", "1l"))


def test_an_avoid_list_holds_flags_substances_and_allergens_each_once() -> None:
    mixer = make_mixer()

    assert mixer.avoidable == {"nuts", "Aqua", "Linalool"}
    assert mixer.read_avoid(["Linalool", "nuts", "Linalool"]) == ("Linalool", "nuts")


def test_what_no_component_contains_cannot_be_left_out() -> None:
    with pytest.raises(UnknownChoiceError) as caught:
        make_mixer().read_avoid(["nuts", "gluten"])

    assert (caught.value.field, caught.value.value) == ("avoid", "gluten")
    assert caught.value.known == ("Aqua", "Linalool", "nuts")


def test_of_any_list_what_some_component_contains_is_picked_each_once_and_the_rest_passed_over() -> None:
    assert make_mixer().known_avoid(["gluten", "Linalool", "nuts", "Linalool"]) == ("Linalool", "nuts")
    assert make_mixer().known_avoid([]) == ()
