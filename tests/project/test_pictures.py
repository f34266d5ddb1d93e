"""The pictures of README and guide: what is shown is what the scripts take, and all of it is there."""

import re
from pathlib import Path

import pytest

from docs import pictures, staff_pictures

ROOT = Path(__file__).resolve().parents[2]
SHOWN = re.compile(r"!\[[^\]]+\]\(([^)]+\.png)\)")
MOST_BYTES = 1_500_000


@pytest.mark.parametrize(
    ("page", "folder", "names"),
    [
        ("README.md", pictures.FOLDER, [name.removesuffix(".png") for name in pictures.PICTURES]),
        ("docs/staff.md", staff_pictures.FOLDER, staff_pictures.NAMES),
    ],
)
def test_a_page_shows_pictures_that_a_script_takes(page: str, folder: Path, names: list[str]) -> None:
    shown = [(ROOT / page).parent / path for path in SHOWN.findall((ROOT / page).read_text())]

    assert len(shown) == len(set(shown)), "one is shown twice"
    assert {picture.resolve() for picture in shown} <= {folder / f"{name}.png" for name in names}
    assert [picture for picture in shown if not picture.exists()] == []


def test_the_guide_for_staff_shows_every_picture_in_the_order_in_which_it_is_taken() -> None:
    shown = [Path(path).stem for path in SHOWN.findall((ROOT / "docs/staff.md").read_text())]

    assert tuple(shown) == staff_pictures.NAMES
    assert {picture.stem for picture in staff_pictures.FOLDER.glob("*.png")} == set(shown)


def test_the_guides_pictures_are_small() -> None:
    assert sum(picture.stat().st_size for picture in staff_pictures.FOLDER.glob("*.png")) < MOST_BYTES
