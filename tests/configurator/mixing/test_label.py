"""What is in a mix and what its label says."""

from fractions import Fraction
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configurator.mixing.label import (
    Dose,
    chosen_components,
    composition,
    declared_allergens,
    doses,
    label,
)
from configurator.mixing.spec import Spec
from tests.configurator.make import make_component, make_family, make_size, make_slot, make_spec
from tests.configurator.mixing.spec_judge import Mix, every_mix, few, part_of, share_of, specs


def perfumed(**values: object) -> Spec:
    """Oak (90 ml) and mint (10 ml): linalool 1,000 ppm of oak, limonene 5,000 ppm of mint; declared above 500 ppm."""
    oak = make_component(
        "oak",
        composition=(("Aqua", 900_000), ("Parfum", 60_000), ("Glycerin", 40_000)),
        fragrance_allergens=(("Linalool", 1_000), ("Citral", 500)),
        flags=("fragrance",),
    )
    mint = make_component(
        "mint",
        composition=(("Aqua", 500_000), ("Panthenol", 360_000), ("Menthol", 140_000)),
        fragrance_allergens=(("Limonene", 5_000),),
        flags=("acids", "fragrance"),
    )
    families = (make_family("bases", (oak,)), make_family("shots", (mint,)))
    return make_spec(families=families, **{"allergen_threshold_ppm": 500, **values})


MIX = {"base": "oak", "shot": "mint"}


def test_ingredients_fall_by_share_in_the_product_and_equal_shares_by_name_backwards() -> None:
    """Aqua 86 %, Parfum 5.4 %, Glycerin 3.6 % as Panthenol, Menthol 1.4 %."""
    assert label(perfumed(), MIX).ingredients == (
        "Aqua", "Parfum", "Panthenol", "Glycerin", "Menthol", "Linalool",
    )  # fmt: skip


def test_an_allergen_is_declared_above_the_threshold_in_the_product_not_at_it() -> None:
    assert declared_allergens(perfumed(), MIX) == ("Linalool",)
    assert declared_allergens(perfumed(allergen_threshold_ppm=499), MIX) == ("Limonene", "Linalool")
    assert declared_allergens(perfumed(allergen_threshold_ppm=900), MIX) == ()
    assert declared_allergens(perfumed(allergen_threshold_ppm=899), MIX) == ("Linalool",)


def test_nothing_is_declared_where_the_recipe_names_no_threshold() -> None:
    assert declared_allergens(perfumed(allergen_threshold_ppm=None), MIX) == ()


def test_an_allergen_that_is_an_ingredient_too_is_printed_once() -> None:
    oak = make_component(
        "oak",
        composition=(("Aqua", 900_000), ("Linalool", 100_000)),
        fragrance_allergens=(("Linalool", 100_000),),
    )
    spec = make_spec(
        families=(make_family("bases", (oak,)),), slots=(make_slot(),), allergen_threshold_ppm=100
    )

    assert label(spec, {"base": "oak"}).ingredients == ("Aqua", "Linalool")
    assert label(spec, {"base": "oak"}).allergens == ("Linalool",)


def test_flags_are_those_of_all_parts_each_once() -> None:
    assert label(perfumed(), MIX).flags == ("acids", "fragrance")


def test_the_text_of_the_ingredients_is_the_list_with_commas() -> None:
    assert label(perfumed(), MIX).ingredient_text == "Aqua, Parfum, Panthenol, Glycerin, Menthol, Linalool"


def test_a_slot_that_stays_empty_takes_no_part_in_the_shares() -> None:
    slots = (make_slot(), make_slot("shot", family="shots", dose_ul=10_000, optional=True))
    spec = perfumed(slots=slots)

    said = label(spec, {"base": "oak", "shot": "none"})

    assert said.ingredients == ("Aqua", "Parfum", "Glycerin", "Linalool")
    assert said.flags == ("fragrance",)
    assert composition(spec, {"base": "oak", "shot": "none"})["Parfum"] == pytest.approx(6.0)


def test_the_composition_of_goods_without_doses_is_empty() -> None:
    slots = (make_slot(dose_ul=None), make_slot("shot", family="shots", dose_ul=None))

    assert composition(perfumed(slots=slots), MIX) == {}


@few
@given(data=st.data())
def test_a_composition_is_the_dose_weighted_mean_of_its_parts(data: st.DataObject) -> None:
    spec = data.draw(specs().filter(lambda spec: spec.is_dosed))
    mix: Mix = data.draw(st.sampled_from(every_mix(spec)))
    taken = {slot: part_of(spec, slug) for slot, slug in mix.items() if slug != "none"}

    shares = composition(spec, mix)

    for name in ("Aqua", "Lactic Acid", "Menthol"):
        expected = share_of(spec, taken, (name,)) / 10_000 if taken else Fraction(0)
        assert isclose(shares.get(name, 0), expected, abs_tol=1e-9)
    assert isclose(sum(shares.values()), 100 if taken else 0)


@few
@given(data=st.data())
def test_the_printed_list_falls_with_the_shares_and_misses_nothing(data: st.DataObject) -> None:
    spec = data.draw(specs().filter(lambda spec: spec.is_dosed))
    mix: Mix = data.draw(st.sampled_from(every_mix(spec)))
    taken = {slot: part_of(spec, slug) for slot, slug in mix.items() if slug != "none"}

    said = label(spec, mix)

    names = [name for name in said.ingredients if name not in said.allergens]
    shares = [share_of(spec, taken, (name,)) for name in names]
    assert shares == sorted(shares, reverse=True)
    assert set(names) == {name for part in taken.values() for name, _ in part.composition}


def test_doses_scale_with_the_size_to_the_nearest_microlitre() -> None:
    spec = make_spec(reference_ml=250)

    assert doses(spec, MIX, make_size(volume_ml=250)) == (
        Dose("base", "oak", 90_000),
        Dose("shot", "mint", 10_000),
    )
    assert [dose.microlitres for dose in doses(spec, MIX, make_size(volume_ml=500))] == [180_000, 20_000]
    assert [dose.microlitres for dose in doses(spec, MIX, make_size(volume_ml=33))] == [11_880, 1_320]
    assert [dose.microlitres for dose in doses(make_spec(reference_ml=300), MIX, make_size(volume_ml=1))] == [
        300,
        33,
    ]


def test_a_half_microlitre_is_rounded_up() -> None:
    slots = (make_slot(dose_ul=25), make_slot("shot", family="shots", dose_ul=24))

    found = doses(make_spec(slots=slots), MIX, make_size(volume_ml=50))

    assert [dose.microlitres for dose in found] == [13, 12]


def test_goods_without_doses_or_volume_have_parts_without_amounts() -> None:
    slots = (make_slot(dose_ul=None), make_slot("shot", family="shots", dose_ul=None))

    assert doses(make_spec(slots=slots), MIX, make_size()) == (
        Dose("base", "oak", None),
        Dose("shot", "mint", None),
    )
    assert [dose.microlitres for dose in doses(make_spec(), MIX, make_size(volume_ml=None))] == [None, None]


def test_the_parts_of_a_partial_mix_are_those_chosen_in_slot_order() -> None:
    spec = make_spec()

    assert [(dose, part.slug) for dose, part in chosen_components(spec, {"shot": "rue"})] == [(10_000, "rue")]
    assert [part.slug for _, part in chosen_components(spec, {"shot": "rue", "base": "elm"})] == [
        "elm",
        "rue",
    ]
