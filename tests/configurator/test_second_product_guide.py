"""What the guide to a second product shows can be loaded as it stands there."""

import re
from pathlib import Path

import pytest
from django.utils import timezone

from configurator.loading import load_catalogue

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "second-product.md"


@pytest.mark.django_db
def test_the_example_file_loads(tmp_path: Path) -> None:
    example = re.search(r"```json\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    path = tmp_path / "bench.json"
    path.write_text(example[1], encoding="utf-8")

    loaded = load_catalogue(path, now=timezone.now())

    assert (loaded.version.recipe.slug, loaded.version.mixes) == ("bench", 2)
