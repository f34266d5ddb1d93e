"""What the shipped bicycle is: many slots, rules of every kind, each with an effect, and no dead option."""

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from configurator.mixing.mixer import Mixer
from configurator.mixing.rules import advice_rules, build_model
from configurator.mixing.spec import NONE, REASON_LENGTH
from configurator.mixing.validation import validate
from tests.configurator import bicycle_judge as judge

WITNESSES = Path(__file__).parent / "bicycle_witnesses.json"
SAMPLES = 1_600


@pytest.fixture(scope="module")
def mixer() -> Mixer:
    return judge.mixer()


def test_the_spec_is_sound() -> None:
    assert validate(judge.spec()) == ()


def test_it_has_26_slots_in_five_groups_with_4_to_12_components_each() -> None:
    spec = judge.spec()

    assert Counter(slot.group for slot in spec.slots) == {
        "Frame and fork": 5,
        "Wheels and brakes": 6,
        "Luggage and light": 5,
        "Drive": 4,
        "Contact points": 6,
    }
    assert all(4 <= len(spec.components_of(slot)) <= 12 for slot in spec.slots)
    assert [slot.slug for slot in spec.slots if slot.optional] == [
        "rotors",
        "mudguards",
        "rack",
        "bags",
        "front-light",
        "rear-light",
        "lock",
    ]


def test_it_has_186_rules_of_every_kind_hard_and_advice() -> None:
    rules = judge.spec().rules

    assert Counter((rule.kind.value, rule.advice) for rule in rules) == {
        ("never-together", False): 129,
        ("never-together", True): 23,
        ("needs", False): 24,
        ("needs", True): 4,
        ("at-most", False): 2,
        ("at-most", True): 1,
        ("cap", False): 2,
        ("cap", True): 1,
    }
    assert all(len(rule.reason) <= REASON_LENGTH and rule.reason[-1] not in ".!" for rule in rules)


def test_more_than_a_thousand_million_mixes_can_be_made(mixer: Mixer) -> None:
    assert mixer.count() == 18_814_048_452_432


def test_every_option_is_possible(mixer: Mixer) -> None:
    answer = mixer.options({}, size=mixer.spec.sizes[0])

    assert [option.slug for row in answer.slots for option in row.options if not option.is_open] == []


def test_every_hard_rule_forbids_something_that_no_other_rule_forbids(mixer: Mixer) -> None:
    """The file holds, for each rule, what to change in a starter so that this rule alone is broken."""
    witnesses = json.loads(WITNESSES.read_text(encoding="utf-8"))

    for slug, told in witnesses.items():
        mix = judge.starter(told["from"]) | told["change"]
        assert mixer.model.violated(mixer.model_indices(mix)) == (slug,)

    assert list(witnesses) == [rule.slug for rule in mixer.spec.rules if not rule.advice]


def test_every_advice_can_be_met_by_a_makeable_mix(mixer: Mixer) -> None:
    spec = mixer.spec
    unheard = {rule.slug for rule in advice_rules(spec)}
    advice = build_model(spec, advice_rules(spec))
    rng = random.Random(11)
    for _ in range(SAMPLES):
        mix = mixer.sample(rng)
        assert mix is not None
        unheard -= set(advice.violated(mixer.model_indices(mix)))

    assert unheard == set()


@pytest.mark.parametrize("starter", [each["name"] for each in judge.catalogue()["starters"]])
def test_a_starter_can_be_made(mixer: Mixer, starter: str) -> None:
    mix = judge.starter(starter)

    verdict = mixer.check(mix, size=mixer.spec.sizes[0])

    assert verdict.makeable
    assert verdict.price == judge.price(mix)


def test_a_needs_chain_leads_from_the_rear_light_to_the_wheels(mixer: Mixer) -> None:
    answer = mixer.options({"rear-light": "rack-glow"}, size=mixer.spec.sizes[0])

    open_in = {
        row.slot.slug: {option.slug for option in row.options if option.is_open} for row in answer.slots
    }
    assert open_in["front-light"] == {"beam-30", "beam-90", "fork-beam"}
    assert all(("dynamo" in slug or "vale-e" in slug) for slug in open_in["wheels"])
    assert NONE not in open_in["rack"]
