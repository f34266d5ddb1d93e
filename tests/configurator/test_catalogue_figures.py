"""The figures of the shipped catalogue: as written down, as the code has them, and by brute force over all 256."""

from collections import Counter
from datetime import date

import pytest

from configurator.bench import read_bench
from configurator.mixing.changes import rule_effects
from configurator.mixing.label import composition, declared_allergens, doses
from configurator.mixing.mixer import Mixer
from configurator.models import RecipeVersion
from configurator.versions import mixer_for
from tests.configurator import catalogue_judge as judge

WARM_HEARTH_MEND_QUENCH = (
    "Aqua, Cocamidopropyl Betaine, Sodium Lauroyl Methyl Isethionate, Coco-Glucoside, Glycerin, Sodium Chloride, "
    "Parfum, Panthenol, Hydrolyzed Wheat Protein, Ficus Carica Fruit Extract, Sodium Benzoate, Citric Acid, "
    "Potassium Sorbate, Aloe Barbadensis Leaf Juice, Betaine, Arginine, Prunus Amygdalus Dulcis Oil, Polysorbate 20, "
    "Elettaria Cardamomum Seed Oil, Sodium Hyaluronate, Benzyl Benzoate, Coumarin, Eugenol, Linalool"
)


@pytest.fixture
def mixer(catalogue: RecipeVersion) -> Mixer:
    return mixer_for(catalogue)


def test_183_of_256_mixes_can_be_made(catalogue: RecipeVersion, mixer: Mixer) -> None:
    assert mixer.total == len(judge.all_mixes()) == 256
    assert mixer.count() == catalogue.mixes == len(judge.makeable()) == 183
    assert [tuple(mix.values()) for mix in mixer.mixes()] == list(judge.makeable())


@pytest.mark.parametrize(
    ("base", "count"), [("warm-hearth", 55), ("salt-meadow", 55), ("orchard-rain", 40), ("quiet-linen", 33)]
)
def test_each_base_leaves_its_own_number(mixer: Mixer, base: str, count: int) -> None:
    assert mixer.count({"base": base}) == count
    assert sum(mix[0] == base for mix in judge.makeable()) == count


def test_each_hard_rule_removes_its_own_number(mixer: Mixer) -> None:
    removes = {
        "gleam-mend": 8,
        "reset-calm": 8,
        "coil-orchard-rain": 15,
        "reset-quiet-linen": 15,
        "gleam-quiet-linen": 15,
        "protein-cap": 12,
        "lactic-cap": 4,
        "piroctone-cap": 4,
    }

    assert {effect.rule.slug: effect.removes for effect in rule_effects(mixer)} == removes
    assert Counter(slug for mix in judge.all_mixes() for slug in judge.met_rules(mix)) == removes


def test_the_protein_cap_forbids_double_mend_and_lift_with_mend_either_way() -> None:
    capped = {mix[1:] for mix in judge.all_mixes() if "protein-cap" in judge.met_rules(mix)}

    assert capped == {("mend", "mend"), ("lift", "mend"), ("mend", "lift")}


def test_each_advice_warns_of_its_own_number_of_makeable_mixes(mixer: Mixer) -> None:
    met: Counter[str] = Counter()
    for mix in mixer.mixes():
        met.update(rule.slug for rule in mixer.check(mix, size=mixer.read_size(None)).advice)

    assert met == {"lift-quench": 8, "vivid-reset": 6}
    assert met == Counter(slug for mix in judge.makeable() for slug in judge.met_rules(mix, advice=True))


@pytest.mark.parametrize(
    ("left_out", "count"),
    [
        (("acids",), 149),
        (("menthol",), 149),
        (("wheat",), 147),
        (("shea",), 142),
        (("oat",), 135),
        (("nuts",), 129),
        (("protein",), 101),
        (("fragrance",), 33),
        (("coconut-derived",), 0),
        (("fragrance", "oat"), 22),
    ],
)
def test_leaving_something_out_leaves_its_own_number(
    mixer: Mixer, left_out: tuple[str, ...], count: int
) -> None:
    assert mixer.count(avoid=left_out) == count
    assert len(judge.makeable(frozenset(left_out))) == count


def test_all_256_verdicts_agree_with_brute_force(mixer: Mixer) -> None:
    size = mixer.read_size(None)

    for mix in judge.all_mixes():
        verdict = mixer.check(judge.named(mix), size=size)

        assert tuple(rule.slug for rule in verdict.broken) == judge.met_rules(mix)
        assert tuple(rule.slug for rule in verdict.advice) == judge.met_rules(mix, advice=True)
        assert verdict.makeable == (mix in judge.makeable())
        assert list(verdict.label.ingredients) == judge.ingredients(mix)
        assert list(verdict.label.allergens) == judge.allergens(mix)
        assert list(verdict.label.flags) == judge.flags(mix)
        assert verdict.price == judge.price(mix)


@pytest.mark.parametrize(
    ("base", "allergens"),
    [
        ("orchard-rain", ["Hexyl Cinnamal", "Limonene", "Linalool"]),
        ("warm-hearth", ["Benzyl Benzoate", "Coumarin", "Eugenol", "Linalool"]),
        ("salt-meadow", ["Geraniol", "Limonene", "Linalool"]),
        ("quiet-linen", []),
    ],
)
def test_each_base_declares_its_own_allergens_whatever_the_shots(
    mixer: Mixer, base: str, allergens: list[str]
) -> None:
    for mix in judge.makeable():
        if mix[0] == base and not (base == "warm-hearth" and mix[1] == "gleam"):
            assert list(declared_allergens(mixer.spec, judge.named(mix))) == allergens


def test_warm_hearth_declares_limonene_only_with_gleam_as_its_main_shot(mixer: Mixer) -> None:
    declaring = {
        tuple(mix.values())
        for mix in mixer.mixes({"base": "warm-hearth"})
        if "Limonene" in declared_allergens(mixer.spec, mix)
    }
    gleam_first = [mix for mix in judge.makeable() if mix[:2] == ("warm-hearth", "gleam")]
    kind = "fragrance_allergens_percent"

    assert declaring == set(gleam_first)
    assert len(gleam_first) == 6
    assert float(judge.shares(("warm-hearth", "gleam", "lift"), kind)["Limonene"]) == 0.0108
    assert float(judge.shares(("warm-hearth", "lift", "gleam"), kind)["Limonene"]) == 0.0054


def test_cinnamyl_alcohol_falls_below_the_threshold_on_mixing_and_is_never_declared(mixer: Mixer) -> None:
    in_base = judge.components()["warm-hearth"]["fragrance_allergens_percent"]["Cinnamyl Alcohol"]
    in_product = judge.shares(("warm-hearth", "lift", "lift"), "fragrance_allergens_percent")[
        "Cinnamyl Alcohol"
    ]

    assert float(in_base) == 0.0105
    assert round(float(in_product), 4) == 0.0099
    assert not any("Cinnamyl Alcohol" in declared_allergens(mixer.spec, mix) for mix in mixer.mixes())


def test_the_label_of_warm_hearth_with_mend_and_quench(mixer: Mixer) -> None:
    mix = {"base": "warm-hearth", "main": "mend", "second": "quench"}

    verdict = mixer.check(mix, size=mixer.read_size(None))

    assert verdict.label.ingredient_text == WARM_HEARTH_MEND_QUENCH
    assert verdict.label.flags == ("coconut-derived", "fragrance", "nuts", "protein", "wheat")
    assert (verdict.makeable, verdict.advice, verdict.repairs) == (True, (), ())


def test_the_composition_of_every_mix_is_that_of_its_parts_weighed_by_dose(mixer: Mixer) -> None:
    for mix in judge.all_mixes():
        shares = composition(mixer.spec, judge.named(mix))

        assert shares == pytest.approx({name: float(share) for name, share in judge.shares(mix).items()})
        assert sum(judge.shares(mix).values()) == 100


@pytest.mark.parametrize(
    ("size", "price", "per_100_ml"), [("250ml", 1400, 560), ("500ml", 2400, 480), ("50ml", 450, 900)]
)
def test_every_mix_costs_the_same_in_a_size(mixer: Mixer, size: str, price: int, per_100_ml: int) -> None:
    for mix in judge.all_mixes():
        verdict = mixer.check(judge.named(mix), size=mixer.read_size(size))

        assert (verdict.price, verdict.price_per_100_ml) == (price, per_100_ml)
        assert judge.price(mix, size) == price


@pytest.mark.django_db
def test_delivery_costs_3_25_and_is_free_from_28() -> None:
    delivery = read_bench(today=date(2026, 7, 13)).delivery

    assert (delivery.price, delivery.free_from) == (325, 2800)
    assert (delivery.of(2799), delivery.of(2800)) == (325, 0)


def test_of_the_73_forbidden_mixes_all_but_two_are_one_part_away_from_a_makeable_one(mixer: Mixer) -> None:
    size = mixer.read_size(None)
    changes = {}
    for mix in judge.all_mixes():
        repairs = mixer.check(judge.named(mix), size=size).repairs
        if mix in judge.makeable():
            assert repairs == ()
            continue
        distances = {sum(a != b for a, b in zip(mix, found.values(), strict=True)) for found in repairs}
        assert distances == {judge.fewest_changes(mix)}
        assert 1 <= len(repairs) <= 3
        assert {tuple(found.values()) for found in repairs} <= set(judge.makeable())
        (changes[mix],) = distances

    assert Counter(changes.values()) == {1: 71, 2: 2}
    assert {mix for mix, count in changes.items() if count == 2} == {
        ("quiet-linen", "gleam", "gleam"),
        ("quiet-linen", "reset", "reset"),
    }


@pytest.mark.parametrize(
    ("size", "microlitres"),
    [
        ("250ml", [235_000, 10_000, 5_000]),
        ("500ml", [470_000, 20_000, 10_000]),
        ("50ml", [47_000, 2_000, 1_000]),
    ],
)
def test_doses_scale_with_the_size_exactly_so_every_size_holds_the_same(
    mixer: Mixer, size: str, microlitres: list[int]
) -> None:
    mix = {"base": "warm-hearth", "main": "mend", "second": "quench"}

    found = [dose.microlitres for dose in doses(mixer.spec, mix, mixer.read_size(size))]

    assert found == microlitres
    assert [part * 250_000 for part in microlitres] == [
        dose * sum(microlitres) for dose in (235_000, 10_000, 5_000)
    ]


def test_what_is_makeable_and_declared_is_the_same_in_every_size(mixer: Mixer) -> None:
    for mix in judge.all_mixes():
        verdicts = [mixer.check(judge.named(mix), size=size) for size in mixer.spec.sizes]

        assert len({(v.makeable, v.broken, v.advice, v.label) for v in verdicts}) == 1


def test_the_file_offers_six_starters_that_can_be_made_and_a_need_for_each_shot(mixer: Mixer) -> None:
    starters = {starter.name: tuple(slug for _, slug in starter.mix) for starter in mixer.spec.starters}

    assert starters == {
        "First Light": ("orchard-rain", "lift", "vivid"),
        "Slow Sunday": ("warm-hearth", "mend", "quench"),
        "Cold Swim": ("salt-meadow", "reset", "gleam"),
        "Soft Spoken": ("quiet-linen", "calm", "quench"),
        "Ringlet": ("salt-meadow", "coil", "quench"),
        "Copper Kettle": ("warm-hearth", "vivid", "mend"),
    }
    assert set(starters.values()) <= set(judge.makeable())
    assert [need.component for need in mixer.spec.needs] == list(judge.components())[4:]
