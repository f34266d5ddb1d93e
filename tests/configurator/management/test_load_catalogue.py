"""`manage.py load_catalogue`."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from configurator.catalogue_file import find_file
from configurator.loading import SHIPPED_CATALOGUE
from configurator.models import Component, Family, Recipe, RecipeVersion
from tests.configurator.catalogue_files import line_of, soap, soap_text, write_file

pytestmark = pytest.mark.django_db


def run(*words: str | Path) -> str:
    out = StringIO()
    call_command("load_catalogue", *map(str, words), stdout=out)
    return out.getvalue()


def test_a_file_is_loaded_with_progress_and_a_summary(tmp_path: Path) -> None:
    said = run(write_file(tmp_path, soap_text()))

    assert said.splitlines() == [
        "  flags and families ...",
        "  recipe, slots and sizes ...",
        "  rules, starters and needs ...",
        "  publishing ...",
        (
            "Loaded 2 family, 12 component, 113 compositionpart, 16 fragranceallergen, 1 recipe, 3 size, 3 slot, "
            "10 rule, 6 starter, 18 starterpart, 8 need, 16 needweight."
        ),
        "On sale: Soap, version 1, 183 makeable mixes.",
    ]
    assert RecipeVersion.objects.get(recipe__slug="soap").mixes == 183


def test_if_empty_does_nothing_in_a_shop_that_has_a_recipe(tmp_path: Path) -> None:
    Recipe.objects.filter(slug="shampoo").update(name="Ours")

    said = run("--if-empty"), run(write_file(tmp_path, soap_text()), "--if-empty")

    assert said == ("The shop has recipes already; nothing was loaded.\n",) * 2
    assert [recipe.name for recipe in Recipe.objects.all()] == ["Ours"]
    assert RecipeVersion.objects.count() == 1


def test_the_shipped_catalogue_is_not_loaded_a_second_time() -> None:
    Component.objects.filter(slug="mend").update(colour="#000000")

    with pytest.raises(CommandError, match="There is a recipe called shampoo already; edit it in the admin"):
        run()

    assert Component.objects.get(slug="mend").colour == "#000000"
    assert RecipeVersion.objects.count() == 1


def test_what_is_wrong_in_a_file_is_told_and_nothing_is_loaded(tmp_path: Path) -> None:
    raw = soap()
    raw["recipe"]["sizes"][0]["price_pence"] = -1400
    raw["families"][1]["components"][0]["glyph"] = "anvil"
    path = write_file(tmp_path, raw)

    with pytest.raises(CommandError) as caught:
        run(path)

    head, *told = str(caught.value).splitlines()
    assert head == f"{path} was not loaded, nothing was changed:"
    assert told == [
        (
            f"line {line_of(path, 'anvil')}, families[1].components[0].glyph: "
            "Value 'anvil' is not a valid choice."
        ),
        (
            f"line {line_of(path, '-1400')}, recipe.sizes[0].price_pence: "
            "Ensure this value is greater than or equal to 0."
        ),
    ]
    assert not Recipe.objects.filter(slug="soap").exists()
    assert not Family.objects.filter(slug="x-super-shots").exists()


def test_a_file_that_cannot_be_read_is_told_in_one_sentence(tmp_path: Path) -> None:
    latin = tmp_path / "latin.json"
    latin.write_bytes('{"name": "Thé"}'.encode("latin-1"))
    cases = {
        tmp_path / "nowhere.json": "cannot be read: No such file or directory",
        tmp_path: "cannot be read: Is a directory",
        latin: "is not UTF-8 text.",
    }

    for path, told in cases.items():
        with pytest.raises(CommandError) as caught:
            run(path)
        assert str(caught.value) == f"{path} {told}"

    assert Recipe.objects.count() == 1


def test_a_shipped_file_has_a_name_and_any_other_word_is_a_path(tmp_path: Path) -> None:
    assert find_file("bicycle").name == "bicycle.json"
    assert find_file("alembic-row") == SHIPPED_CATALOGUE
    assert find_file(str(tmp_path / "bicycle")) == tmp_path / "bicycle"
    assert find_file("../data/bicycle") == Path("../data/bicycle")

    with pytest.raises(CommandError, match="tricycle cannot be read: No such file or directory"):
        run("tricycle")
