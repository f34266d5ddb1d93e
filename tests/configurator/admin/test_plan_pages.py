"""Planning a version on the publish page, seeing it planned, and calling it off."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from configurator.models import PlannedPublish, RecipeVersion
from configurator.planning import publish_due
from tests.configurator.admin.forms import Form, errors, open_form
from tests.configurator.drafts import publish, shampoo
from tests.configurator.plans import DAY, edit_draft, make_plan

pytestmark = pytest.mark.django_db


def publish_url() -> str:
    return f"/admin/configurator/recipe/{shampoo().pk}/publish/"


def off_url(plan: PlannedPublish) -> str:
    return f"/admin/configurator/plannedpublish/{plan.pk}/call-off/"


def filled(client: Client, *, valid_from: str, action: str) -> Form:
    form = open_form(client, publish_url()).fill(note="From Friday", valid_from=valid_from)
    form.values["action"] = [action]
    return form


def in_days(days: int) -> str:
    return f"{timezone.localtime() + timedelta(days=days):%Y-%m-%dT%H:%M}"


def test_a_version_is_planned_for_a_time_and_shown_as_planned(owners_browser: Client, owner: User) -> None:
    edit_draft()
    when = in_days(2)

    filled(owners_browser, valid_from=when, action="later").save(owners_browser)

    plan = PlannedPublish.objects.get()
    assert f"{timezone.localtime(plan.valid_from):%Y-%m-%dT%H:%M}" == when
    assert (plan.planned_by, plan.note) == (owner, "From Friday")
    assert RecipeVersion.objects.count() == 1
    html = open_form(owners_browser, publish_url()).html
    assert "Planned: goes on sale on" in html
    assert "The draft is what is planned." in html
    assert "Plan it" not in html
    assert "planned" in owners_browser.get("/admin/configurator/plannedpublish/").content.decode()


@pytest.mark.parametrize(
    ("valid_from", "action", "said"),
    [
        ("", "later", "Choose the day and time from which it is on sale."),
        ("2020-01-01T10:00", "later", "This time is over. Choose a later one, or empty it to publish now."),
        ("soon", "later", "Write day and time, such as 2030-01-31 18:00."),
        (
            in_days(1), "now", "You chose a time: press “Plan it” to wait for it, or empty it to publish now."
        ),
    ],
)  # fmt: skip
def test_a_time_that_cannot_be_meant_is_refused_and_kept(
    owners_browser: Client, valid_from: str, action: str, said: str
) -> None:
    edit_draft()

    response = filled(owners_browser, valid_from=valid_from, action=action).post(owners_browser)

    assert errors(response) == [said]
    assert f'value="{valid_from}"' in response.content.decode() or not valid_from
    assert "From Friday" in response.content.decode()
    assert (PlannedPublish.objects.count(), RecipeVersion.objects.count()) == (0, 1)


def test_a_second_plan_is_refused_and_the_first_is_named(owners_browser: Client) -> None:
    edit_draft()
    form = filled(owners_browser, valid_from=in_days(3), action="later")
    make_plan()

    response = form.post(owners_browser)

    assert errors(response)[0].startswith("A version is planned for")
    assert PlannedPublish.objects.count() == 1


def test_a_plan_is_called_off_after_one_more_question(owners_browser: Client, owner: User) -> None:
    plan = make_plan()

    page = owners_browser.get(off_url(plan)).content.decode()
    response = owners_browser.post(off_url(plan), follow=True)

    assert "Leave it planned" in page
    assert "Called off: Shampoo stays as it is on sale." in response.content.decode()
    plan.refresh_from_db()
    assert (plan.state, plan.ended_by) == ("called_off", owner)
    again = owners_browser.post(off_url(plan), follow=True)
    assert "This plan is “called off” already; nothing was changed." in again.content.decode()


def test_an_edit_after_planning_is_said_to_be_no_part_of_it(owners_browser: Client) -> None:
    make_plan()
    edit_draft(price=1700)

    assert "The draft was edited since" in open_form(owners_browser, publish_url()).html


def test_a_plan_that_something_overtook_is_told_of_before_and_after_its_time(owners_browser: Client) -> None:
    make_plan()
    edit_draft(price=1700)
    publish()
    edit_draft(price=1800)

    assert "something else went on sale since" in open_form(owners_browser, publish_url()).html
    publish_due(now=timezone.now() + DAY)

    html = open_form(owners_browser, publish_url()).html
    assert "was not published: something else went on sale after it was planned." in html
    assert "Plan it" in html


def test_only_who_may_publish_calls_off(client: Client, formulator: User) -> None:
    plan = make_plan()
    client.force_login(formulator)

    assert client.get(off_url(plan)).status_code == 403
    assert client.post(off_url(plan)).status_code == 403

    plan.refresh_from_db()
    assert plan.state == "planned"
    change = client.get(f"/admin/configurator/plannedpublish/{plan.pk}/change/")
    assert b"Call off" not in change.content


def test_a_plan_that_is_not_there_is_not_found(owners_browser: Client) -> None:
    assert owners_browser.get("/admin/configurator/plannedpublish/999/call-off/").status_code == 404
