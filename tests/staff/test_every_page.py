"""What holds for all pages of the admin: no link leads where she is refused, and times are written in one way."""

import re

import pytest

from staff.roles import CARE, FORMULATOR, OWNER
from tests.staff.admin_addresses import open_pages
from tests.staff.people import sign_in_as

pytestmark = pytest.mark.usefixtures("catalogue")

OTHERWISE = re.compile(r"\b(noon|midnight|[ap]\.m\.)|\d\d:\d\d:\d\d(?![\d.+])")


@pytest.mark.parametrize("role", [CARE, FORMULATOR])
def test_no_page_leads_where_she_is_refused(role: str) -> None:
    browser = sign_in_as(role)

    found: dict[str, str] = {}
    for path, page in open_pages(browser).items():
        found |= dict.fromkeys(re.findall(r'href="(/admin/[^"?#]*)', page), path)

    assert {link: path for link, path in found.items() if browser.get(link).status_code == 403} == {}


def test_every_page_writes_times_as_hours_and_minutes_of_a_day() -> None:
    pages = open_pages(sign_in_as(OWNER))

    said = {path: re.findall(r">[^<]*", page) for path, page in pages.items()}
    odd = {path: [text for text in texts if OTHERWISE.search(text)] for path, texts in said.items()}
    assert {path: texts for path, texts in odd.items() if texts} == {}


def test_accounts_stand_behind_what_is_sold_and_ordered() -> None:
    apps = sign_in_as(OWNER).get("/admin/").context["app_list"]

    assert [app["app_label"] for app in apps] == ["orders", "configurator", "staff", "auth"]
