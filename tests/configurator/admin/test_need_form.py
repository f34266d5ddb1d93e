"""What else helps with a need: staff enter it on the need's own page, and it is in the next version."""

from typing import Any

import pytest
from django.test import Client

from configurator.mixing.spec import from_json
from configurator.models import Component, Need, NeedWeight
from tests.configurator.admin.forms import Form, errors, open_form
from tests.configurator.drafts import publish

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def body_form(browser: Client) -> Form:
    return open_form(browser, f"/admin/configurator/need/{Need.objects.get(slug='body').pk}/change/")


def part(slug: str) -> int:
    return Component.objects.get(slug=slug).pk


def helpers() -> list[tuple[str, int]]:
    return list(NeedWeight.objects.filter(need__slug="body").values_list("component__slug", "weight"))


def test_what_is_entered_is_in_the_next_version(owners_browser: Client) -> None:
    form = body_form(owners_browser).add_row("weights", component=part("calm"), weight="99")
    form.fill_row("weights", 1, DELETE="on").save(owners_browser)

    version = publish()

    body = from_json(version.spec).needs[0]
    assert (body.slug, body.weights) == ("body", (("calm", 99), ("mend", 40)))


@pytest.mark.parametrize(
    ("component", "weight", "said"),
    [
        ("calm", "0", ["Ensure this value is greater than or equal to 1."]),
        ("calm", "100", ["Ensure this value is less than or equal to 99."]),
        ("calm", "12.5", ["Enter a whole number."]),
        ("lift", "50", ["Lift is the need's own component and counts 100 already. Delete its row."]),
        ("mend", "50", ["Please correct the duplicate values below."]),
    ],
)
def test_a_row_that_says_nothing_sensible_is_refused(
    owners_browser: Client, component: str, weight: str, said: list[str]
) -> None:
    form = body_form(owners_browser).add_row("weights", component=part(component), weight=weight)

    assert said[0] in errors(form.post(owners_browser))

    assert helpers() == [("mend", 40), ("reset", 30)]


def test_a_row_of_its_own_component_that_is_being_deleted_is_no_problem(owners_browser: Client) -> None:
    lift: Any = Component.objects.get(slug="lift")
    NeedWeight.objects.filter(need__slug="body", component__slug="reset").update(component=lift)

    body_form(owners_browser).fill_row("weights", 1, DELETE="on").save(owners_browser)

    assert helpers() == [("mend", 40)]


def test_the_recipe_leads_to_the_page_of_each_need(owners_browser: Client) -> None:
    need = Need.objects.get(slug="body")

    page = owners_browser.get(f"/admin/configurator/recipe/{need.recipe_id}/change/").content.decode()

    assert f'href="/admin/configurator/need/{need.pk}/change/' in page
