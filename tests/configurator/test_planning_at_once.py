"""Several relays at the moment that a plan is due, and one beside somebody who calls it off."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from configurator.models import PlannedPublish, RecipeVersion
from configurator.planning import PlanEndedError, call_off, publish_due
from tests.configurator.plans import DAY, make_plan
from tests.orders.racing import do_alone, do_at_once, shop_on_file

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.race]

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_8_relays_at_once_publish_a_plan_once(tmp_path: Path) -> None:
    make_plan(now=NOW)

    with shop_on_file(tmp_path):
        counts = do_at_once([lambda: publish_due(now=NOW + DAY)] * 8)
        versions = do_alone(RecipeVersion.objects.count)

    assert sorted(map(str, counts)) == ["0"] * 7 + ["1"]
    assert versions == 2


def test_a_plan_that_is_called_off_at_the_same_moment_is_published_or_called_off_and_never_both(
    tmp_path: Path,
) -> None:
    """Either may come first: one race is run, and whichever it is must be right."""
    plan = make_plan(now=NOW)

    def give_up() -> int:
        call_off(plan, by=None, now=NOW + DAY)
        return 1

    with shop_on_file(tmp_path):
        published, called_off = do_at_once([lambda: publish_due(now=NOW + DAY), give_up])
        versions = do_alone(RecipeVersion.objects.count)
        state = do_alone(lambda: PlannedPublish.objects.get().state)

    if published:
        assert isinstance(called_off, PlanEndedError)
        assert (versions, state) == (2, "published")
    else:
        assert called_off == 1
        assert (versions, state) == (1, "called_off")
