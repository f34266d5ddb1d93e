"""A planned version that was not published is told to who planned it, once, and stands on the first page."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.utils import timezone

from configurator.models import PlannedPublish, RecipeVersion
from configurator.planning import plan_publish, publish_due, refused_to_do
from configurator.publishing import publish_again
from orders.models import OutboxEntry
from orders.outbox import process_outbox
from tests.configurator.drafts import make_owner, make_rule, publish, shampoo
from tests.configurator.plans import DAY, make_plan
from tests.orders.admin.people import make_boss, make_clerk
from tests.orders.pages import read

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = timezone.now()
WAY_ON = "/admin/configurator/recipe/{}/publish/"


def make_refused(*, by: User | None = None) -> PlannedPublish:
    """A plan that came after something else had been published."""
    plan = make_plan(now=NOW - DAY, by=by)
    make_rule(left=["lift"], right=["calm"])
    publish()
    assert publish_due(now=timezone.now()) == 0
    plan.refresh_from_db()
    assert plan.refusal == PlannedPublish.Refusal.OVERTAKEN
    return plan


def planner(**values: Any) -> User:
    user = make_owner()
    User.objects.filter(pk=user.pk).update(**{"email": "olive@example.org", **values})
    return user


def deliver() -> OutboxEntry:
    entry = OutboxEntry.objects.get()
    process_outbox(entry.pk)
    entry.refresh_from_db()
    return entry


def test_who_planned_it_is_told_once_with_the_reason_and_the_way_on() -> None:
    plan = make_refused(by=planner())
    publish_due(now=NOW + DAY)

    entry = deliver()
    process_outbox(entry.pk)

    assert entry.state == OutboxEntry.State.DONE
    [sent] = mail.outbox
    assert sent.to == ["olive@example.org"]
    assert sent.subject == "Shampoo did not go on sale as planned"
    assert isinstance(sent, EmailMultiAlternatives)
    for part in (str(sent.body), str(sent.alternatives[0][0])):
        assert "From Friday" in part
        assert "something else went on sale after it was planned" in part
        assert WAY_ON.format(plan.recipe_id) in part
        assert "Follow your order" not in part
    assert sent.extra_headers["Message-ID"].startswith(f"<plan-{plan.pk}-refused@")


@pytest.mark.parametrize(
    ("values", "why"),
    [({"email": ""}, "has no e-mail address"), ({"is_active": False}, "does not work here any more")],
)
def test_who_cannot_be_told_is_noted(values: dict[str, Any], why: str) -> None:
    make_refused(by=planner(**values))

    entry = deliver()

    assert (entry.state, why in entry.error) == (OutboxEntry.State.DONE, True)
    assert mail.outbox == []


def test_what_nobody_planned_or_what_was_published_asks_for_no_mail() -> None:
    make_plan(now=NOW - DAY, by=planner())
    assert publish_due(now=NOW) == 1

    assert not OutboxEntry.objects.exists()


def test_an_entry_is_about_an_order_or_a_plan() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxEntry.objects.create(
            topic=OutboxEntry.Topic.MAIL_PLAN_REFUSED, created_at=NOW, next_attempt_at=NOW
        )


def test_it_stands_on_the_first_page_with_the_way_on_until_somebody_sees_to_it() -> None:
    plan = make_refused()
    boss = make_boss()
    page = boss.get("/admin/")
    assert "planned versions that were not published 1 look here" in read(page).text
    assert "Shampoo: something else went on sale after it was planned" in read(page).text
    assert (
        f'<a href="{WAY_ON.format(plan.recipe_id)}">Publish or plan Shampoo anew</a>' in page.content.decode()
    )

    publish_again(RecipeVersion.objects.get(number=1), by=None, note="Back", now=timezone.now())

    assert "planned versions" not in read(boss.get("/admin/")).text


def test_it_is_for_who_may_see_it_and_the_way_on_for_who_may_go_there() -> None:
    make_refused()

    looking = make_clerk("view_plannedpublish").get("/admin/")
    assert "planned versions that were not published 1" in read(looking).text
    assert "Publish or plan" not in read(looking).text

    User.objects.get(username="clerk").user_permissions.clear()

    assert "planned versions" not in read(looking.client.get("/admin/")).text


def test_what_was_planned_anew_or_is_long_ago_is_not_to_do() -> None:
    make_refused()
    assert len(refused_to_do(now=NOW)) == 1
    assert refused_to_do(now=NOW + timedelta(days=15)) == []

    make_rule("other", left=["mend"], right=["calm"])
    plan_publish(shampoo(), valid_from=NOW + DAY, by=None, note="Again", now=NOW, confirmed="Shampoo")

    assert refused_to_do(now=NOW) == []
