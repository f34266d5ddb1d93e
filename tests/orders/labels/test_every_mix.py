"""Every bottle that can be made has a label on which all of its text stands, and nothing on anything else."""

from itertools import combinations

import pytest

from configurator.models import RecipeVersion
from configurator.versions import mixer_for
from orders.labels.content import Label
from orders.labels.edges import JAR, MARGIN, SMALLEST, Text
from orders.labels.layout import QUIET, Layout, lay_out
from orders.labels.measuring import ASCENT, LEADING
from tests.orders.labels.made import label_of

pytestmark = pytest.mark.any_database

Box = tuple[float, float, float, float]
TINY = 1e-6


def box_of(text: Text) -> Box:
    top = text.y - text.size * ASCENT
    return (text.x, top, text.x + text.width, top + text.size * LEADING)


def boxes_of(layout: Layout) -> list[Box]:
    """All that is drawn, the code with the quiet zone around it."""
    x, y = layout.code.corner
    quiet, side = QUIET * layout.code.module, len(layout.code.rows) * layout.code.module
    boxes = [*map(box_of, layout.texts), (x - quiet, y - quiet, x + side + quiet, y + side + quiet)]
    if layout.jar:
        boxes.append((layout.jar[0], layout.jar[1], layout.jar[0] + JAR, layout.jar[1] + JAR))
    if layout.blank:
        boxes.append((layout.blank[0], layout.blank[1] - 1.5, layout.blank[2], layout.blank[1]))
    return boxes


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] - TINY and b[0] < a[2] - TINY and a[1] < b[3] - TINY and b[1] < a[3] - TINY


def assert_fits(label: Label) -> Layout:
    layout = lay_out(label)
    boxes = boxes_of(layout)
    assert [pair for pair in combinations(boxes, 2) if overlap(*pair)] == []
    for x, y, right, bottom in boxes:
        assert x >= MARGIN - TINY or right - x > 15, "text keeps off the edge"
        assert (x >= 0, y >= 0, right <= layout.width + TINY, bottom <= layout.height + TINY) == (True,) * 4
        assert not any(y < fold < bottom for fold in layout.folds)
    assert min(text.size for text in layout.texts) >= SMALLEST
    said = "".join(text.text for text in layout.texts).replace(" ", "")
    for text in (label.name, label.made_for, label.parts, label.ingredients, label.volume, label.maker):
        assert text.replace(" ", "") in said
    return layout


@pytest.mark.parametrize("size", ["50ml", "250ml", "500ml"])
def test_all_183_bottles_are_labelled_with_every_word_and_without_overlap(
    catalogue: RecipeVersion, size: str
) -> None:
    labels = [label_of(catalogue, mix, size=size) for mix in mixer_for(catalogue).mixes()]

    layouts = [assert_fits(label) for label in labels]

    assert len(layouts) == 183
    assert {len(layout.folds) for layout in layouts} == ({0, 1} if size == "50ml" else {0})


@pytest.mark.parametrize(
    "name", ["", "W" * 24, "Mm " * 8 + "MMMM", "नमस्ते दुनिया", "王" * 24, "e" + "\u0301" * 96]
)
@pytest.mark.parametrize("batch", ["", "B1", "W" * 40])
@pytest.mark.parametrize("size", ["50ml", "500ml"])
def test_so_are_the_longest_names_and_batches(
    catalogue: RecipeVersion, size: str, batch: str, name: str
) -> None:
    assert_fits(label_of(catalogue, size=size, name=name.strip(), batch=batch))
