"""The picture of a product, layer by layer."""

import pytest

from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import DrawingStyle
from configurator.mixing.validation import DRAWING_LENGTH, validate
from configurator.picture import Layer, draw_layers
from tests.configurator.make import make_component, make_family, make_slot, make_spec, make_starter

OAK, ELM, RED = "M0 0h10v10Z", "M1 1L9 9", "#AA0000"


def drawn() -> Mixer:
    parts = (
        make_component("oak", colour="#112233", drawing=OAK),
        make_component("elm", drawing=ELM, drawing_style=DrawingStyle.LINE),
    )
    paints = (make_component("red", colour=RED), make_component("blue", colour="#0000AA"))
    return Mixer(
        make_spec(
            slots=(make_slot(), make_slot("paint", family="paints", dose_ul=10_000, paints="base")),
            families=(make_family(components=parts), make_family("paints", paints)),
            starters=(make_starter(base="oak", paint="blue"),),
        )
    )


def test_a_recipe_without_drawings_has_no_layers() -> None:
    assert draw_layers(Mixer(make_spec()), {"base": "oak"}) == ()


def test_an_open_slot_shows_what_the_first_starter_puts_there() -> None:
    assert draw_layers(drawn(), {}) == (Layer("base", OAK, "ghost", "#112233"),)


def test_a_choice_is_drawn_in_its_style_and_painted_by_the_slot_that_paints_it() -> None:
    assert draw_layers(drawn(), {"base": "oak"}) == (Layer("base", OAK, "fill", "#112233"),)
    assert draw_layers(drawn(), {"base": "oak", "paint": "red"}) == (Layer("base", OAK, "fill", RED),)
    assert draw_layers(drawn(), {"base": "elm", "paint": "red"}) == (Layer("base", ELM, "line", RED),)


def test_a_slot_that_stays_empty_is_not_drawn() -> None:
    assert draw_layers(drawn(), {"base": "none"}) == ()


@pytest.mark.parametrize(
    "drawing",
    ['M0 0"/><script>', "M0 0&lt;", "L1 1", "M0 0e5", "M0 0;fill:red", "url(#x)", "M0 0\n", "M0 0'", "M٣ 1"],
)
def test_a_drawing_is_path_data_and_nothing_else(drawing: str) -> None:
    spec = make_spec(
        families=(make_family(components=(make_component(drawing=drawing),)), make_spec().families[1])
    )

    assert [str(problem) for problem in validate(spec)] == ["component oak: the drawing is not SVG path data"]


def test_a_drawing_has_a_bounded_length() -> None:
    long = "M" + "0 " * (DRAWING_LENGTH // 2)
    spec = make_spec(
        families=(make_family(components=(make_component(drawing=long),)), make_spec().families[1])
    )

    assert [problem.message for problem in validate(spec)] == ["the drawing is longer than 2000 characters"]


def test_groups_are_for_all_slots_or_for_none_and_a_slot_paints_another_one() -> None:
    base, shot = make_spec().slots
    spec = make_spec(
        slots=(make_slot(group="Tea", paints="base"), make_slot("shot", family="shots", paints="cup"))
    )

    assert [str(problem) for problem in validate(spec)] == [
        "slot base: there is no other slot base to paint",
        "slot shot: has no group, but other slots have one",
        "slot shot: there is no other slot cup to paint",
    ]
    assert (base.group, shot.paints) == ("", "")
