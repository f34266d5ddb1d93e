"""Planned versions for tests."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from configurator.models import PlannedPublish, Size
from configurator.planning import plan_publish
from tests.configurator.drafts import shampoo

DAY = timedelta(days=1)


def edit_draft(price: int = 1500) -> None:
    Size.objects.filter(recipe=shampoo(), slug="250ml").update(price=price)


def make_plan(*, now: datetime | None = None, **values: Any) -> PlannedPublish:
    """The draft of shampoo with a new price, planned for the day after."""
    now = now or timezone.now()
    edit_draft()
    usual = {"valid_from": now + DAY, "by": None, "note": "From Friday", "now": now, "confirmed": "Shampoo"}
    return plan_publish(shampoo(), **{**usual, **values})
