"""First-contact posts: taken from our own pages without a cookie, refused from anywhere else."""

from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.test import RequestFactory
from django.views.decorators.http import require_POST

from configurator.same_origin import same_origin_post

HERE = "http://testserver"


def send(headers: dict[str, str], *, at: str = HERE, method: str = "POST") -> str:
    """“done”, or the status of the refusal; header names have _ for -."""
    done: list[str] = []

    @require_POST
    @same_origin_post
    def view(request: HttpRequest, what: str) -> HttpResponse:
        done.append(what)
        return HttpResponse("done")

    request = RequestFactory().generic(
        method,
        "/",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        HTTP_HOST=urlsplit(at).netloc,
        secure=at.startswith("https:"),
    )
    request._dont_enforce_csrf_checks = False  # type: ignore[attr-defined]  # the factory's switch
    checks = CsrfViewMiddleware(lambda request: view(request, what="add"))
    response = checks.process_view(request, view, (), {}) or view(request, what="add")
    assert (response.status_code == 200) == (done == ["add"])
    return "done" if done else str(response.status_code)


@pytest.fixture(autouse=True)
def hosts(settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "shop.example", "127.0.0.1"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://shop.example"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec_Fetch_Site": "same-origin", "Origin": HERE, "Referer": HERE + "/find"},
        {"Sec_Fetch_Site": "same-origin"},
        {"Sec_Fetch_Site": "none"},
        {"Origin": HERE},
        {"Origin": HERE + ":80"},
        {"Origin": "HTTP://TestServer"},
        {"Referer": HERE + "/find?need=body"},
        {"Referer": HERE},
        {"Origin": HERE, "Referer": "https://evil.example/"},
    ],
)
def test_a_post_of_our_own_page_is_taken_without_any_cookie(headers: dict[str, str]) -> None:
    assert send(headers) == "done"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": ""},
        {"Sec_Fetch_Site": "Same-Origin "},
        {"Sec_Fetch_Site": "cross-site", "Origin": HERE},
        {"Sec_Fetch_Site": "same-site", "Origin": HERE},
        {"Sec_Fetch_Site": "cross-site", "Referer": HERE + "/"},
        {"Sec_Fetch_Site": "same-origin", "Origin": "https://evil.example"},
        {"Sec_Fetch_Site": "none", "Origin": "null"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "null", "Referer": HERE + "/"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://basket.testserver"},
        {"Origin": "http://testserver.evil.example"},
        {"Origin": "http://eviltestserver"},
        {"Origin": "http://testserver:8080"},
        {"Origin": "https://testserver"},
        {"Origin": "testserver"},
        {"Origin": "//testserver"},
        {"Origin": "ftp://testserver"},
        {"Origin": "http://testserver:port"},
        {"Origin": "http://["},
        {"Origin": "http://testserver@evil.example"},
        {"Origin": "http://shop.example"},
        {"Referer": ""},
        {"Referer": "about:blank"},
        {"Referer": "/find"},
        {"Referer": "https://evil.example/?http://testserver/"},
        {"Referer": "http://testserver:8080/"},
        {"Referer": "http://a.testserver/"},
    ],
)
def test_a_post_that_does_not_say_it_is_ours_is_refused_and_does_nothing(headers: dict[str, str]) -> None:
    assert send(headers) == "403"


@pytest.mark.parametrize(
    ("at", "origin", "told"),
    [
        ("https://testserver", "https://testserver", "done"),
        ("https://testserver", "http://testserver", "403"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000", "done"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8001", "403"),
        ("http://127.0.0.1:8000", "http://127.0.0.1", "403"),
        ("http://127.0.0.1:8000", "http://localhost:8000", "403"),
        ("http://127.0.0.1:8000", "https://shop.example", "done"),  # a proxy that hands on its own host name
        ("http://127.0.0.1:8000", "https://shop.example:444", "403"),
    ],
)
def test_scheme_host_and_port_must_be_those_the_shop_is_reached_at(at: str, origin: str, told: str) -> None:
    assert send({"Origin": origin}, at=at) == told


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_every_method_that_may_change_something_is_checked(method: str) -> None:
    @same_origin_post
    def view(request: HttpRequest) -> HttpResponse:
        raise AssertionError("it must not be reached")

    request = RequestFactory().generic(method, "/", headers={"Origin": "https://evil.example"})
    assert view(request).status_code == 403


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_is_free_for_all(method: str) -> None:
    @same_origin_post
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("seen")

    request = RequestFactory().generic(method, "/", headers={"Sec-Fetch-Site": "cross-site"})

    assert view(request).status_code == 200


def test_the_refusal_says_why_and_names_the_way_on() -> None:
    @same_origin_post
    def view(request: HttpRequest) -> HttpResponse:
        raise AssertionError("it must not be reached")

    said = view(RequestFactory().post("/")).content.decode()

    assert "nothing was changed" in said
    assert "What you typed is still there" in said
    assert '<a class="button" href="/">' in said
