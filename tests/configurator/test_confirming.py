"""What leaves something with nothing takes a typed name to publish; what a preview counts is what happens."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from configurator.mixing.losing import LossKind
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import from_json
from configurator.models import (
    Component,
    PlannedPublish,
    RecipeVersion,
    Rule,
    Slot,
    Starter,
    StarterPart,
)
from configurator.outlook import look_ahead, summary
from configurator.planning import plan_publish
from configurator.publishing import ConfirmationNeededError, Preview, preview_publish, publish_recipe
from configurator.versions import mixer_for, newest_version
from tests.configurator import catalogue_judge as judge
from tests.configurator.drafts import make_rule, publish, shampoo
from tests.length import long_or_short
from tests.orders.make import make_order

pytestmark = pytest.mark.django_db

SHOTS = sorted({mix[1] for mix in judge.all_mixes()})
SUBSTANCES = ["Glycerin", "Panthenol", "Propanediol", "Menthol"]


def kill_base() -> Rule:
    return make_rule("wrong", left=["warm-hearth"], right=SHOTS)


def publish_with(confirmed: str) -> RecipeVersion:
    return publish_recipe(shampoo(), by=None, note="x", now=timezone.now(), confirmed=confirmed)


def sentence(preview: Preview) -> str:
    assert preview.replaces is not None
    assert preview.mixer is not None
    assert preview.changes is not None
    outlook = look_ahead(shampoo(), old=mixer_for(preview.replaces), new=preview.mixer)
    return summary(preview.changes, outlook)


@pytest.mark.parametrize("typed", ["", "warm", "yes", "Cold Swim", "publish"])
def test_what_kills_a_base_is_refused_unless_its_name_is_typed(typed: str) -> None:
    kill_base()

    with pytest.raises(ConfirmationNeededError) as caught:
        publish_with(typed)

    assert caught.value.typed == typed
    assert caught.value.wanted == preview_publish(shampoo()).confirmation
    assert RecipeVersion.objects.count() == 1


def test_one_thing_that_dies_is_confirmed_by_its_own_name_in_any_writing() -> None:
    Starter.objects.all().delete()
    publish()
    kill_base()

    preview = preview_publish(shampoo())

    assert [(loss.kind, loss.slug) for loss in preview.losses] == [(LossKind.COMPONENT, "warm-hearth")]
    assert preview.confirmation == "Warm Hearth"
    assert publish_with("  warm   HEARTH ").number == 3


def test_several_things_that_die_are_confirmed_by_the_recipes_name() -> None:
    kill_base()

    preview = preview_publish(shampoo())

    assert {loss.kind for loss in preview.losses} == {LossKind.COMPONENT, LossKind.STARTER}
    assert preview.confirmation == "Shampoo"
    assert publish_with("shampoo").number == 2


def test_a_starter_that_can_no_longer_be_made_is_confirmed_by_its_name() -> None:
    make_rule(left=["reset"], right=["gleam"], left_slots=["main"], right_slots=["second"])

    losses = preview_publish(shampoo()).losses

    assert ("starter", "Cold Swim") in [(loss.kind, loss.slug) for loss in losses]
    with pytest.raises(ConfirmationNeededError):
        publish_with("")


def test_a_new_slot_that_no_starter_fills_is_confirmed() -> None:
    names = {starter.name for starter in Starter.objects.all()}
    second = Slot.objects.get(slug="second")
    values = {"slug": "third", "name": "Third", "position": 9, "is_optional": True, "dose_ml": second.dose_ml}
    Slot.objects.create(recipe=shampoo(), family=second.family, **values)

    preview = preview_publish(shampoo())

    assert preview.problems == ()
    assert {loss.name for loss in preview.losses if loss.kind is LossKind.STARTER} == names
    assert preview.confirmation == "Shampoo"
    with pytest.raises(ConfirmationNeededError):
        publish_with("")
    assert len(from_json(newest_version("shampoo").spec).starters) == len(names)


def test_a_starter_that_lost_a_part_is_confirmed_by_its_name_and_a_deleted_one_is_not() -> None:
    StarterPart.objects.filter(starter__name="Cold Swim", slot__slug="main").delete()

    preview = preview_publish(shampoo())

    assert [(loss.kind, loss.name) for loss in preview.losses] == [(LossKind.STARTER, "Cold Swim")]
    assert preview.confirmation == "Cold Swim"
    with pytest.raises(ConfirmationNeededError):
        publish_with("")
    assert RecipeVersion.objects.count() == 1

    Starter.objects.get(name="Cold Swim").delete()
    assert preview_publish(shampoo()).losses == ()
    assert publish_with("").number == 2


def test_a_starter_that_holds_what_is_not_offered_any_more_is_confirmed_with_it() -> None:
    part = (
        StarterPart.objects.filter(starter__name="Cold Swim", slot__slug="main")
        .select_related("component")
        .get()
    )
    assert part.component is not None
    Component.objects.filter(pk=part.component.pk).update(is_offered=False)

    losses = preview_publish(shampoo()).losses

    assert {(LossKind.STARTER, "Cold Swim"), (LossKind.COMPONENT, part.component.name)} <= {
        (loss.kind, loss.name) for loss in losses
    }


def test_a_component_that_is_no_longer_offered_is_confirmed() -> None:
    Component.objects.filter(slug="lift").update(is_offered=False)

    with pytest.raises(ConfirmationNeededError):
        publish_with("")

    assert "lift" in [loss.slug for loss in preview_publish(shampoo()).losses]


def test_what_leaves_everything_with_something_asks_for_nothing() -> None:
    make_rule(left=["lift"], right=["calm"])

    assert preview_publish(shampoo()).losses == ()
    assert preview_publish(shampoo()).confirmation == ""
    assert publish_with("").number == 2


def test_nothing_is_planned_without_the_name_either() -> None:
    kill_base()
    now = timezone.now()

    with pytest.raises(ConfirmationNeededError):
        plan_publish(shampoo(), valid_from=now + timedelta(days=1), by=None, note="x", now=now)

    assert not PlannedPublish.objects.exists()


def test_the_sentence_says_all_of_it() -> None:
    make_order(mix={"base": "warm-hearth", "main": "lift", "second": "calm"})
    make_rule("flat", left=["lift"], right=["calm"])
    lost = [mix for mix in judge.makeable() if {"lift", "calm"} <= set(mix)]
    left = [mix for mix in judge.makeable() if mix not in lost]

    said = sentence(preview_publish(shampoo()))

    assert said.startswith(
        f"Removes 8 of 256 mixes, {len(lost)} not already removed; {len(left)} stay; touches 1 unpaid order; "
    )
    old, new = mixer_for(newest_version("shampoo")), preview_publish(shampoo()).mixer
    assert new is not None
    counts = {
        flag.name: (old.count(avoid=[flag.slug]), new.count(avoid=[flag.slug])) for flag in new.spec.flags
    }
    fewer = ", ".join(f"{name} {after}" for name, (before, after) in counts.items() if before != after)
    assert said.endswith(f"1 unpaid order; leaves someone who avoids {fewer}.")


SLOTS = list(judge.SLOTS)
PARTS = list(judge.components())
some = st.lists(st.sampled_from(PARTS), min_size=1, max_size=6, unique=True)
maybe_slots = st.lists(st.sampled_from(SLOTS), max_size=2, unique=True)
sides = {"left": some, "left_slots": maybe_slots}
both_sides = {**sides, "right": some, "right_slots": maybe_slots}
new_rules = st.one_of(
    st.fixed_dictionaries({"kind": st.just("never-together"), **both_sides}),
    st.fixed_dictionaries({"kind": st.just("needs"), **both_sides}),
    st.fixed_dictionaries({"kind": st.just("at-most"), "max_number": st.integers(0, 2), **sides}),
    st.fixed_dictionaries(
        {
            "kind": st.just("cap"),
            "substances": st.lists(st.sampled_from(SUBSTANCES), min_size=1, max_size=2, unique=True),
            "max_percent": st.integers(1, 40_000).map(lambda ppm: f"{ppm / 10_000:.4f}"),
        }
    ),
)


@settings(
    max_examples=long_or_short(25, 8),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(added=st.lists(new_rules, max_size=3), dropped=st.lists(st.integers(0, 20), max_size=2))
def test_the_preview_of_random_rules_counts_what_publishing_them_does(
    db: None, added: list[dict[str, Any]], dropped: list[int]
) -> None:
    """Judged by the mixes themselves: those of the version on sale before against those of the version published."""
    with transaction.atomic():
        _judge_preview(added, dropped)
        transaction.set_rollback(True)


def _judge_preview(added: list[dict[str, Any]], dropped: list[int]) -> None:
    rules = list(Rule.objects.filter(recipe=shampoo()).order_by("pk"))
    for i in dropped:
        Rule.objects.filter(pk=rules[i % len(rules)].pk).update(is_active=False)
    for i, values in enumerate(added):
        make_rule(f"random-{i}", **values)
    preview = preview_publish(shampoo())
    assume(preview.can_publish)
    old = mixer_for(newest_version("shampoo"))
    before = {tuple(mix.values()) for mix in old.mixes()}
    assert preview.mixer is not None
    assert preview.changes is not None
    outlook = look_ahead(shampoo(), old=old, new=preview.mixer)
    said = summary(preview.changes, outlook)

    version = publish()

    mixer = Mixer(from_json(version.spec))
    after = {tuple(mix.values()) for mix in mixer.mixes()}
    assert (preview.changes.gained, preview.changes.lost) == (len(after - before), len(before - after))
    assert (preview.changes.before, preview.changes.after) == (len(before), version.mixes)
    assert version.mixes == len(after)
    assert outlook.attribution is not None
    for share in outlook.attribution.rules:
        assert share.loses == sum(
            share.rule.slug in mixer.model.violated(_indices(mixer, mix)) for mix in before
        )
        assert share.gains == sum(share.rule.slug in old.model.violated(_indices(old, mix)) for mix in after)
    dead = {slug for mix in before for slug in mix} - {slug for mix in after for slug in mix}
    assert {loss.slug for loss in preview.losses if loss.kind is LossKind.COMPONENT} == dead
    for each in outlook.avoiding:
        assert (each.before, each.after) == (old.count(avoid=[each.slug]), mixer.count(avoid=[each.slug]))
    starters = [tuple(dict(starter.mix).values()) for starter in old.spec.starters]
    gone = [mix for mix in starters if mix in before - after]
    assert outlook.starters == len(gone)
    assert said.split("; touches ")[0] == _counted(mixer, before, after)


def _counted(mixer: Mixer, before: set[tuple[str, ...]], after: set[tuple[str, ...]]) -> str:
    """The first words of the summary, counted mix by mix: the rules that were added are those named random."""
    every = judge.all_mixes()
    broken = [mixer.model.violated(_indices(mixer, mix)) for mix in every]
    removed = sum(any(slug.startswith("random-") for slug in rules) for rules in broken)
    stay, come = len(before & after), len(after - before)
    lost = len(before - after)
    said = f"Removes {removed} of {len(every)} mixes, {lost} not already removed; " if removed or lost else ""
    said += f"{stay} stay{'s' if stay == 1 else ''}"
    return said + (f"; {come} come{'s' if come == 1 else ''}" if come else "")


def _indices(mixer: Mixer, mix: tuple[str, ...]) -> tuple[int, ...]:
    return mixer.model_indices(judge.named(mix))
