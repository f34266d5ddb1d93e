"""Versions that go on sale by themselves: planned, called off, published in time, refused where that would be wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from configurator.mixing.spec import from_json
from configurator.mixing.validation import InvalidSpecError
from configurator.models import PlannedPublish, RecipeVersion, Size
from configurator.planning import (
    NotInFutureError,
    PlanEndedError,
    PlannedAlreadyError,
    call_off,
    plan_publish,
    planned_for,
    publish_due,
    refused_last,
)
from configurator.publishing import DraftChangedError, NothingToPublishError, publish_again
from configurator.versions import newest_version
from tests.configurator.drafts import make_owner, make_rule, publish, shampoo
from tests.configurator.plans import DAY, edit_draft, make_plan

pytestmark = pytest.mark.django_db

NOW = timezone.now()
SECOND = timedelta(seconds=1)
S = PlannedPublish.State


def price_on_sale() -> int:
    version = newest_version("shampoo")
    return from_json(RecipeVersion.objects.get(pk=version.pk).spec).size("250ml").price


def read(plan: PlannedPublish) -> PlannedPublish:
    return PlannedPublish.objects.get(pk=plan.pk)


@contextmanager
def refusing(error: type[Exception]) -> Iterator[None]:
    """What is done raises `error`, and no plan and no version is added."""
    before = list(PlannedPublish.objects.values_list("pk", "state")), RecipeVersion.objects.count()
    with pytest.raises(error):
        yield
    assert (list(PlannedPublish.objects.values_list("pk", "state")), RecipeVersion.objects.count()) == before


def test_a_planned_version_goes_on_sale_when_its_time_has_come_and_not_before() -> None:
    olive = make_owner()
    plan = make_plan(now=NOW, by=olive)

    assert publish_due(now=NOW + DAY - SECOND) == 0
    assert price_on_sale() == 1400
    assert publish_due(now=NOW + DAY) == 1

    version = newest_version("shampoo")
    assert price_on_sale() == 1500
    assert (version.number, version.note, version.published_by) == (2, "From Friday", olive)
    assert version.published_at == NOW + DAY
    plan = read(plan)
    assert (plan.state, plan.version, plan.ended_at) == (S.PUBLISHED, version, NOW + DAY)
    assert planned_for(shampoo()) is None


def test_publishing_what_is_due_twice_publishes_it_once() -> None:
    make_plan(now=NOW)

    assert [publish_due(now=NOW + DAY), publish_due(now=NOW + DAY)] == [1, 0]

    assert RecipeVersion.objects.count() == 2


def test_later_edits_of_the_draft_are_no_part_of_it() -> None:
    make_plan(now=NOW)
    edit_draft(price=9900)
    make_rule(left=["lift"], right=["calm"])

    publish_due(now=NOW + DAY)

    assert price_on_sale() == 1500
    assert newest_version("shampoo").mixes == 183
    assert Size.objects.get(recipe=shampoo(), slug="250ml").price == 9900


def test_a_plan_that_is_called_off_is_not_published() -> None:
    olive, plan = make_owner(), make_plan(now=NOW)

    call_off(plan, by=olive, now=NOW + SECOND)
    publish_due(now=NOW + DAY)

    plan = read(plan)
    assert (plan.state, plan.ended_by, plan.ended_at) == (S.CALLED_OFF, olive, NOW + SECOND)
    assert RecipeVersion.objects.count() == 1


def test_a_plan_that_has_ended_is_not_called_off() -> None:
    plan = make_plan(now=NOW)
    publish_due(now=NOW + DAY)

    with refusing(PlanEndedError):
        call_off(plan, by=None, now=NOW + DAY)


def test_what_would_take_back_somebody_elses_newer_version_is_refused() -> None:
    plan = make_plan(now=NOW)
    edit_draft(price=1600)
    publish()

    assert publish_due(now=NOW + DAY) == 0

    assert price_on_sale() == 1600
    assert (read(plan).state, read(plan).refusal) == (S.REFUSED, "overtaken")
    assert refused_last(shampoo()) == plan
    assert publish_due(now=NOW + DAY + DAY) == 0


def test_what_was_published_and_taken_back_meanwhile_does_not_stop_a_plan() -> None:
    first = newest_version("shampoo")
    make_plan(now=NOW)
    edit_draft(price=1600)
    publish()
    publish_again(first, by=None, note="No", now=NOW)

    assert publish_due(now=NOW + DAY) == 1

    assert price_on_sale() == 1500


def test_what_is_on_sale_already_is_not_published_again() -> None:
    plan = make_plan(now=NOW)
    publish()

    publish_due(now=NOW + DAY)

    assert read(plan).refusal == "on_sale"
    assert RecipeVersion.objects.count() == 2


@pytest.mark.parametrize(
    "damage", [{"spec": "{}"}, {"spec": "nonsense"}, {"sha256": "0" * 64}], ids=["other", "broken", "hash"]
)
def test_what_cannot_be_read_as_planned_is_refused(damage: dict[str, str]) -> None:
    plan = make_plan(now=NOW)
    PlannedPublish.objects.filter(pk=plan.pk).update(**damage)

    publish_due(now=NOW + DAY)

    assert read(plan).refusal == "unsound"
    assert RecipeVersion.objects.count() == 1


def test_a_stored_space_of_another_release_is_made_anew() -> None:
    plan = make_plan(now=NOW)
    PlannedPublish.objects.filter(pk=plan.pk).update(space=b"old")

    assert publish_due(now=NOW + DAY) == 1

    assert newest_version("shampoo").mixes == 183


def test_nothing_is_told_of_a_refused_plan_once_something_newer_is_planned_or_published() -> None:
    make_plan(now=NOW)
    edit_draft(price=1600)
    publish()
    publish_due(now=NOW + DAY)

    again = make_plan(now=NOW + DAY)
    assert refused_last(shampoo()) is None
    call_off(again, by=None, now=NOW + DAY)
    assert refused_last(shampoo()) is None


@pytest.mark.parametrize("late", [timedelta(0), SECOND, DAY])
def test_a_time_that_is_over_cannot_be_planned(late: timedelta) -> None:
    edit_draft()

    with refusing(NotInFutureError):
        make_plan(now=NOW, valid_from=NOW - late)


def test_a_recipe_has_one_plan_at_a_time() -> None:
    plan = make_plan(now=NOW)

    with refusing(PlannedAlreadyError):
        make_plan(now=NOW, valid_from=NOW + 2 * DAY)
    with refusing(IntegrityError), transaction.atomic():
        PlannedPublish.objects.create(
            recipe=plan.recipe, valid_from=NOW, spec="", sha256="", note="", planned_at=NOW
        )


def test_what_cannot_be_published_cannot_be_planned() -> None:
    later: dict[str, Any] = {"valid_from": NOW + DAY, "by": None, "note": "x", "now": NOW}
    with refusing(NothingToPublishError):
        plan_publish(shampoo(), **later)
    edit_draft()
    with refusing(DraftChangedError):
        plan_publish(shampoo(), expected_sha256="0" * 64, **later)
    Size.objects.all().delete()
    with refusing(InvalidSpecError):
        plan_publish(shampoo(), **later)
