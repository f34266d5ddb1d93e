"""Loading a catalogue file: all of it or nothing, and never over what is there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from configurator.catalogue_file import CatalogueError
from configurator.loading import SHIPPED_CATALOGUE, AlreadyThereError, Loaded, load_catalogue
from configurator.mixing.spec import from_json
from configurator.models import Component, DeliveryTerms, Flag, Recipe, RecipeVersion, Substance
from tests.configurator.catalogue_files import line_of, soap, soap_text, write_file

pytestmark = pytest.mark.django_db


def rows() -> dict[str, int]:
    """How many rows of each kind the shop has."""
    return {
        model.__name__: model._default_manager.count()
        for model in apps.get_app_config("configurator").get_models()
    }


def load(path: Path) -> Loaded:
    return load_catalogue(path, now=timezone.now())


def refused(folder: Path, change: Callable[[dict[str, Any]], object]) -> tuple[Path, list[str]]:
    """Load a changed file: what is told, after a look that nothing was written."""
    raw = soap()
    change(raw)
    path = write_file(folder, raw)
    before = rows()
    with pytest.raises(CatalogueError) as caught:
        load(path)
    assert rows() == before
    return path, [str(problem) for problem in caught.value.problems]


def test_the_shipped_file_is_on_sale_as_version_1(catalogue: RecipeVersion) -> None:
    assert (catalogue.number, catalogue.mixes, catalogue.published_by) == (1, 183, None)
    assert catalogue.note == "Loaded from alembic-row.json"
    assert DeliveryTerms.objects.values_list("price", "free_from").get() == (325, 2800)
    assert "Never safety-assessed" in Recipe.objects.get(slug="shampoo").staff_note


def test_another_recipe_is_loaded_beside_the_first_one(tmp_path: Path) -> None:
    lines: list[str] = []

    loaded = load_catalogue(write_file(tmp_path, soap_text()), now=timezone.now(), progress=lines.append)

    assert (loaded.version.recipe.slug, loaded.version.number, loaded.version.mixes) == ("soap", 1, 183)
    assert loaded.counts == {
        "family": 2,
        "component": 12,
        "compositionpart": 113,
        "fragranceallergen": 16,
        "recipe": 1,
        "size": 3,
        "slot": 3,
        "rule": 10,
        "starter": 6,
        "starterpart": 18,
        "need": 8,
        "needweight": 16,
    }
    assert lines == [
        "flags and families",
        "recipe, slots and sizes",
        "rules, starters and needs",
        "publishing",
    ]


def test_the_order_of_names_in_an_object_is_no_part_of_what_is_loaded(tmp_path: Path) -> None:
    def backwards(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: backwards(value[name]) for name in reversed(value)}
        return [backwards(inner) for inner in value] if isinstance(value, list) else value

    hashes = []
    for raw in (soap(), backwards(soap())):
        start = transaction.savepoint()
        hashes.append(load(write_file(tmp_path, raw)).version.sha256)
        transaction.savepoint_rollback(start)

    assert hashes[0] == hashes[1]


def test_parts_flags_and_substances_that_are_there_stay_as_staff_have_them(tmp_path: Path) -> None:
    Component.objects.filter(slug="mend").update(name="Mend it", surcharge=99)
    text = SHIPPED_CATALOGUE.read_text().replace('"slug": "shampoo"', '"slug": "soap"')
    before = (Component.objects.count(), Substance.objects.count(), Flag.objects.count())

    load(write_file(tmp_path, text))

    assert (Component.objects.count(), Substance.objects.count(), Flag.objects.count()) == before
    mend = Component.objects.get(slug="mend")
    assert (mend.name, mend.surcharge) == ("Mend it", 99)
    assert DeliveryTerms.objects.count() == 1


def test_a_recipe_that_is_there_is_never_loaded_over() -> None:
    Recipe.objects.filter(slug="shampoo").update(name="Our shampoo")
    before = rows()

    with pytest.raises(AlreadyThereError, match="There is a recipe called shampoo already"):
        load(SHIPPED_CATALOGUE)

    assert rows() == before
    assert Recipe.objects.get(slug="shampoo").name == "Our shampoo"


def test_an_optional_slot_advice_amounts_and_every_kind_of_rule_can_be_loaded(tmp_path: Path) -> None:
    raw = soap()
    raw["recipe"]["slots"][2]["optional"] = True
    for part in raw["families"][1]["components"]:
        part["amounts"] = {"grams": 3}
    raw["starters"] = [{"name": "Bare", "mix": {"base": "x-warm-hearth", "main": "x-mend", "second": "none"}}]
    raw["rules"] = [
        {"slug": "a", "kind": "needs", "left": ["x-lift"], "right": ["x-calm"], "reason": "A"},
        {
            "slug": "b",
            "kind": "at-most",
            "left": ["x-coil"],
            "left_slots": ["main"],
            "max_number": 0,
            "reason": "B",
        },
        {"slug": "c", "kind": "cap", "amount": "grams", "max_number": 5, "reason": "C", "advice": True},
    ]

    spec = from_json(load(write_file(tmp_path, raw)).version.spec)

    assert spec.slots[2].optional
    assert [(rule.kind.value, rule.limit, rule.advice) for rule in spec.rules] == [
        ("needs", None, False),
        ("at-most", 0, False),
        ("cap", 5, True),
    ]
    assert spec.rules[1].left_slots == ("main",)
    assert spec.families[1].components[0].amounts == (("grams", 3),)
    assert dict(spec.starters[0].mix)["second"] == "none"


def test_what_helps_with_a_need_is_in_the_version_best_first(tmp_path: Path) -> None:
    raw = soap()
    raw["needs"][0]["helped_by"] = {"x-reset": 30, "x-mend": 40, "x-calm": 30}
    del raw["needs"][1]["helped_by"]

    spec = from_json(load(write_file(tmp_path, raw)).version.spec)

    assert spec.needs[0].weights == (("x-mend", 40), ("x-calm", 30), ("x-reset", 30))
    assert spec.needs[1].weights == ()


def test_a_need_that_its_own_component_helps_is_refused_with_its_line(tmp_path: Path) -> None:
    path, problems = refused(tmp_path, lambda raw: raw["needs"][0]["helped_by"].update({"x-lift": 50}))

    line = line_of(path, '"slug": "body"') - 1
    assert problems == [f"line {line}, need body: x-lift is its own component and counts 100 already"]


def test_every_wrong_field_is_told_with_its_line(tmp_path: Path) -> None:
    def spoil(raw: dict[str, Any]) -> None:
        raw["recipe"]["sizes"][1]["price_pence"] = "2400p"
        raw["families"][1]["components"][2]["colour"] = "mauve"
        raw["families"][1]["components"][3]["composition_percent"]["Aqua"] = -79.7
        raw["families"][0]["components"][0]["flags"][0] = "Fragrance!"
        raw["families"][0]["components"][0]["suits"][1] = "Medium hair"
        raw["rules"][0]["kind"] = "perhaps"
        raw["rules"][1]["left"] = ["x-reset", "x-nobody"]
        raw["rules"][5]["substances"][0] = "y" * 121
        raw["rules"][6]["reason"] = "z" * 91
        raw["starters"][0]["mix"]["third"] = "x-lift"
        raw["needs"][7]["shot"] = "x-nothing"
        raw["needs"][6]["helped_by"] = {"x-nobody-helps": 5, "x-lift": 100}
        raw["needs"][5]["helped_by"] = {"x-quench": "a lot"}

    path, problems = refused(tmp_path, spoil)

    def at(mark: str, told: str) -> str:
        return f"line {line_of(path, mark)}, {told}"

    assert sorted(problems) == sorted(
        [
            at('"2400p"', "recipe.sizes[1].price_pence: expected a whole number"),
            at(
                '"mauve"',
                "families[1].components[2].colour: Write the colour as #RRGGBB, for example #CFE07A.",
            ),
            at(
                "-79.7",
                "families[1].components[3].composition_percent.Aqua: percent: "
                "Ensure this value is greater than or equal to 0.0001.",
            ),
            at(
                '"Fragrance!"',
                "families[0].components[0].flags[0]: slug: Use small letters, digits and single hyphens.",
            ),
            at(
                '"Medium hair"',
                "families[0].components[0].suits[1]: slug: Use small letters, digits and single hyphens.",
            ),
            at('"perhaps"', "rules[0].kind: is not one of never-together, needs, at-most, cap"),
            at('"x-nobody"', "rules[1].left[1]: there is no component 'x-nobody'"),
            at(
                "yyy",
                "rules[5].substances[0]: name: Ensure this value has at most 120 characters (it has 121).",
            ),
            at("zzz", "rules[6].reason: Ensure this value has at most 90 characters (it has 91)."),
            at('"third"', "starters[0].mix.third: there is no such slot"),
            at('"x-nothing"', "needs[7].shot: there is no such component"),
            at('"x-nobody-helps"', "needs[6].helped_by.x-nobody-helps: there is no such component"),
            at(
                '"x-lift": 100',
                "needs[6].helped_by.x-lift: weight: Ensure this value is less than or equal to 99.",
            ),
            at('"a lot"', "needs[5].helped_by.x-quench: expected a whole number"),
            at(
                '"a lot"',
                "needs[5].helped_by.x-quench: weight: Ensure this value is greater than or equal to 1.",
            ),
        ]
    )


@pytest.mark.parametrize(
    ("part", "where", "told"),
    [
        ("recipe", "recipe.slug", "is missing"),
        ("families", "rules[0].left[0]", "there is no component 'x-gleam'"),
    ],
)
def test_a_part_of_the_file_that_is_missing_is_told(tmp_path: Path, part: str, where: str, told: str) -> None:
    _, problems = refused(tmp_path, lambda raw: raw.pop(part))

    assert any(f", {where}: {told}" in problem for problem in problems)


def test_what_fits_field_by_field_but_cannot_be_sold_is_told_with_the_line_of_the_thing(
    tmp_path: Path,
) -> None:
    def spoil(raw: dict[str, Any]) -> None:
        raw["families"][1]["components"][2]["composition_percent"]["Aqua"] = 70.2
        raw["rules"][6]["max_percent"] = None
        raw["starters"][2]["mix"].pop("second")

    path, problems = refused(tmp_path, spoil)

    mend, lactic = line_of(path, '"Mend"'), line_of(path, '"lactic-cap"')
    assert problems == [
        f"line {mend - 2}, component x-mend: the composition adds up to 94 %, not 100 %",
        f"line {lactic - 1}, rule lactic-cap: has no limit",
    ]


def test_a_limit_in_the_wrong_unit_is_no_limit(tmp_path: Path) -> None:
    def spoil(raw: dict[str, Any]) -> None:
        raw["rules"] = [
            {"slug": "most", "kind": "at-most", "left": ["x-coil"], "max_percent": 1, "reason": "A"},
            {"slug": "cap", "kind": "cap", "substances": ["Menthol"], "max_number": 1, "reason": "B"},
        ]

    path, problems = refused(tmp_path, spoil)

    most, cap = line_of(path, '"slug": "most"'), line_of(path, '"slug": "cap"')
    assert problems == [
        f"line {most - 1}, rule most: says not how many slots it allows",
        f"line {cap - 1}, rule cap: has no limit",
    ]


def test_rules_that_leave_nothing_are_refused(tmp_path: Path) -> None:
    bases = ["x-orchard-rain", "x-warm-hearth", "x-salt-meadow", "x-quiet-linen"]
    law = {"slug": "all", "kind": "at-most", "left": bases, "max_number": 0, "reason": "None"}

    _, problems = refused(tmp_path, lambda raw: raw["rules"].append(law))

    assert problems == ["line 1, rules: no mix can be made under all. Loosen one."]


def test_a_file_that_cannot_be_read_changes_nothing(tmp_path: Path) -> None:
    before = rows()
    (tmp_path / "latin").write_bytes("{'é'}".encode("latin-1"))

    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nowhere.json")
    with pytest.raises(IsADirectoryError):
        load(tmp_path)
    with pytest.raises(UnicodeDecodeError):
        load(tmp_path / "latin")

    assert rows() == before
