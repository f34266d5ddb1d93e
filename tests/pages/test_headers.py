"""Every route there is, the staff's, the APIs' and the payment library's too, answers with the headers for safety.

Each of them is what the Mozilla Observatory takes points off for where it is missing or weak: with all there are 100.
"""

import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from tests.pages.trusting import check_trusts_only_us
from tests.pages.url_map import Route, all_routes

pytestmark = pytest.mark.usefixtures("catalogue")

VALUES = {"int": "1", "uuid": "00000000-0000-0000-0000-000000000000"}  # by converter, else a letter
BY_EXPRESSION = {  # what is not written with converters, by the end of its name
    "static_process_payment": "/payments/process/default/",
    "app_list": "/admin/orders/",
    ".*)$": "/admin/nowhere",
}
YEAR = 31_536_000


@pytest.fixture
def browser(settings: LazySettings) -> Client:
    """Of a stranger, over https, who is shown how a view breaks if it does."""
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = YEAR, True
    return Client(raise_request_exception=False)


def ask(browser: Client, route: Route) -> Any:
    """Whatever it answers: a page, a way to sign in, a refusal."""
    return browser.get(find_address(route), secure=True)


def find_address(route: Route) -> str:
    """An address that leads to the route's view, though there may be nothing behind it."""
    if "(?P<" in route.address:
        [address] = [each for end, each in BY_EXPRESSION.items() if route.name.endswith(end)]
        return address
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", fill_in, route.address)


def fill_in(found: re.Match[str]) -> str:
    return VALUES.get(found[1], "x")


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
