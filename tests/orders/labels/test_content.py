"""What a label says, and where the code on it leads."""

from dataclasses import replace
from io import BytesIO
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
import zxingcpp
from django.conf import LazySettings
from django.test import Client
from PIL import Image

from configurator.models import RecipeVersion
from orders.labels.content import BatchKnownError, NoRecipeYetError, read_label
from orders.labels.drawing import draw_label, draw_symbol
from orders.labels.layout import QUIET, Layout, lay_out
from orders.models import Job
from tests.configurator.drafts import make_bicycle, publish
from tests.orders.labels.made import job_of, label_of
from tests.orders.labels.test_every_mix import assert_fits


def read_code(layout: Layout) -> str:
    """What a scanner reads from the modules, drawn four pixels wide."""
    rows = layout.code.rows
    side = len(rows) + 2 * QUIET
    image = Image.new("L", (side, side), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            image.putpixel((x + QUIET, y + QUIET), 0 if dark else 255)
    [found] = zxingcpp.read_barcodes(image.resize((side * 4, side * 4), Image.Resampling.NEAREST))
    return str(found.text)


def texts_of(svg: str) -> list[str]:
    return [str(text.text) for text in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 our own drawing


def test_a_bottle_says_what_was_frozen_and_who_made_it(catalogue: RecipeVersion) -> None:
    label = label_of(catalogue, batch="B7")

    assert (label.name, label.made_for) == ("Shampoo", "Made for Ada")
    assert (label.parts, label.volume, label.volume_ml) == ("Warm Hearth · Mend · Quench", "250 ml ℮", 250)
    assert label.ingredients.startswith("Ingredients: Aqua, Cocamidopropyl Betaine, ")
    assert label.ingredients.endswith("Sodium Hyaluronate, Benzyl Benzoate, Coumarin, Eugenol, Linalool")
    assert (label.months, label.batch, label.maker) == (12, "B7", "Made by Alembic Row, Leeds")


def test_a_bottle_without_a_name_is_made_for_nobody(catalogue: RecipeVersion) -> None:
    label = label_of(catalogue, name="")

    assert (label.name, label.made_for, label.volume) == ("Shampoo", "", "250 ml ℮")


def test_the_code_leads_to_a_mixer_with_the_same_mix_size_and_name(
    catalogue: RecipeVersion, settings: LazySettings
) -> None:
    settings.BASE_URL = "https://shop.example"
    label = label_of(catalogue, size="500ml", name="Zoë & Ada")

    address = read_code(lay_out(label))

    assert address == label.address
    assert address.startswith("https://shop.example/mix/shampoo/warm-hearth/mend/quench?")
    page = Client().get(address.removeprefix("https://shop.example"))
    assert page.status_code == 200
    assert "Zoë &amp; Ada" in page.content.decode()
    assert urlsplit(address).query == "size=500ml&label=Zo%C3%AB+%26+Ada"


def test_a_name_that_would_make_the_code_too_fine_is_left_out_of_it(catalogue: RecipeVersion) -> None:
    label = label_of(catalogue, name="नि" * 24)

    assert read_code(lay_out(label)).endswith("/mix/shampoo/warm-hearth/mend/quench")
    assert label.made_for == "Made for " + "नि" * 24


def test_goods_without_doses_get_a_name_plate(db: None) -> None:
    version = publish(make_bicycle())

    label = label_of(version, {"frame": "steel", "wheel": "wide", "bell": "none"}, size="one")
    layout = assert_fits(label)

    assert (label.name, label.made_for, label.parts) == ("Bicycle", "Made for Ada", "Steel · Wide")
    assert (label.ingredients, label.volume, label.months) == ("", "", None)
    assert (layout.jar, layout.folds) == (None, ())


def test_a_batch_that_is_not_known_is_a_line_to_write_on(catalogue: RecipeVersion) -> None:
    assert lay_out(label_of(catalogue)).blank is not None
    assert lay_out(label_of(catalogue, batch="B7")).blank is None


def test_what_a_job_was_made_as_is_not_labelled_otherwise(catalogue: RecipeVersion) -> None:
    job = job_of(catalogue)
    job.batch = "B1"

    assert read_label(job).batch == "B1"
    assert read_label(job, batch="B1").batch == "B1"
    with pytest.raises(BatchKnownError, match="'B1'"):
        read_label(job, batch="B2")


def test_a_job_that_is_not_handed_off_has_no_label(catalogue: RecipeVersion) -> None:
    job = Job(line=job_of(catalogue).line)

    with pytest.raises(NoRecipeYetError, match="pending"):
        read_label(job)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "\"'><b>&amp;", "a\x00\x1b\ufffeb"])
def test_what_looks_like_markup_is_drawn_as_letters(catalogue: RecipeVersion, name: str) -> None:
    layout = lay_out(replace(label_of(catalogue), name=name, batch=name))

    for svg in (draw_label(layout), draw_symbol(layout, name="label")):
        assert "<script" not in svg
        assert "<b>" not in svg
        tree = ET.parse(BytesIO(svg.encode()))  # noqa: S314 our own drawing
        assert {element.tag.rpartition("}")[2] for element in tree.iter()} <= {
            *("svg", "title", "symbol", "rect", "g", "path", "text")
        }
    drawn = "".join(texts_of(draw_label(layout))).replace(" ", "")
    assert name.replace(" ", "").translate({0: None, 0x1B: None, 0xFFFE: None}) in drawn
