"""The picture that other sites show beside a link to a shared mix: the product on the bench, its name and parts."""

from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings
from django.utils.translation import gettext as _

from configurator.bottle import draw_bottle
from configurator.mixing.label import chosen_components
from configurator.mixing.mixer import Mixer
from configurator.models import RecipeVersion
from configurator.og_canvas import HEIGHT, INK, SOFT, WIDTH, Canvas, Place
from configurator.picture import draw_layers
from configurator.templatetags.shop import glyph_path
from configurator.versions import mixer_for
from configurator.wording import mix_name, parts_of

KEPT = 64  # pictures per process, some 30 kB each

WOOD, SKY, SUN, HILL, LABEL = "#e6c9a0", "#e6efe9", "#f4c95d", "#cfdfc4", "#fffdf9"
BENCH_TOP = 540
BOTTLE = Place(110, BENCH_TOP - 291.5 * 1.62, 1.62)  # 160 by 300 units, standing on the bench
LAYERS = Place(36, BENCH_TOP - 151.5 * 2.5, 2.5)  # 240 by 160 units
MOST_PARTS = 4  # named one by one beside the bottle
GLYPHS = (Place(62, 117, 1.5), Place(68, 163, 1))  # on the label, in units of the bottle


def og_picture(version: RecipeVersion, mix: Mapping[str, str]) -> bytes:
    """A PNG of 1200 by 630 pixels; the same version and mix always give the same picture. Reads no rows but a spec."""
    return _drawn(version, version.sha256, tuple(mix.items()), settings.SHOP_NAME)


@lru_cache(maxsize=KEPT)
def _drawn(version: RecipeVersion, sha256: str, mix: tuple[tuple[str, str], ...], shop_name: str) -> bytes:
    return draw_picture(mixer_for(version), dict(mix), shop_name=shop_name)


def draw_picture(mixer: Mixer, mix: Mapping[str, str], *, shop_name: str) -> bytes:
    """The picture of a complete mix, by what the mixer's own page draws it from."""
    canvas = Canvas()
    left = 660 if mixer.spec.is_drawn else 480
    _draw_bench(canvas, window_right=left - 70)
    if mixer.spec.is_drawn:
        _draw_layers(canvas, mixer, mix)
    else:
        _draw_bottle(canvas, mixer, mix)
    _write(canvas, mixer, mix, left=left, shop_name=shop_name)
    return canvas.png()


def _draw_bench(canvas: Canvas, *, window_right: int) -> None:
    """The window, and the bench under it from edge to edge."""
    right, middle = window_right, (60 + window_right) / 2
    canvas.path(f"M60 50H{right}V430H60Z", fill=SKY)
    canvas.path(f"M{right - 110} 125a36 36 0 1 1 72 0a36 36 0 1 1 -72 0Z", fill=SUN, stroke=INK, width=4)
    canvas.path(
        f"M60 350C{middle - 60} 280 {middle + 40} 390 {right} 320V430H60Z", fill=HILL, stroke=INK, width=4
    )
    canvas.path(f"M60 50H{right}V430H60ZM{middle} 50V430M60 205H{right}", stroke=INK, width=6)
    canvas.path(f"M36 430H{right + 24}V450H36Z", fill=WOOD, stroke=INK, width=4)
    canvas.path(f"M-9 {BENCH_TOP}H{WIDTH + 9}V{HEIGHT + 9}H-9Z", fill=WOOD, stroke=INK, width=4)
    canvas.path(f"M-9 {BENCH_TOP + 30}H{WIDTH + 9}", stroke=INK, width=4)


def _draw_bottle(canvas: Canvas, mixer: Mixer, mix: Mapping[str, str]) -> None:
    bottle = draw_bottle(mixer, mix)
    canvas.path(bottle.cap, place=BOTTLE, fill=INK)
    for path, colour in [
        (bottle.outline, bottle.base_fill),
        *((wave.path, wave.fill) for wave in bottle.waves),
    ]:
        canvas.path(path, place=BOTTLE, fill=colour if colour.startswith("#") else "")
    canvas.path(bottle.outline, place=BOTTLE, stroke=INK, width=3)
    canvas.path("M46 112H114V198H46Z", place=BOTTLE, fill=LABEL, stroke=INK, width=1.5)
    shots = [part for _dose, part in chosen_components(mixer.spec, mix)][1:]
    for part, place in zip(shots, GLYPHS, strict=False):
        on_label = Place(*BOTTLE.at((place.x, place.y)), BOTTLE.scale * place.scale)
        canvas.path(glyph_path(part.glyph), place=on_label, stroke=INK, width=1.5)


def _draw_layers(canvas: Canvas, mixer: Mixer, mix: Mapping[str, str]) -> None:
    for layer in draw_layers(mixer, mix):
        if layer.style == "fill":
            canvas.path(layer.path, place=LAYERS, stroke=INK, width=2.4)
            canvas.path(layer.path, place=LAYERS, fill=layer.colour)
        else:
            canvas.path(layer.path, place=LAYERS, stroke=INK, width=1.4)


def _write(canvas: Canvas, mixer: Mixer, mix: Mapping[str, str], *, left: int, shop_name: str) -> None:
    right = WIDTH - 60
    canvas.text(shop_name, box=(left, 56, right, 100), largest=34, fill=SOFT)
    end = canvas.text(mix_name(mixer.spec, mix), box=(left, 112, right, 360), largest=68, smallest=36)
    parts = parts_of(mixer.spec, mix)
    if len(parts) <= MOST_PARTS:
        for number, (slot, component) in enumerate(parts):
            top = end + 24 + number * 42
            canvas.text(f"{slot}: {component}", box=(left, top, right, top + 40), largest=30, fill=SOFT)
    words = _("Made after you order it")
    canvas.text(words, box=(left, BENCH_TOP + 44, right, HEIGHT), largest=28, fill=INK)
