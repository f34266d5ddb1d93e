"""The drawing of a space: every component, every node, and a limit to what can be read."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from configurator import space_drawing
from configurator.models import RecipeVersion
from configurator.space_drawing import TooLargeToDrawError, draw_space
from configurator.versions import mixer_for

SHIPPED = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "shampoo-space.svg"


def test_the_drawing_has_every_node_and_every_component(catalogue: RecipeVersion) -> None:
    mixer = mixer_for(catalogue)

    drawing = draw_space(mixer)

    assert drawing.count("<circle") == mixer.space.nodes == 20
    assert drawing.count("<path") == mixer.space.arcs
    words = {word for text in re.findall(r">([^<]+)</text>", drawing) for word in text.split(", ")}
    assert {slug for slugs in mixer.option_slugs for slug in slugs} <= words


def test_the_drawing_in_the_documentation_is_the_one_of_the_shipped_catalogue(
    catalogue: RecipeVersion,
) -> None:
    assert SHIPPED.read_text(encoding="utf-8") == draw_space(mixer_for(catalogue))


def test_what_nobody_could_read_is_not_drawn(
    catalogue: RecipeVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(space_drawing, "MOST_NODES", 19)

    with pytest.raises(TooLargeToDrawError, match="has 20 nodes; up to 19 can be drawn"):
        draw_space(mixer_for(catalogue))


def test_the_command_prints_the_drawing_of_the_version_asked_for(catalogue: RecipeVersion) -> None:
    out = StringIO()

    call_command("draw_space", "shampoo", "--number", "1", stdout=out)

    assert out.getvalue() == draw_space(mixer_for(catalogue))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["soap"], "No recipe called 'soap' is on sale."),
        (["shampoo", "--number", "9"], "shampoo has no version 9."),
    ],
)
def test_what_is_not_there_is_said(catalogue: RecipeVersion, arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("draw_space", *arguments)
