"""The picture of a shared mix, read pixel by pixel."""

import io

import pytest
from django.conf import LazySettings
from django.core.management import call_command
from django.test import Client
from PIL import Image

from configurator.bottle import CAP, OUTLINE
from configurator.mixing.mixer import Mixer
from configurator.og_canvas import HEIGHT, INK, PAPER, WIDTH, Canvas, fit_text, printable
from configurator.og_picture import BOTTLE, LAYERS, draw_picture, og_picture
from configurator.picture import draw_layers
from configurator.tracing import trace, turn
from configurator.versions import mixer_for, newest_version
from tests.configurator import bicycle_judge
from tests.configurator import catalogue_judge as judge
from tests.configurator.make import make_component, make_family, make_spec
from tests.configurator.shared_mixes import HEARTH, make_shared

pytestmark = pytest.mark.django_db

INSIDE = {"base": (50, 105), "main": (80, 240), "second": (80, 280)}  # in units of the bottle


def picture_of(mix: judge.Mix) -> Image.Image:
    drawn = draw_picture(mixer_for(newest_version("shampoo")), judge.named(mix), shop_name="Alembic Row")
    return Image.open(io.BytesIO(drawn)).convert("RGB")


def colour_at(image: Image.Image, point: tuple[float, float]) -> str:
    x, y = point
    red, green, blue = image.getpixel((round(x), round(y)))  # type: ignore[misc]  # RGB gives three
    return f"#{red:02X}{green:02X}{blue:02X}"


def test_each_liquid_has_the_colour_of_its_component() -> None:
    for mix in [*judge.makeable()[::20], HEARTH]:
        image = picture_of(mix)

        assert image.size == (1200, 630)
        for slot, component in judge.named(mix).items():
            assert (
                colour_at(image, BOTTLE.at(INSIDE[slot])) == judge.components()[component]["colour"].upper()
            )


def test_the_bottle_is_the_one_of_the_pages(settings: LazySettings) -> None:
    template = (settings.BASE_DIR / "templates/configurator/_bottle.html").read_text()

    assert template.count(f'd="{OUTLINE}"') == 2
    assert f'd="{CAP}"' in template
    image = picture_of(HEARTH)
    assert colour_at(image, BOTTLE.at((80, 20))) == INK.upper()  # the cap
    assert colour_at(image, BOTTLE.at((36, 200))) == INK.upper()  # the outline


def test_different_mixes_differ_and_the_same_is_the_same_byte_for_byte() -> None:
    version = newest_version("shampoo")
    mixes = judge.makeable()[::25]

    drawn = [og_picture(version, judge.named(mix)) for mix in mixes]

    assert len(set(drawn)) == len(mixes)
    mixer = mixer_for(version)
    assert draw_picture(mixer, judge.named(mixes[0]), shop_name="Alembic Row") == drawn[0]
    assert draw_picture(mixer, judge.named(mixes[0]), shop_name="Other") != drawn[0]


def test_it_is_served_for_a_day_and_is_gone_when_taken_back(client: Client) -> None:
    row = make_shared()

    response = client.get(f"/m/{row.code}.png")

    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response["Cache-Control"] == "public, max-age=86400, immutable"
    assert response.content == og_picture(row.version, row.mix)
    assert len(response.content) < 100_000


def test_a_drawn_product_shows_its_layers() -> None:
    call_command("load_catalogue", "bicycle", verbosity=0)
    mixer = mixer_for(newest_version("bicycle"))

    drawn = draw_picture(mixer, bicycle_judge.starter("Monday"), shop_name="Alembic Row")

    image = Image.open(io.BytesIO(drawn)).convert("RGB")
    tyre, inside = LAYERS.at((60, 145.5)), LAYERS.at((67, 129))
    tyres = next(
        layer for layer in draw_layers(mixer, bicycle_judge.starter("Monday")) if layer.slot == "tyres"
    )
    assert colour_at(image, tyre) == tyres.colour.upper()
    assert colour_at(image, inside) != tyres.colour.upper()  # a wheel has a hole


def test_an_empty_slot_leaves_the_glass_clear() -> None:
    spec = make_spec(
        families=(
            make_family(components=(make_component("oak", colour="#AA0000"),)),
            make_family("shots", (make_component("mint", colour="#00AA00"),)),
        )
    )
    mixer = Mixer(spec)

    whole = draw_picture(mixer, {"base": "oak", "shot": "mint"}, shop_name="Tea")
    half = draw_picture(mixer, {"base": "oak"}, shop_name="Tea")

    at = BOTTLE.at((80, 280))
    assert colour_at(Image.open(io.BytesIO(whole)).convert("RGB"), at) == "#00AA00"
    assert colour_at(Image.open(io.BytesIO(half)).convert("RGB"), at) == "#AA0000"


# Paths --------------------------------------------------------------------------------------------------------------


def test_paths_are_traced() -> None:
    (square,) = trace("M1 2h3v4h-3Z")
    assert square == ((1, 2), (4, 2), (4, 6), (1, 6), (1, 2))
    assert turn(square) == 24

    one, two = trace("M0 0L5 5M7 7l1 1")
    assert (one, two) == (((0, 0), (5, 5)), ((7, 7), (8, 8)))


def test_curves_and_arcs_stay_on_their_line() -> None:
    (circle,) = trace("M-10 0a10 10 0 1 0 20 0a10 10 0 1 0 -20 0Z")
    assert all(abs((x * x + y * y) ** 0.5 - 10) < 0.02 for x, y in circle)
    assert abs(turn(circle)) / 2 == pytest.approx(314.16, rel=0.01)

    (curve,) = trace("M0 0C0 30 30 30 30 0")
    assert max(y for _x, y in curve) == pytest.approx(22.5)


@pytest.mark.parametrize("data", ["", "M", "M1", "not a path", "M0 0", "M0 0 C1", "Q", "M0 0A1 1"])
def test_what_is_no_path_draws_nothing(data: str) -> None:
    canvas = Canvas()
    blank = canvas.png()

    canvas.path(data, fill="#FF0000", stroke="#00FF00")

    assert canvas.png() == blank


@pytest.mark.parametrize(("inner", "hole"), [("M3 3v4h4v-4Z", True), ("M3 3h4v4h-4Z", False)])
def test_what_goes_the_other_way_round_is_a_hole(inner: str, *, hole: bool) -> None:
    canvas = Canvas()
    canvas.path(f"M0 0h10v10h-10Z{inner}", fill="#FF0000")

    image = Image.open(io.BytesIO(canvas.png())).convert("RGB")

    assert colour_at(image, (5, 5)) == (PAPER.upper() if hole else "#FF0000")
    assert colour_at(image, (1, 1)) == "#FF0000"
    assert colour_at(image, (20, 20)) == PAPER.upper()


# Words --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Warm Hearth", "Warm Hearth"),
        ("Élan Žofie", "Elan Zofie"),
        ("Warm Очаг Hearth", "Warm Hearth"),
        ("温", ""),
        ("  a   b ", "a b"),
    ],
)
def test_words_are_said_as_the_font_can(words: str, said: str) -> None:
    assert printable(words) == said


@pytest.mark.parametrize(
    "words", ["Short", "Many words that need some lines " * 3, "Unbreakable" * 20, "", "word " * 400]
)
def test_words_stay_in_their_box(words: str) -> None:
    canvas = Canvas()

    canvas.text(words, box=(100, 100, 500, 300), largest=60)

    image = Image.open(io.BytesIO(canvas.png())).convert("RGB")
    inside = image.crop((95, 100, 505, 310))
    image.paste(PAPER, (95, 100, 505, 310))
    assert image.getcolors() == [(WIDTH * HEIGHT, image.getpixel((0, 0)))]
    assert (len(inside.getcolors(100_000) or []) > 1) is bool(words)


def test_words_are_as_large_as_fits() -> None:
    assert fit_text("Tea", width=400, height=100, largest=60, smallest=20) == (60, ["Tea"])
    size, lines = fit_text("Tea and " * 12, width=300, height=120, largest=60, smallest=20)
    assert 20 <= size < 60
    assert " ".join(lines) == ("Tea and " * 12).strip()
    size, lines = fit_text("Tea and " * 99, width=300, height=60, largest=60, smallest=20)
    assert (size, len(lines)) == (20, 2)
    assert lines[-1].endswith("...")
