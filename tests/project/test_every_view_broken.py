"""Whichever view breaks: no word of the inside, a way on, and nothing is skipped that comes before it."""

import re
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.views import APIView

from configurator import throttling
from configurator.throttling import Throttle
from orders.fulfilment.base import FulfilmentView
from orders.fulfilment.sandbox import SandboxView
from tests.configurator.pages import read_page
from tests.orders.make import make_client
from tests.pages.url_map import Route, all_routes

pytestmark = pytest.mark.django_db

SECRET = "a secret of the inside"
INSIDE = (SECRET, "Traceback", "RuntimeError", ".py")
A_PART = {  # what stands for a part of an address; the view that breaks looks at none
    "int": "1",
    "path": "1",
    "slug": "shampoo",
    "str": "nobody",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
BY_NAME = {
    "app_label": "orders",
    "url": "nowhere",
    "variant": "default",
}  # of patterns that are no plain paths
METHODS = ("get", "post", "put", "patch", "delete")


def fail(*args: object, **kwargs: object) -> NoReturn:
    raise RuntimeError(SECRET)


def address_of(route: Route) -> str:
    path = re.sub(r"<(\w+):\w+>", lambda found: A_PART[found[1]], route.address)
    path = (
        re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda found: BY_NAME[found[1]], path)
        .replace("^", "")
        .replace("$", "")
    )
    return "/" + (path + "nowhere" if route.name.endswith(":nowhere") else path)


def class_of(route: Route) -> Any:
    return getattr(route.view, "cls", object)


def of_programs(route: Route) -> bool:
    return issubclass(class_of(route), APIView)


def is_of_staff(route: Route) -> bool:
    return route.address.startswith("admin/")


PAGES = [route for route in all_routes() if not of_programs(route)]
FOR_PROGRAMS = [route for route in all_routes() if of_programs(route)]


@pytest.mark.parametrize(("of_staff", "at_least"), [(False, 30), (True, 120)], ids=["shop", "admin"])
def test_a_page_that_breaks_says_nothing_of_the_inside_and_leads_on(
    monkeypatch: pytest.MonkeyPatch, *, of_staff: bool, at_least: int
) -> None:
    routes = [route for route in PAGES if is_of_staff(route) == of_staff]
    reached = set[str]()
    for route in routes:
        monkeypatch.setattr(route.pattern, "callback", breaking(route.name, reached))
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("olive"))

    for route in routes:
        answer = client.get(address_of(route))
        page = read_page(answer)
        assert answer.status_code == 500, route
        assert page.by_tag["title"] == ["Something broke · Alembic Row"], route
        assert b'<a class="button" href="/">' in answer.content, route
        assert not [said for said in INSIDE if said in answer.content.decode()], route
        assert "Content-Security-Policy" in answer.headers, route

    assert reached == {route.name for route in routes}
    assert len(routes) > at_least


def breaking(name: str, reached: set[str]) -> Any:
    def view(*args: object, **kwargs: object) -> NoReturn:
        reached.add(name)
        fail()

    return view


def calls_of(route: Route) -> Iterator[str]:
    """The methods that a view takes, or GET for one that refuses before it looks at the method."""
    methods = [method for method in METHODS if hasattr(class_of(route), method)]
    yield from methods or ["get"]


def break_api(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every method of every view; where a view has none, what it does after it has let the caller in."""

    def initial(self: Any, *args: Any, **kwargs: Any) -> NoReturn:
        super(type(self), self).initial(*args, **kwargs)
        fail()

    for view in {class_of(route) for route in FOR_PROGRAMS}:
        methods = [method for method in METHODS if hasattr(view, method)]
        for method in methods:
            monkeypatch.setattr(view, method, fail)
        if not methods:
            monkeypatch.setattr(view, "initial", initial)


def test_an_api_that_breaks_answers_a_problem_after_it_asked_who_calls_and_how_often(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    break_api(monkeypatch)
    monkeypatch.setattr(Throttle, "get_rate", lambda self: "1/min")
    live, test = (make_client(is_test=is_test).text for is_test in (False, True))
    calls = [(route, method) for route in FOR_PROGRAMS for method in calls_of(route)]

    for route, method in calls:
        monkeypatch.setattr(throttling, "counters", throttling.Counters(None))
        ask = getattr(Client(raise_request_exception=False), method)
        path = address_of(route)
        if issubclass(class_of(route), FulfilmentView):
            assert ask(path).status_code == 401, path

        known = {"Authorization": f"Bearer {test if issubclass(class_of(route), SandboxView) else live}"}
        broken = ask(path, headers=known)

        assert broken.status_code == 500, path
        assert broken.headers["Content-Type"] == "application/problem+json", path
        assert (broken.json()["type"], broken.json()["instance"]) == ("/problems/broken", path)
        assert not [said for said in INSIDE if said in broken.content.decode()], path
        if class_of(route).throttle_classes:
            assert ask(path, headers=known).status_code == 429, path

    assert len(calls) > 30
    assert [route.name for route in FOR_PROGRAMS if not class_of(route).throttle_classes] == ["api-schema"]
