"""More to mix without a line of code: entered in the admin's own forms, published there, seen by shoppers."""

from itertools import product
from typing import Any

import pytest
from django.test import Client

from configurator.models import Component, Family, Recipe, RecipeVersion, Rule, Slot, Substance
from configurator.versions import newest_version
from tests.configurator import catalogue_judge as judge
from tests.configurator.admin.forms import open_form
from tests.configurator.drafts import shampoo

pytestmark = pytest.mark.django_db

ADD = "/admin/configurator/{}/add/"
BASES, SHOTS = list(judge.components())[:4], list(judge.components())[4:]


def edit(recipe: Recipe) -> str:
    return f"/admin/configurator/recipe/{recipe.pk}/change/"


def publish(browser: Client, recipe: Recipe, *, confirmed: str = "") -> str:
    """Publish on the page for it; what the page said before."""
    form = open_form(browser, f"/admin/configurator/recipe/{recipe.pk}/publish/")
    form.fill(note="New things", **({"confirmed": confirmed} if confirmed else {})).save(browser)
    return form.html


def check_in_api(client: Client, recipe: str, mixes: list[dict[str, str]]) -> int:
    """How many of these mixes the API calls makeable."""
    made = 0
    for mix in mixes:
        response = client.post(
            f"/api/shop/v1/recipes/{recipe}/check", {"mix": mix}, content_type="application/json"
        )
        made += response.json()["makeable"]
    return made


def content_of(client: Client, recipe: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/shop/v1/recipes/{recipe}/").json()
    return found


def mixes_of(*fills: list[str], slots: tuple[str, ...]) -> list[dict[str, str]]:
    return [dict(zip(slots, mix, strict=True)) for mix in product(*fills)]


def test_a_ninth_super_shot_makes_324_combinations(owners_browser: Client, client: Client) -> None:
    form = open_form(owners_browser, ADD.format("component"))
    family = Family.objects.get(slug="super-shots")
    form.fill(family=family.pk, name="Dusk", slug="dusk", colour="#334455", position="8")
    for name, percent in {"Aqua": "90", "Lactic Acid": "9.9999", "Menthol": "0.0001"}.items():
        form.add_row("composition", substance=Substance.objects.get(name=name).pk, percent=percent)
    form.save(owners_browser)
    law = open_form(owners_browser, ADD.format("rule"))
    law.fill(recipe=shampoo().pk, slug="dusk-calm", kind="never-together", reason="Both tire you")
    law.fill(
        left=[Component.objects.get(slug="dusk").pk],
        right=[Component.objects.get(slug="calm").pk],
    )
    law.save(owners_browser)

    before = newest_version("shampoo")
    preview = publish(owners_browser, shampoo())

    mixes = mixes_of(BASES, [*SHOTS, "dusk"], [*SHOTS, "dusk"], slots=judge.SLOTS)
    made = [mix for mix in mixes if is_makeable_with_dusk(mix)]
    assert (len(mixes), len(made), before.mixes) == (324, 227, 183)
    version = newest_version("shampoo")
    assert (version.number, version.mixes) == (2, len(made))
    assert f"183 makeable mixes become {len(made)}: {len(made) - 183} gained, 0 lost." in preview
    assert check_in_api(client, "shampoo", mixes) == len(made)
    content = content_of(client, "shampoo")
    assert content["mixes"] == len(made)
    assert content["families"][1]["components"][-1]["slug"] == "dusk"
    page = client.get("/mix/shampoo/")
    assert f"{len(made)} mixes we can make well" in page.content.decode()
    assert b'id="main-dusk"' in page.content
    assert b'id="second-dusk"' in page.content


def is_makeable_with_dusk(mix: dict[str, str]) -> bool:
    """Dusk never goes with Calm, and with itself or Gleam it has 0.6 % lactic acid; no other rule knows it."""
    shots = {mix["main"], mix["second"]}
    if "dusk" not in shots:
        return tuple(mix.values()) in judge.makeable()
    harmless = tuple("vivid" if part == "dusk" else part for part in mix.values())
    return not shots & {"calm", "gleam"} and shots != {"dusk"} and harmless in judge.makeable()


def test_a_third_shot_slot_makes_four_times_eight_to_the_third(
    owners_browser: Client, client: Client
) -> None:
    form = open_form(owners_browser, edit(shampoo()))
    form.add_row(
        "slots",
        slug="third",
        name="Third shot",
        family=Family.objects.get(slug="super-shots").pk,
        dose_ml="2.5",
        position="9",
    )
    form.save(owners_browser)

    preview = publish(owners_browser, shampoo(), confirmed="Shampoo")  # no starter fills the new slot

    mixes = mixes_of(BASES, SHOTS, SHOTS, SHOTS, slots=(*judge.SLOTS, "third"))
    made = [mix for mix in mixes if is_makeable_with_third(tuple(mix.values()))]
    assert len(mixes) == 4 * 8 * 8 * 8 == 2048
    assert newest_version("shampoo").mixes == len(made)
    assert f"183 makeable mixes become {len(made)}: {len(made)} gained, 183 lost." in preview
    assert "The slots themselves changed" in preview
    assert content_of(client, "shampoo")["mixes"] == len(made)
    sample = mixes[::13]
    assert check_in_api(client, "shampoo", sample) == sum(mix in made for mix in sample)
    first = "/".join(made[0].values())
    page = client.get(f"/mix/shampoo/{first}")
    assert page.status_code == 200
    assert b'name="third"' in page.content
    assert client.get("/mix/shampoo/warm-hearth/mend/quench").status_code == 404


def is_makeable_with_third(mix: tuple[str, ...]) -> bool:
    doses = (235, 10, 5, 2.5)
    for rule in judge.catalogue()["rules"]:
        if rule.get("advice"):
            continue
        if rule["kind"] == "never-together":
            if any(
                mix[i] in rule["left"] and mix[j] in rule["right"]
                for i in range(4)
                for j in range(4)
                if i != j
            ):
                return False
            continue
        parts = [judge.components()[part]["composition_percent"] for part in mix]
        weighed = sum(
            dose * float(shares.get(name, 0))
            for dose, shares in zip(doses, parts, strict=True)
            for name in rule["substances"]
        )
        if weighed / sum(doses) > float(rule["max_percent"]) + 1e-9:
            return False
    return True


def test_a_second_recipe_with_a_family_of_its_own_is_a_second_product(
    owners_browser: Client, client: Client
) -> None:
    for slug, parts in {"frames": ("steel", "alloy", "carbon"), "bells": ("brass",)}.items():
        open_form(owners_browser, ADD.format("family")).fill(name=slug.capitalize(), slug=slug).save(
            owners_browser
        )
        for part in parts:
            form = open_form(owners_browser, ADD.format("component"))
            form.fill(family=Family.objects.get(slug=slug).pk, name=part.capitalize(), slug=part)
            form.fill(surcharge="2500" if part == "carbon" else "0")
            form.add_row(
                "amounts", name="grams", value={"steel": 3000, "alloy": 2200, "brass": 900}.get(part, 1500)
            )
            form.save(owners_browser)
    form = open_form(owners_browser, ADD.format("recipe")).fill(name="Bicycle", slug="bicycle")
    form.add_row("slots", slug="frame", name="Frame", family=Family.objects.get(slug="frames").pk)
    bells = Family.objects.get(slug="bells").pk
    form.add_row("slots", slug="bell", name="Bell", family=bells, is_optional="on", position="1")
    form.add_row("sizes", slug="one", price="90000").save(owners_browser)
    bicycle = Recipe.objects.get(slug="bicycle")
    law = open_form(owners_browser, ADD.format("rule"))
    law.fill(recipe=bicycle.pk, slug="light", kind="cap", reason="Too heavy to carry", amount="grams")
    law.fill(max_number="3500").save(owners_browser)

    preview = publish(owners_browser, bicycle)

    mixes = mixes_of(["steel", "alloy", "carbon"], ["brass", "none"], slots=("frame", "bell"))
    assert "5 of 6 mixes can be made." in preview
    assert newest_version("bicycle").mixes == 5
    assert check_in_api(client, "bicycle", mixes) == 5
    assert check_in_api(client, "bicycle", [{"frame": "steel", "bell": "brass"}]) == 0
    assert [recipe["slug"] for recipe in client.get("/api/shop/v1/recipes/").json()["recipes"]] == [
        "shampoo",
        "bicycle",
    ]
    page = client.get("/mix/bicycle/carbon/none").content.decode()
    assert "£925.00" in page
    assert "Nothing here" in page
    assert "per 100 ml" not in page
    assert 'href="/mix/bicycle/"' in client.get("/").content.decode()
    assert newest_version("shampoo").mixes == 183
    assert RecipeVersion.objects.count() == 2
    assert Slot.objects.filter(recipe=bicycle, is_optional=True).count() == 1
    assert Rule.objects.get(slug="light").max_number == 3500
