"""No page is overlooked by the tests of every page."""

from types import ModuleType

import pytest
from django.conf import LazySettings
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from tests.pages.samples import ADDRESSES, NO_ROUTE, all_samples
from tests.pages.url_map import Route, shop_routes

ROUTES = shop_routes()
NAMES = [route.name for route in ROUTES]


def new_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_every_pattern_is_reached_by_a_sample(route: Route) -> None:
    reached = {sample.route for sample in all_samples()}

    assert route.name in reached, f"say in {ADDRESSES} how to reach {route.name} ({route.address})"


def test_every_sample_is_of_a_pattern_that_there_is() -> None:
    assert {sample.route for sample in all_samples()} - {NO_ROUTE} <= set(NAMES)


def test_no_two_patterns_share_a_name() -> None:
    assert len(NAMES) == len(set(NAMES))


def test_a_new_page_is_found_and_what_is_no_page_is_not(settings: LazySettings) -> None:
    urls = ModuleType("new_urls")
    new = [path("new", new_page, name="new"), path("<int:n>/deep", new_page, name="deep")]
    urls.urlpatterns = [  # type: ignore[attr-defined]  # Django reads it from there
        path("shop/", include((new, "app"))),
        path("plain", new_page),
        path("admin/", include((new, "admin"))),
        path("api/shop/", new_page, name="api"),
    ]
    settings.ROOT_URLCONF = urls

    assert [(route.name, route.address) for route in shop_routes()] == [
        ("app:new", "shop/new"),
        ("app:deep", "shop/<int:n>/deep"),
        ("plain", "plain"),
    ]
