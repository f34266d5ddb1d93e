"""Every page of the shop, in every state that `addresses/` knows, stands every check of `checks/`."""

from collections import defaultdict

import pytest
from django.conf import settings

from tests.pages.checking import Check, all_checks, find_wrong, is_page
from tests.pages.html import text_of
from tests.pages.samples import Kind, Sample, all_samples
from tests.pages.url_map import shop_routes
from tests.pages.visits import page_of, visit

pytestmark = pytest.mark.usefixtures("catalogue")

PAGES = all_samples(Kind.PAGE)
OWN_COOKIES = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
SAME_PAGE = {"configurator:find": "configurator:find_recipe"}  # a shorter address


@pytest.mark.parametrize("sample", all_samples(), ids=lambda sample: sample.id)
def test_it_stands_every_check(sample: Sample) -> None:
    wrong = find_wrong(sample)

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.name)
def test_a_check_applies_to_several_samples(check: Check) -> None:
    assert sum(map(check.applies, all_samples())) >= 5


def test_what_a_page_fails_is_told_by_its_name_and_that_of_each_check() -> None:
    def it_is_empty(sample: Sample) -> None:
        assert visit(sample).body == b"", "it says something"

    def it_blinks(sample: Sample) -> None:
        assert text_of(page_of(sample).every("blink")[0]) == "new"

    [sample] = [each for each in PAGES if each.id == "configurator:home"]
    checks = (
        Check(is_page, it_is_empty),
        Check(lambda _sample: False, it_is_empty),
        Check(is_page, it_blinks),
    )

    empty, blinking = find_wrong(sample, checks=checks)

    assert empty.startswith("configurator:home: it is empty: AssertionError: it says something")
    assert blinking.startswith("configurator:home: it blinks: IndexError: ")


def test_titles_and_headings_differ_from_view_to_view() -> None:
    views = {route.name: route.view for route in shop_routes()}
    said: dict[str, set[object]] = defaultdict(set)
    for sample in PAGES:
        page = page_of(sample)
        for tag in ("title", "h1"):
            text = text_of(page.every(tag)[0])
            route = SAME_PAGE.get(sample.route, sample.route)
            said[f"{tag}: {text}"].add(views.get(route, sample.id))

    assert {text: who for text, who in said.items() if len(who) > 1} == {}


def test_no_sale_sets_other_cookies_than_session_and_csrf() -> None:
    assert frozenset().union(*(visit(sample).cookies for sample in PAGES)) == OWN_COOKIES


def test_a_message_is_shown_in_its_place() -> None:
    [sample] = [each for each in PAGES if each.id == "orders:tracking, just cancelled"]

    [place] = [e for e in page_of(sample).every() if e.get("class") == "messages"]

    assert "is cancelled, and £17.25 goes back to you" in text_of(place)
