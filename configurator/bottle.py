"""The bottle on the page: one liquid for the first slot, a wave for each further slot, the label in front."""

from collections.abc import Mapping
from dataclasses import dataclass

from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import Slot

FLOOR = 288.5  # y of the bottle's inner floor, in units of its 160 x 300 view box
LEFT, RIGHT = 37.5, 122.5
HIGHEST_WAVE = 216
GLASS, CLEAR = "var(--empty)", "none"
OUTLINE = "M66 34h28v16l22 26c6 7 8 14 8 24v172c0 10-8 18-18 18H54c-10 0-18-8-18-18V100c0-10 2-17 8-24l22-26Z"
CAP = "M62 8h36v26H62Z"


@dataclass(frozen=True, slots=True)
class Wave:
    """The liquid of one slot: its path and the colour it has now."""

    slot: str
    path: str
    fill: str


@dataclass(frozen=True, slots=True)
class Paint:
    """One CSS rule: choosing `component` in `slot` gives the slot's liquid this colour, before any request."""

    slot: str
    component: str
    colour: str


@dataclass(frozen=True, slots=True)
class Bottle:
    base: str
    base_fill: str
    waves: tuple[Wave, ...]
    outline: str = OUTLINE
    cap: str = CAP


def draw_bottle(mixer: Mixer, mix: Mapping[str, str]) -> Bottle:
    """The bottle of a (partial) mix; slots without a choice show as glass."""
    first, *others = mixer.spec.slots
    depth = (FLOOR - HIGHEST_WAVE) / max(len(others), 1)
    waves = tuple(
        Wave(slot.slug, _wave(HIGHEST_WAVE + 8 + i * depth), _colour(mixer, slot, mix) or CLEAR)
        for i, slot in enumerate(others)
    )
    return Bottle(first.slug, _colour(mixer, first, mix) or GLASS, waves)


def paints(mixer: Mixer) -> tuple[Paint, ...]:
    return tuple(
        Paint(slot.slug, component.slug, component.colour)
        for slot in mixer.spec.slots
        for component in mixer.spec.components_of(slot)
    )


def _wave(top: float) -> str:
    """From a wavy surface at `top` down to the floor with its round corners."""
    return (
        f"M{LEFT} {top:g}c20-9 36 8 56 0s24-4 29 0V{FLOOR - 16.5:g}c0 9-7 16.5-16.5 16.5H54"
        f"c-9 0-16.5-7.5-16.5-16.5Z"
    )


def _colour(mixer: Mixer, slot: Slot, mix: Mapping[str, str]) -> str:
    """The colour of what a slot holds; empty when it holds nothing."""
    chosen = mix.get(slot.slug)
    return next((part.colour for part in mixer.spec.components_of(slot) if part.slug == chosen), "")
