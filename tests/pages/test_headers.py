"""Every route there is, the staff's, the APIs' and the payment library's too, answers with the headers for safety.

Each of them is what the Mozilla Observatory takes points off for where it is missing or weak: with all there are 100.
"""

from typing import Any

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.pages.trusting import check_trusts_only_us
from tests.pages.url_map import Route, all_routes

pytestmark = pytest.mark.usefixtures("catalogue")

ARGUMENTS = {"int": 1, "uuid": "00000000-0000-0000-0000-000000000000"}  # by the name of the converter, else a letter
TOKEN = {"token": ARGUMENTS["uuid"]}  # of a payment, by the payment library's own expression
YEAR = 31_536_000


@pytest.fixture
def browser(settings: LazySettings) -> Client:
    """Of a stranger, over https, who is shown how a view breaks if it does."""
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = YEAR, True
    return Client(raise_request_exception=False)


def ask(browser: Client, route: Route) -> HttpResponse:
    """Whatever it answers: a page, a way to sign in, a refusal."""
    answer: HttpResponse = browser.get(find_address(route), secure=True)
    return answer


def find_address(route: Route) -> str:
    """An address that leads to the route's view, though there may be nothing behind it."""
    converters = getattr(route.pattern.pattern, "converters", {})
    arguments: dict[str, Any] = {
        name: ARGUMENTS.get(type(converter).__name__.removesuffix("Converter").lower(), "x")
        for name, converter in converters.items()
    }
    for tried in (arguments, TOKEN):
        try:
            return reverse(route.name, kwargs=tried)
        except NoReverseMatch:
            continue
    raise AssertionError(f"say in this test how to reach {route.name} ({route.address})")


def test_no_route_lacks_a_header(browser: Client) -> None:
    lacking, routes = {}, all_routes()
    for route in routes:
        answer = ask(browser, route)
        try:
            check_trusts_only_us(answer.headers)
            assert answer["Strict-Transport-Security"] == f"max-age={YEAR}; includeSubDomains"
        except (AssertionError, KeyError) as error:
            lacking[f"{route.name} ({answer.status_code})"] = str(error)

    assert len(routes) > 100
    assert lacking == {}
