"""The bottle on the page."""

import re

import pytest

from configurator.bottle import CLEAR, GLASS, Paint, draw_bottle, paints
from configurator.mixing.mixer import Mixer
from configurator.models import RecipeVersion
from configurator.versions import mixer_for
from tests.configurator import catalogue_judge as judge
from tests.configurator.make import make_slot, make_spec


@pytest.fixture
def mixer(catalogue: RecipeVersion) -> Mixer:
    return mixer_for(catalogue)


def test_the_liquid_has_the_colours_of_what_is_chosen(mixer: Mixer) -> None:
    bottle = draw_bottle(mixer, {"base": "warm-hearth", "main": "mend", "second": "quench"})

    assert (bottle.base, bottle.base_fill) == ("base", "#E8A552")
    assert [(wave.slot, wave.fill) for wave in bottle.waves] == [("main", "#C97BB6"), ("second", "#4FA3D9")]


def test_what_is_not_chosen_shows_as_glass(mixer: Mixer) -> None:
    bottle = draw_bottle(mixer, {"second": "calm"})

    assert bottle.base_fill == GLASS
    assert [wave.fill for wave in bottle.waves] == [CLEAR, "#A8C686"]


def test_every_component_paints_its_slot_before_any_request(mixer: Mixer) -> None:
    found = paints(mixer)

    assert len(found) == 4 + 8 + 8
    assert Paint("second", "vivid", "#F07F58") in found
    assert {paint.colour for paint in found} == {part["colour"] for part in judge.components().values()}


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_each_further_slot_has_a_wave_inside_the_bottle_one_below_the_other(count: int) -> None:
    slots = (make_slot(), *(make_slot(f"shot-{i}", family="shots", dose_ul=1_000) for i in range(count)))

    waves = draw_bottle(Mixer(make_spec(slots=slots)), {}).waves

    tops = [float(re.findall(r"^M37\.5 ([\d.]+)c", wave.path)[0]) for wave in waves]
    assert [wave.slot for wave in waves] == [f"shot-{i}" for i in range(count)]
    assert tops == sorted(set(tops))
    assert all(216 < top < 288.5 for top in tops)


def test_an_empty_slot_is_clear() -> None:
    slots = (make_slot(optional=True), make_slot("shot", family="shots", dose_ul=1_000, optional=True))

    bottle = draw_bottle(Mixer(make_spec(slots=slots)), {"base": "none", "shot": "none"})

    assert (bottle.base_fill, bottle.waves[0].fill) == (GLASS, CLEAR)
