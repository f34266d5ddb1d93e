"""The frozen recipe of a job: exact doses and label, the same words as on the page, and a hash that fits."""

import hashlib
import json
from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from configurator.bench import read_bench
from configurator.models import RecipeVersion, Size
from configurator.versions import mixer_for
from orders.handoff import hand_off
from orders.models import Job, OrderLine
from orders.outbox import process_outbox
from orders.placing import Wish, quote
from orders.snapshot import NotReadyError, find_missing, read_snapshot, take_snapshot
from orders.tracking import read_tracking
from tests.configurator.drafts import make_bicycle, publish, shampoo
from tests.orders.make import MIX, make_hand_off, make_job, make_order

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

INGREDIENTS = [
    "Aqua", "Cocamidopropyl Betaine", "Sodium Lauroyl Methyl Isethionate", "Coco-Glucoside", "Glycerin",
    "Sodium Chloride", "Parfum", "Panthenol", "Hydrolyzed Wheat Protein", "Ficus Carica Fruit Extract",
    "Sodium Benzoate", "Citric Acid", "Potassium Sorbate", "Aloe Barbadensis Leaf Juice", "Betaine", "Arginine",
    "Prunus Amygdalus Dulcis Oil", "Polysorbate 20", "Elettaria Cardamomum Seed Oil", "Sodium Hyaluronate",
    "Benzyl Benzoate", "Coumarin", "Eugenol", "Linalool",
]  # fmt: skip
MIXES = [
    MIX,
    {"base": "warm-hearth", "main": "gleam", "second": "quench"},
    {"base": "salt-meadow", "main": "quench", "second": "quench"},
    {"base": "quiet-linen", "main": "calm", "second": "lift"},
    {"base": "orchard-rain", "main": "vivid", "second": "mend"},
]


def make_line(version: RecipeVersion, **kwargs: Any) -> OrderLine:
    values = {"version": version, "mix": MIX, "size": "250ml", "unit_price": 1400, "label_name": "Ada"}
    return OrderLine(order=make_order(), position=2, **{**values, **kwargs})


def test_the_snapshot_of_warm_hearth_mend_quench_in_500_ml(catalogue: RecipeVersion) -> None:
    job = make_job(mix=MIX, size="500ml", label_name="Zoë", quantity=2)

    assert read_snapshot(job) == {
        "recipe": {
            "slug": "shampoo",
            "name": "Shampoo",
            "version": catalogue.number,
            "sha256": catalogue.sha256,
        },
        "size": {"slug": "500ml", "volume_microlitres": 500_000},
        "quantity": 2,
        "unit_price": 2400,
        "mix": MIX,
        "parts": [
            {
                "slot": "base",
                "slot_name": "Base blend",
                "component": "warm-hearth",
                "name": "Warm Hearth",
                "microlitres": 470_000,
            },
            {
                "slot": "main",
                "slot_name": "Main shot",
                "component": "mend",
                "name": "Mend",
                "microlitres": 20_000,
            },
            {
                "slot": "second",
                "slot_name": "Second shot",
                "component": "quench",
                "name": "Quench",
                "microlitres": 10_000,
            },
        ],
        "steps": [
            "Weigh in 470 ml of Warm Hearth (base)",
            "Weigh in 20 ml of Mend (main)",
            "Weigh in 10 ml of Quench (second)",
        ],
        "ingredients": INGREDIENTS,
        "allergens": ["Benzyl Benzoate", "Coumarin", "Eugenol", "Linalool"],
        "flags": ["coconut-derived", "fragrance", "nuts", "protein", "wheat"],
        "label_name": "Zoë",
        "label_lines": [
            "Shampoo",
            "Made for Zoë",
            "500 ml ℮",
            "Ingredients: " + ", ".join(INGREDIENTS),
        ],
    }


def test_the_hash_is_that_of_the_canonical_json() -> None:
    job = make_job(label_name="Zoë")

    canonical = json.dumps(
        json.loads(job.snapshot), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    assert job.snapshot == canonical
    assert "Zoë" in job.snapshot
    assert job.snapshot_sha256 == hashlib.sha256(job.snapshot.encode()).hexdigest()


def test_equal_orders_have_equal_hashes_and_another_name_another_one() -> None:
    hashes = [make_job(label_name=name).snapshot_sha256 for name in ("Ada", "Ada", "Eve")]

    assert hashes[0] == hashes[1]
    assert hashes[0] != hashes[2]


def test_a_bottle_without_a_name_has_no_line_for_it() -> None:
    assert [line.split()[0] for line in read_snapshot(make_job(label_name=""))["label_lines"]] == [
        "Shampoo", "250", "Ingredients:"
    ]  # fmt: skip


@pytest.mark.parametrize("mix", MIXES, ids=lambda mix: "-".join(mix.values()))
def test_the_label_says_what_page_api_and_tracking_said(client: Client, mix: dict[str, str]) -> None:
    job = make_job(mix=mix)

    said = read_snapshot(job)["ingredients"]
    text = ", ".join(said)
    page = unescape(client.get(f"/mix/shampoo/{mix['base']}/{mix['main']}/{mix['second']}").content.decode())
    body = {"mix": mix, "size": "250ml"}
    api = client.post("/api/shop/v1/recipes/shampoo/check", body, content_type="application/json").json()
    [item] = read_tracking(job.order).items

    assert text in page
    assert api["ingredients"] == said
    assert api["allergens"] == read_snapshot(job)["allergens"]
    assert item.ingredients == text
    assert read_snapshot(job)["label_lines"][-1] == f"Ingredients: {text}"


def test_the_price_is_the_one_of_page_api_and_order(client: Client) -> None:
    job = make_job(size="500ml")

    body = {"mix": MIX, "size": "500ml"}
    api = client.post("/api/shop/v1/recipes/shampoo/check", body, content_type="application/json").json()

    bench = read_bench(today=job.created_at.date())
    quoted = quote([Wish(recipe="shampoo", mix=MIX, size="500ml")], bench=bench, now=job.created_at)
    assert api["price"] == quoted.lines[0].unit_price == job.line.unit_price == 2400
    assert read_snapshot(job)["unit_price"] == 2400


def test_a_new_version_does_not_change_what_is_made_of_an_older_order(catalogue: RecipeVersion) -> None:
    order = make_order(paid=True)
    shampoo().slots.filter(slug="main").update(dose_ml=8)
    shampoo().slots.filter(slug="base").update(dose_ml=237)
    publish(note="lighter")

    hand_off(order, order.placed_at)

    [base, main, _second] = read_snapshot(order.jobs.get())["parts"]
    assert (base["microlitres"], main["microlitres"]) == (235_000, 10_000)
    assert read_snapshot(order.jobs.get())["recipe"]["version"] == catalogue.number


@pytest.mark.parametrize(
    ("volume", "doses"),
    [(5, ("4.7", "0.2", "0.1")), (12_501, ("11750.94", "500.04", "250.02"))],
)
def test_the_steps_say_each_dose_to_the_microlitre(volume: int, doses: tuple[str, ...]) -> None:
    Size.objects.create(recipe=shampoo(), slug="odd", volume_ml=volume, price=100, position=9)
    version = publish(note="odd size")

    text, _digest = take_snapshot(make_line(version, size="odd"), mixer_for(version))

    assert [step.split()[2] for step in json.loads(text)["steps"]] == [*doses]


def test_goods_without_doses_are_fitted_and_what_is_left_out_is_no_part() -> None:
    version = publish(make_bicycle())
    mix = {"frame": "steel", "wheel": "wide", "bell": "none"}

    text, _digest = take_snapshot(make_line(version, mix=mix, size="one"), mixer_for(version))

    content = json.loads(text)
    assert content["steps"] == ["Fit Steel (frame)", "Fit Wide (wheel)"]
    assert [part["microlitres"] for part in content["parts"]] == [None, None]
    assert content["size"] == {"slug": "one", "volume_microlitres": None}
    assert content["label_lines"] == ["Bicycle", "Made for Ada"]


def test_a_forbidden_mix_has_no_snapshot(catalogue: RecipeVersion) -> None:
    line = make_line(catalogue, mix={"base": "quiet-linen", "main": "gleam", "second": "mend"})

    with pytest.raises(NotReadyError, match="not makeable under version 1 of shampoo"):
        take_snapshot(line, mixer_for(catalogue))


def drop_ingredient(content: dict[str, Any]) -> None:
    content["ingredients"].remove("Panthenol")


SPOILERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "0 parts for second": lambda content: content["parts"].pop(),
    "2 parts for main": lambda content: content["parts"].append(content["parts"][1]),
    "no dose of mend": lambda content: content["parts"][1].update(microlitres=None),
    "no dose of warm-hearth": lambda content: content["parts"][0].update(microlitres=0),
    "2 steps for 3 parts": lambda content: content["steps"].pop(),
    "no ingredient Panthenol": drop_ingredient,
    "no allergen Coumarin": lambda content: content["allergens"].remove("Coumarin"),
    "no allergen Eugenol": lambda content: content["ingredients"].remove("Eugenol"),
    "no label that ends with the ingredients": lambda content: content["label_lines"].pop(),
}


@pytest.mark.parametrize("missing", SPOILERS)
def test_what_a_snapshot_lacks_is_found(missing: str, catalogue: RecipeVersion) -> None:
    content, spec = read_snapshot(make_job()), mixer_for(catalogue).spec
    assert list(find_missing(content, spec)) == []

    SPOILERS[missing](content)

    assert missing in list(find_missing(content, spec))


def test_goods_without_doses_and_ingredients_lack_nothing_but_what_they_have() -> None:
    spec = mixer_for(publish(make_bicycle())).spec
    content: dict[str, Any] = {
        "mix": {"frame": "steel", "wheel": "wide", "bell": "none"},
        "parts": [{"slot": "frame", "microlitres": None}, {"slot": "wheel", "microlitres": None}],
        "steps": ["Fit Steel (frame)", "Fit Wide (wheel)"],
        "ingredients": [],
        "allergens": [],
        "label_lines": ["Bicycle"],
    }
    assert list(find_missing(content, spec)) == []

    content["label_lines"] = []
    assert list(find_missing(content, spec)) == ["no label that ends with the ingredients"]


def test_a_dose_that_comes_to_nothing_keeps_an_order_from_being_made() -> None:
    shampoo().slots.filter(slug="base").update(dose_ml=Decimal("239.999"))
    shampoo().slots.filter(slug="second").update(dose_ml=Decimal("0.001"))
    Size.objects.create(recipe=shampoo(), slug="drop", volume_ml=5, price=100, position=9)
    publish(note="a drop")
    entry = make_hand_off(size="drop")

    assert process_outbox(entry.pk) is False

    entry.refresh_from_db()
    assert entry.error.startswith("NotReadyError: the recipe of ")
    assert entry.error.endswith("is not complete: no dose of quench")
    job = Job.objects.get()
    assert (job.state, job.snapshot) == (Job.State.PENDING, "")


def test_a_job_that_is_not_handed_off_has_an_empty_snapshot() -> None:
    assert read_snapshot(make_job(Job.State.PENDING)) == {}
