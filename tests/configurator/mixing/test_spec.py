"""The spec and its canonical JSON."""

import json
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given

from configurator.mixing.canonical import DecodeError
from configurator.mixing.spec import RuleKind, Spec, from_json, spec_hash, to_json
from tests.configurator.make import make_component, make_family, make_need, make_rule, make_spec, make_starter
from tests.configurator.mixing.spec_judge import few, specs


def full_spec() -> Spec:
    rule = make_rule(left_slots=("base",), right_slots=("shot",))
    cap = make_rule("cap", RuleKind.CAP, substances=("Aqua",), limit=5_000, advice=True)
    return make_spec(rules=(rule, cap), starters=(make_starter(),), needs=(make_need(),))


@few
@given(spec=specs())
def test_any_spec_comes_back_from_its_json_as_it_was(spec: Spec) -> None:
    assert from_json(to_json(spec)) == spec


def test_a_spec_with_everything_in_it_comes_back_as_it_was() -> None:
    spec = full_spec()

    assert from_json(to_json(spec)) == spec


@few
@given(spec=specs())
def test_a_spec_read_back_has_the_same_text_byte_for_byte(spec: Spec) -> None:
    text = to_json(spec)

    assert to_json(from_json(text)) == text
    assert spec_hash(from_json(text)) == spec_hash(spec)


def test_the_order_of_fields_and_spaces_in_the_text_read_is_no_part_of_the_spec() -> None:
    text = to_json(full_spec())

    backwards = json.dumps(dict(reversed(json.loads(text).items())), indent=2)

    assert backwards != text
    assert from_json(backwards) == full_spec()
    assert to_json(from_json(backwards)) == text


def test_canonical_json_has_sorted_keys_no_spaces_and_letters_as_they_are() -> None:
    spec = make_spec(name="Thé", slots=(), families=(), sizes=())

    assert to_json(spec) == (
        '{"allergen_threshold_ppm":null,"families":[],"flags":[],"hair_types":[],"name":"Thé","needs":[],"open_jar_months":null,'
        '"reference_ml":100,"rules":[],"sizes":[],"slots":[],"slug":"tea","starters":[]}'
    )


def test_the_hash_is_the_sha256_of_the_text_in_utf_8() -> None:
    spec = make_spec(name="Thé")

    assert spec_hash(spec) == sha256(to_json(spec).encode("utf-8")).hexdigest()


@pytest.mark.parametrize(
    "other",
    [
        make_spec(name="Tea."),
        make_spec(reference_ml=101),
        make_spec(rules=(make_rule(),)),
        make_spec(families=tuple(reversed(make_spec().families))),
        make_spec(families=(make_family("bases", (make_component(surcharge=1),)), make_spec().families[1])),
    ],
)
def test_whatever_differs_changes_the_hash(other: Spec) -> None:
    assert spec_hash(other) != spec_hash(make_spec())


def test_one_reading_names_every_field_that_is_wrong() -> None:
    raw = json.loads(to_json(full_spec()))
    raw["name"] = 5
    raw["colour"] = "red"
    raw["sizes"][0]["price"] = "10"
    raw["sizes"][0]["volume_ml"] = 100.0
    raw["slots"][1]["optional"] = 1
    raw["rules"][0]["kind"] = "sometimes"
    raw["families"][0]["components"][1]["composition"] = [["Aqua"], ["Aqua", True], "Aqua"]
    raw["starters"] = {}
    del raw["needs"][0]["wording"]

    with pytest.raises(DecodeError) as caught:
        from_json(json.dumps(raw))

    assert sorted(caught.value.problems) == [
        "colour: unknown field",
        "families[0].components[1].composition[0]: expected 2 entries, got 1",
        "families[0].components[1].composition[1][1]: expected int, got bool",
        "families[0].components[1].composition[2]: expected a list, got str",
        "name: expected str, got int",
        "needs[0].wording: missing",
        "rules[0].kind: 'sometimes' is not one of never-together, needs, at-most, cap",
        "sizes[0].price: expected int, got str",
        "sizes[0].volume_ml: expected int, got float",
        "slots[1].optional: expected bool, got int",
        "starters: expected a list, got dict",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("[]", "the spec: expected an object, got list"),
        ("null", "the spec: expected an object, got NoneType"),
        ('{"slug": "tea"', "not JSON: Expecting ',' delimiter: line 1 column 15 (char 14)"),
    ],
)
def test_text_that_is_no_spec_at_all_is_refused(text: str, problem: str) -> None:
    with pytest.raises(DecodeError) as caught:
        from_json(text)

    assert caught.value.problems == (problem,)


def test_fields_with_a_default_may_be_missing_in_text_of_older_making() -> None:
    raw = json.loads(to_json(make_spec()))
    for name in ("rules", "starters", "needs"):
        del raw[name]

    assert from_json(json.dumps(raw)) == make_spec()


def test_sizes_and_families_are_found_by_name() -> None:
    spec = make_spec()

    assert spec.size("100ml") is spec.sizes[0]
    assert spec.family("shots") is spec.families[1]
    assert [part.slug for part in spec.components_of(spec.slots[1])] == ["mint", "sage", "rue"]
    with pytest.raises(KeyError, match="1l"):
        spec.size("1l")


def test_a_recipe_is_dosed_as_soon_as_one_slot_has_a_dose() -> None:
    base, shot = make_spec().slots

    assert make_spec().is_dosed
    assert make_spec(slots=(replace(base, dose_ul=None), shot)).is_dosed
    assert not make_spec(slots=(replace(base, dose_ul=None), replace(shot, dose_ul=None))).is_dosed
