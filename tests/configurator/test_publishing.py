"""From draft to version: what publishing would do, what it does, and what it refuses."""

import random
from typing import Any

import pytest
from django.utils import timezone

from configurator.mixing.changes import PriceChange
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import from_json, spec_hash
from configurator.mixing.validation import InvalidSpecError
from configurator.models import Component, CompositionPart, Recipe, RecipeVersion, Rule, Size, Slot
from configurator.publishing import (
    DraftChangedError,
    NothingToPublishError,
    preview_publish,
    publish_again,
    publish_recipe,
)
from configurator.versions import newest_version
from tests.configurator import catalogue_judge as judge
from tests.configurator.drafts import (
    make_bicycle,
    make_owner,
    make_rule,
    publish,
    shampoo,
)

pytestmark = pytest.mark.django_db


def versions() -> list[tuple[str, int, str]]:
    return list(RecipeVersion.objects.order_by("pk").values_list("recipe__slug", "number", "sha256"))


def refused(recipe: Recipe | None = None) -> list[str]:
    """The reasons for which a draft cannot be published; nothing may be written."""
    before = versions()
    with pytest.raises(InvalidSpecError) as caught:
        publish(recipe)
    preview = preview_publish(recipe or shampoo())
    assert versions() == before
    assert preview.problems == caught.value.problems
    assert not preview.can_publish
    return [str(problem) for problem in caught.value.problems]


def test_a_draft_becomes_the_next_version_with_who_when_and_why() -> None:
    olive, now = make_owner(), timezone.now()
    Component.objects.filter(slug="lift").update(tagline="Body")

    version = publish_recipe(shampoo(), by=olive, note="Shorter words", now=now)

    assert (version.number, version.mixes, version.note) == (2, 183, "Shorter words")
    assert (version.published_by, version.published_at) == (olive, now)
    assert version.sha256 == spec_hash(from_json(version.spec))
    assert from_json(version.spec).families[1].components[0].tagline == "Body"
    assert newest_version("shampoo") == version


def test_an_edit_of_the_draft_changes_nothing_that_is_on_sale() -> None:
    before = versions()

    make_rule(left=["lift"], right=["lift"])

    assert versions() == before
    assert newest_version("shampoo").mixes == 183


def test_each_recipe_counts_its_own_versions() -> None:
    bicycle = make_bicycle()

    first, again = publish(bicycle), publish(make_rule(left=["lift"], right=["calm"]).recipe)

    assert (first.number, first.mixes, again.number) == (1, 8, 2)


def test_a_draft_that_is_on_sale_already_is_not_published_again() -> None:
    before = versions()

    with pytest.raises(NothingToPublishError):
        publish()

    assert versions() == before
    assert preview_publish(shampoo()).is_unchanged
    assert not preview_publish(shampoo()).can_publish


def test_a_draft_that_changed_after_its_preview_is_not_published() -> None:
    make_rule(left=["lift"], right=["calm"])
    seen, before = preview_publish(shampoo()), versions()
    Component.objects.filter(slug="lift").update(surcharge=5)

    with pytest.raises(DraftChangedError):
        publish_recipe(shampoo(), by=None, note="x", now=timezone.now(), expected_sha256=seen.sha256)

    assert versions() == before


def test_a_draft_as_it_was_previewed_is_published() -> None:
    make_rule(left=["lift"], right=["calm"])
    seen = preview_publish(shampoo())

    version = publish_recipe(shampoo(), by=None, note="x", now=timezone.now(), expected_sha256=seen.sha256)

    assert version.sha256 == seen.sha256


def test_the_recipe_itself_is_read_as_it_is_now_not_as_the_caller_had_it() -> None:
    held = shampoo()
    Recipe.objects.filter(pk=held.pk).update(name="Our shampoo")

    version = publish(held)

    assert from_json(version.spec).name == "Our shampoo"


def test_a_preview_says_what_is_gained_and_lost_and_what_each_rule_removes() -> None:
    make_rule("no-lift", left=["lift"], kind=Rule.Kind.AT_MOST, max_number=0)
    Rule.objects.filter(slug="lactic-cap").delete()
    Size.objects.filter(slug="50ml").update(price=500)

    preview = preview_publish(shampoo())

    without_lift = [mix for mix in judge.makeable() if "lift" not in mix]
    freed = [mix for mix in judge.all_mixes() if judge.met_rules(mix) == ("lactic-cap",)]
    assert preview.changes is not None
    assert (preview.changes.before, preview.changes.lost) == (183, 183 - len(without_lift))
    assert (preview.changes.gained, preview.changes.after) == (len(freed), len(without_lift) + len(freed))
    assert preview.changes.prices == (PriceChange("50ml", 450, 500),)
    removes = {effect.rule.slug: effect.removes for effect in preview.effects}
    assert removes["no-lift"] == sum("lift" in mix for mix in judge.all_mixes()) == 60
    assert "lactic-cap" not in removes
    assert preview.can_publish


def random_rule(rng: random.Random) -> dict[str, Any]:
    parts, slots = list(judge.components()), list(judge.SLOTS)
    kind = rng.choice(["never-together", "needs", "at-most", "cap"])
    if kind == "cap":
        substance = rng.choice(["Glycerin", "Panthenol", "Propanediol", "Menthol"])
        return {"kind": kind, "substances": [substance], "max_percent": f"{rng.uniform(0.01, 4):.4f}"}
    some = {"left": rng.sample(parts, rng.randint(1, 4)), "left_slots": rng.sample(slots, rng.randint(0, 2))}
    if kind == "at-most":
        return {"kind": kind, "max_number": rng.randint(0, 2), **some}
    right_slots = rng.sample(slots, rng.randint(0, 2))
    return {"kind": kind, "right": rng.sample(parts, rng.randint(1, 4)), "right_slots": right_slots, **some}


@pytest.mark.parametrize("seed", range(16))
def test_what_a_preview_counts_for_a_random_rule_is_what_publishing_it_does(seed: int) -> None:
    make_rule(**random_rule(random.Random(seed)))
    before = {tuple(mix.values()) for mix in Mixer(from_json(newest_version("shampoo").spec)).mixes()}

    preview = preview_publish(shampoo())
    if preview.problems:
        assert refused()[0].startswith("rules: no mix can be made under ")
        return
    version = publish()

    after = {tuple(mix.values()) for mix in Mixer(from_json(version.spec)).mixes()}
    effect = preview.effects[-1]
    assert preview.changes is not None
    assert (
        (preview.changes.before, preview.changes.after) == (len(before), len(after)) == (183, version.mixes)
    )
    assert (preview.changes.lost, preview.changes.gained) == (len(before - after), len(after - before))
    assert preview.changes.lost == effect.only_this
    assert preview.changes.lost is not None
    assert effect.removes is not None
    assert effect.removes >= preview.changes.lost
    examples = [tuple(mix.values()) for mix in preview.changes.lost_examples]
    assert examples == [mix for mix in judge.all_mixes() if mix in before - after][:5]


# What cannot be sold ------------------------------------------------------------------------------------------------


def test_rules_that_leave_no_mix_are_refused_and_the_strongest_is_named() -> None:
    make_rule("dry", kind=Rule.Kind.CAP, substances=["Aqua"], max_percent="5")

    assert refused() == ["rules: no mix can be made under dry. Loosen one."]


def test_a_slot_without_a_component_is_refused() -> None:
    Component.objects.filter(family__slug="base-blends").update(is_offered=False)

    assert "slot base: the family Base blends has no component to put here" in refused()


def test_a_composition_that_is_not_whole_is_refused() -> None:
    CompositionPart.objects.filter(component__slug="mend", substance__name="Aqua").update(percent="76.1999")

    assert refused() == ["component mend: the composition adds up to 99.9999 %, not 100 %"]


def test_all_that_is_wrong_is_told_at_once() -> None:
    CompositionPart.objects.filter(component__slug="mend", substance__name="Aqua").delete()
    Slot.objects.filter(slug="second").update(dose_ml=None)
    Size.objects.all().delete()
    Rule.objects.filter(slug="lactic-cap").update(max_percent=None, max_number=5)

    assert refused() == [
        "sizes: a recipe needs at least one size",
        "slot second: has no dose, but other slots have one",
        "component mend: the composition adds up to 23.8 %, not 100 %",
        "rule lactic-cap: has no limit",
    ]


def test_a_recipe_without_anything_is_refused() -> None:
    empty = Recipe.objects.create(slug="soap", name="Soap")

    assert refused(empty) == [
        "sizes: a recipe needs at least one size",
        "slots: a recipe needs at least one slot",
    ]


# The way back -------------------------------------------------------------------------------------------------------


def test_an_older_version_goes_on_sale_again_under_the_next_number() -> None:
    first = newest_version("shampoo")
    make_rule(left=["lift"], right=["calm"])
    second, olive, now = publish(), make_owner(), timezone.now()

    third = publish_again(first, by=olive, note="Too strict", now=now)

    assert (third.number, third.mixes, third.sha256) == (3, 183, first.sha256)
    assert (third.published_by, third.published_at, third.note) == (olive, now, "Too strict")
    assert newest_version("shampoo") == third
    assert third.spec == RecipeVersion.objects.get(pk=first.pk).spec
    assert Rule.objects.filter(slug="law").exists()
    assert preview_publish(shampoo()).sha256 == second.sha256


def test_what_is_on_sale_is_not_put_on_sale_again() -> None:
    before = versions()

    with pytest.raises(NothingToPublishError):
        publish_again(newest_version("shampoo"), by=None, note="x", now=timezone.now())

    assert versions() == before
