"""What is shown when something is not there, not allowed, not understood, or broken."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InterfaceError, OperationalError, connection
from django.test import Client, RequestFactory

from configurator.views import errors
from tests.configurator.pages import Page, read_page

pytestmark = pytest.mark.django_db

OWN = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
ELSEWHERE = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
SIGN_OUT = "/admin/logout/"
BOTTLE = {"recipe": "shampoo", "base": "warm-hearth", "main": "mend", "second": "quench", "size": "250ml"}


def strict() -> Client:
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def break_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("configurator.views.home.build_home", fail)


def hidden_fields(response: Any) -> list[tuple[str, str]]:
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', response.content.decode())
    return [(unescape(name), unescape(value)) for name, value in found if name != "csrfmiddlewaretoken"]


def title_and_h1(page: Page) -> tuple[str, str]:
    (h1,) = page.by_tag["h1"]
    return page.by_tag["title"][0], h1


# Nothing there, not allowed, not understood -------------------------------------------------------------------------


def test_nothing_there_says_so_and_leads_on(client: Client) -> None:
    response = client.get("/nowhere")

    assert response.status_code == 404
    assert title_and_h1(read_page(response)) == ("Not here · Alembic Row", "There is nothing at this address")
    for way in ('href="/mix/"', 'href="/find"', "mailto:hello@alembic-row.example"):
        assert way in response.content.decode()


def test_what_is_not_open_to_her_says_so_and_changes_nothing(client: Client) -> None:
    client.force_login(User.objects.create_user("stan", is_staff=True))

    response = client.post("/admin/auth/user/add/", {"username": "eve"})

    assert response.status_code == 403
    assert title_and_h1(read_page(response)) == ("Not open to you · Alembic Row", "This is not open to you")
    assert b'href="/"' in response.content
    assert not User.objects.filter(username="eve").exists()


def test_what_cannot_be_understood_is_answered_without_trusting_it(client: Client) -> None:
    response = client.get("/", headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert title_and_h1(read_page(response)) == (
        "Not understood · Alembic Row",
        "We could not read what your browser sent",
    )
    assert b"evil.example" not in response.content
    assert b'href="/static/css/shop.css"' in response.content


def test_titles_and_headings_differ(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [client.get("/nowhere"), client.get("/", headers={"Host": "evil.example"}), client.get("/")]
    pages += [strict().post(SIGN_OUT, headers=OWN)]
    client.force_login(User.objects.create_user("stan", is_staff=True))
    pages += [client.get("/admin/auth/user/add/")]
    break_home(monkeypatch)
    pages += [strict().get("/")]

    assert [page.status_code for page in pages] == [404, 400, 200, 403, 403, 500]
    said = [title_and_h1(read_page(page)) for page in pages]
    assert len({title for title, _ in said}) == len({h1 for _, h1 in said}) == 6


# Broken -------------------------------------------------------------------------------------------------------------


def test_what_nobody_foresaw_is_answered_without_a_word_of_the_inside(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_home(monkeypatch)
    client.raise_request_exception = False

    response = client.get("/")
    page = read_page(response)

    assert response.status_code == 500
    assert title_and_h1(page) == ("Something broke · Alembic Row", "Something broke on our side")
    assert b"a secret of the inside" not in response.content
    assert b'href="/static/css/shop.css"' in response.content
    assert "an order is never charged twice, and yours is kept." in page.by_class["narrow"][0]
    assert b'<a class="button" href="/">' in response.content


def test_the_broken_page_needs_no_database_session_or_user() -> None:
    request = RequestFactory().get("/")

    with connection.execute_wrapper(lambda *args: pytest.fail("it asked the database")):
        response = errors.server_error(request)

    assert response.status_code == 500
    assert b"Something broke on our side" in response.content


@pytest.mark.parametrize("error", [OperationalError("terminating connection"), InterfaceError("is closed")])
def test_a_database_that_does_not_answer_is_a_page_to_load_again(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise error

    monkeypatch.setattr("configurator.views.home.build_home", fail)
    client.raise_request_exception = False

    response = client.get("/")
    page = read_page(response)

    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert title_and_h1(page) == ("Back in a moment · Alembic Row", "We cannot answer just now")
    assert "an order is never placed or charged twice" in page.by_class["narrow"][0]


@pytest.mark.usefixtures("catalogue")
def test_a_database_that_is_gone_when_a_session_is_kept_is_a_page_to_load_again_too(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OperationalError("terminating connection")

    client.post("/basket/add", BOTTLE, headers=OWN)
    monkeypatch.setattr(Session, "save", fail)
    client.raise_request_exception = False

    response = client.post("/basket/add", BOTTLE, headers=OWN)

    assert (response.status_code, response.get("Retry-After")) == (503, "2")


def test_a_session_that_was_ended_meanwhile_is_no_trouble_of_the_database(client: Client) -> None:
    client.force_login(User.objects.create_user("stan", is_staff=True))
    store = client.session
    Session.objects.all().delete()

    with pytest.raises(UpdateError):
        store.save()


def test_the_shop_api_says_so_as_a_problem(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OperationalError("terminating connection")

    monkeypatch.setattr("configurator.api.newest_version", fail)

    response = client.get("/api/shop/v1/recipes/shampoo/")

    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert response.json()["type"] == "/problems/busy"


@pytest.mark.parametrize(("view", "status"), [(errors.server_error, 500), (errors.bad_request, 400)])
def test_where_not_even_templates_render_there_is_a_plain_page(
    monkeypatch: pytest.MonkeyPatch, view: Any, status: int
) -> None:
    def missing(*args: object, **kwargs: object) -> str:
        raise ValueError("Missing staticfiles manifest entry")

    monkeypatch.setattr(StaticFilesStorage, "url", missing)

    response = view(RequestFactory().get("/"))
    page = read_page(response)

    assert response.status_code == status
    assert page.by_tag["h1"] == ["Something broke on our side"]
    assert b'<a href="/">' in response.content


# Forms without a good token -----------------------------------------------------------------------------------------


def test_a_form_of_our_own_is_sent_again_with_one_click_as_it_was() -> None:
    client = strict()
    client.force_login(User.objects.create_superuser("olive"))
    sent = {"note": 'a "quoted" <b>note</b>', "part": ["mend", "quench"], "csrfmiddlewaretoken": "old"}

    refused = client.post(SIGN_OUT + "?next=/a%26b", sent, headers=OWN)
    page = read_page(refused)

    assert refused.status_code == 403
    assert page.by_tag["h1"] == ["This has to be sent once more"]
    assert client.get("/admin/").status_code == 200  # still signed in
    assert hidden_fields(refused) == [
        ("note", 'a "quoted" <b>note</b>'),
        ("part", "mend"),
        ("part", "quench"),
    ]
    body = refused.content.decode()
    assert f'action="{SIGN_OUT}?next=/a%26b"' in body

    token = body.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    again = client.post(SIGN_OUT, {"csrfmiddlewaretoken": token}, headers=OWN)
    assert again.status_code == 200
    assert client.get("/admin/").status_code == 302  # signed out


@pytest.mark.parametrize("headers", [ELSEWHERE, {}, {"Origin": "null"}, {"Referer": "https://evil.example/"}])
def test_what_another_site_sent_is_never_offered_again(headers: dict[str, str]) -> None:
    client = strict()
    client.force_login(User.objects.create_superuser("olive"))

    refused = client.post(SIGN_OUT, {"note": "theirs"}, headers=headers)

    assert refused.status_code == 403
    assert b"theirs" not in refused.content
    assert b"<form" not in refused.content
    assert "Go back, load the page again" in read_page(refused).by_class["narrow"][0]
    assert client.get("/admin/").status_code == 200


def test_passwords_files_and_very_long_forms_are_not_repeated() -> None:
    for fields in (
        {"username": "olive", "password": "not to be shown"},
        {"note": "n", "picture": SimpleUploadedFile("a.png", b"x")},
        {"note": "n" * errors.MOST_SENT_AGAIN},
    ):
        refused = strict().post("/admin/login/", fields, headers=OWN)

        assert refused.status_code == 403
        assert hidden_fields(refused) == []
        assert b"not to be shown" not in refused.content


# The picture in the tab ---------------------------------------------------------------------------------------------


def test_browsers_that_ask_for_the_old_name_of_the_icon_find_it(client: Client) -> None:
    response = client.get("/favicon.ico")

    assert (response.status_code, response["Location"]) == (301, "/static/img/favicon.svg")
    assert finders.find(response["Location"].removeprefix("/static/")) is not None
