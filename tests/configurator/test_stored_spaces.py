"""Spaces stored with their versions: loaded instead of compiled, made anew where the bytes do not fit."""

import gzip
import json
from typing import Any

import pytest
from django.test import Client

from configurator.mixing import compiling, storing
from configurator.mixing.filtering import SpaceUndecided
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import Component, Family, Rule, RuleKind, Size, Slot, Spec, from_json
from configurator.models import RecipeVersion
from configurator.versions import _mixer, mixer_for
from tests.configurator.mixing.instances import FOLDER

HARD = FOLDER / "syn_random_20x12_hard.json.gz"


def test_publishing_stores_the_space_with_the_version(catalogue: RecipeVersion) -> None:
    version = RecipeVersion.objects.get(pk=catalogue.pk)

    assert version.space is not None
    assert len(version.space) < 2_000
    assert bytes(version.space) == storing.to_bytes(Mixer(from_json(version.spec)).space)


def test_a_process_loads_the_stored_space_and_compiles_nothing(
    catalogue: RecipeVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    _mixer.cache_clear()
    compiled: list[object] = []
    monkeypatch.setattr(compiling, "compile_diagram", lambda *args, **kwargs: compiled.append(args))
    monkeypatch.setattr(storing, "make_space", compiled.append)

    mixer = mixer_for(catalogue)

    assert mixer.count() == 183
    assert compiled == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: None,
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: bytes([*data[:-1], data[-1] ^ 1]),
        lambda data: b"something else altogether",
    ],
    ids=["missing", "empty", "cut short", "one bit off", "foreign"],
)
def test_bytes_that_do_not_fit_are_made_anew(catalogue: RecipeVersion, damage: object) -> None:
    version = RecipeVersion.objects.get(pk=catalogue.pk)
    assert callable(damage)
    assert version.space is not None

    mixer = Mixer(from_json(version.spec), stored=damage(bytes(version.space)))

    assert mixer.count() == 183


def test_the_space_of_another_version_is_not_taken(catalogue: RecipeVersion) -> None:
    version = RecipeVersion.objects.get(pk=catalogue.pk)
    content = json.loads(version.spec)
    content["rules"] = content["rules"][1:]
    other = from_json(json.dumps(content))
    assert version.space is not None

    mixer = Mixer(other, stored=bytes(version.space))

    assert mixer.count() == Mixer(other).count() != 183


@pytest.mark.skipif(
    not HARD.exists(), reason="the instances of configuration problems are not beside the project"
)
def test_a_space_too_large_to_count_has_no_count_and_names_the_rules_that_cost_it() -> None:
    spec = read_as_spec(json.loads(gzip.decompress(HARD.read_bytes())))

    mixer = Mixer(spec)

    assert mixer.count() is None
    assert mixer.costly_rules
    assert mixer.leads_somewhere()
    answer = mixer.options({}, size=spec.sizes[0])
    assert answer.count is None
    assert any(option.is_open for row in answer.slots for option in row.options)
    again = Mixer(spec, stored=storing.to_bytes(mixer.space))
    assert again.costly_rules == mixer.costly_rules


@pytest.mark.parametrize("path", ["/mix/shampoo/", "/api/shop/v1/recipes/shampoo/options"])
def test_a_question_that_is_not_settled_in_time_is_said_with_a_way_on(
    catalogue: RecipeVersion, client: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def run_out(*args: object, **kwargs: object) -> None:
        raise SpaceUndecided(2.0, ("wide-rule",))

    monkeypatch.setattr(Mixer, "options", run_out)

    answer = (
        client.post(path, data={"mix": {}}, content_type="application/json")
        if path.startswith("/api")
        else client.get(path)
    )

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "wide-rule" not in answer.content.decode()


def read_as_spec(raw: dict[str, Any]) -> Spec:
    """An instance as a recipe: a family per slot, forbidden pairs as rules, its limits as caps on amounts."""
    families = tuple(
        Family(slug=f"f{i}", name=f"Family {i}", components=_components(raw, i, len(slot["options"])))
        for i, slot in enumerate(raw["slots"])
    )
    pairs = tuple(
        _pair(n, *sorted((int(s), o) for s, o in nogood.items())) for n, nogood in enumerate(raw["nogoods"])
    )
    caps = tuple(
        Rule(slug=f"l{n}", kind=RuleKind.CAP, reason="This is too much", amount=f"a{n}", limit=row["hi"])
        for n, row in enumerate(raw["linears"])
    )
    return Spec(
        slug="hard",
        name="Hard",
        sizes=(Size(slug="one", price=100),),
        slots=tuple(Slot(slug=f"s{i}", name=f"Slot {i}", family=f"f{i}") for i in range(len(families))),
        families=families,
        rules=pairs + caps,
    )


def _components(raw: dict[str, Any], slot: int, options: int) -> tuple[Component, ...]:
    weights = [dict(row["w"]).get(str(slot), [0] * options) for row in raw["linears"]]
    return tuple(
        Component(
            slug=f"s{slot}o{k}",
            name=f"{slot}/{k}",
            amounts=tuple((f"a{n}", row[k]) for n, row in enumerate(weights)),
        )
        for k in range(options)
    )


def _pair(number: int, left: tuple[int, list[int]], right: tuple[int, list[int]]) -> Rule:
    return Rule(
        slug=f"n{number}",
        kind=RuleKind.NEVER_TOGETHER,
        reason="These two do not fit",
        left=tuple(f"s{left[0]}o{k}" for k in left[1]),
        right=tuple(f"s{right[0]}o{k}" for k in right[1]),
        left_slots=(f"s{left[0]}",),
        right_slots=(f"s{right[0]}",),
    )
