"""The name on the drawn label: always whole, in at most two lines, never wider than the paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configurator.label_drawing import PAPER, draw_label, squeezed
from configurator.templatetags.shop import label_lines, squeezed_to


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("", [("", 170, None)]),
        ("Ada", [("Ada", 170, None)]),
        ("Anna & Tom", [("Anna & Tom", 170, 60)]),
        ("Schwarzwälderkirschtorte", [("Schwarzwälderkirschtorte", 170, 60)]),
        ("Anna-Lena & Tom", [("Anna-Lena ", 165, None), ("& Tom", 177, None)]),
        ("Wilhelmina Featherstone", [("Wilhelmina ", 165, 60), ("Featherstone", 177, 60)]),
        ("A very long name of mine", [("A very long ", 165, 60), ("name of mine", 177, 60)]),
        ("私" * 5, [("私" * 5, 170, None)]),
        ("私" * 6, [("私" * 6, 170, 60)]),
    ],
)
def test_a_name_is_set_in_one_line_or_two(name: str, lines: list[tuple[str, int, int | None]]) -> None:
    assert [(line.text, line.y, line.width) for line in draw_label(name)] == lines
    assert label_lines(name) == draw_label(name)


@given(st.text(st.characters(categories=["L", "Nd", "Zs", "M"]), max_size=40))
def test_no_letter_is_lost_and_no_line_can_be_wider_than_the_paper(name: str) -> None:
    lines = draw_label(name)

    assert "".join(line.text for line in lines) == name
    assert 1 <= len(lines) <= 2
    assert all(line.is_half == (len(lines) == 2) for line in lines)
    for line in lines:
        assert line.width in (None, PAPER)
        if line.width is None:
            assert len(line.text) <= 13


def test_accents_take_no_room() -> None:
    accents = "e" + "\u0301" * 40

    assert squeezed(accents, 11, PAPER) is None


def test_the_picture_of_a_product_has_more_room() -> None:
    assert squeezed_to("Schwarzwälderkirschtorte", 220) is None
    assert squeezed_to("W" * 24, 220) == 220
