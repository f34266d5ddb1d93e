"""The picture of a product: a layer of path data per slot, drawn from what it holds, in slot order."""

from collections.abc import Mapping
from dataclasses import dataclass

from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import Component, Slot


@dataclass(frozen=True, slots=True)
class Layer:
    """One path. `style` is fill, line, or ghost: what might stand in a slot that is still open."""

    slot: str
    path: str
    style: str
    colour: str


def draw_layers(mixer: Mixer, mix: Mapping[str, str]) -> tuple[Layer, ...]:
    """The layers of a (partial) mix; open slots show the first starter's components as ghosts.

    Empty for a recipe without drawings.
    """
    spec = mixer.spec
    if not spec.is_drawn:
        return ()
    ghosts = dict(spec.starters[0].mix) if spec.starters else {}
    colours = {
        slot.paints: part.colour
        for slot in spec.slots
        if slot.paints and (part := _component(mixer, slot, mix.get(slot.slug)))
    }
    layers = []
    for slot in spec.slots:
        part = _component(mixer, slot, mix.get(slot.slug, ghosts.get(slot.slug)))
        if part and part.drawing:
            style = part.drawing_style.value if slot.slug in mix else "ghost"
            layers.append(Layer(slot.slug, part.drawing, style, colours.get(slot.slug, part.colour)))
    return tuple(layers)


def _component(mixer: Mixer, slot: Slot, slug: str | None) -> Component | None:
    return next((part for part in mixer.spec.components_of(slot) if part.slug == slug), None)
