"""A mix as pages draw it: by the drawings of its components, or as a bottle."""

from collections.abc import Mapping
from dataclasses import dataclass

from configurator.bottle import Bottle, draw_bottle
from configurator.mixing.mixer import Mixer
from configurator.picture import Layer, draw_layers
from configurator.wording import mix_name


@dataclass(frozen=True, slots=True)
class Drawing:
    """`layers` are empty for a product without drawings, which gets the bottle; `name` says what is drawn."""

    name: str
    bottle: Bottle
    layers: tuple[Layer, ...]


def draw_mix(mixer: Mixer, mix: Mapping[str, str], *, name: str = "") -> Drawing:
    """The drawing of a (partial) mix, under a name of its own or that of the mix."""
    return Drawing(name or mix_name(mixer.spec, mix), draw_bottle(mixer, mix), draw_layers(mixer, mix))
