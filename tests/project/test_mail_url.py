"""EMAIL_URL: three schemes, no guesses, and no password in the clear."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.mail_url import MailServer, read_mail_url


def server(**kwargs: object) -> MailServer:
    usual = {"port": 25, "user": "", "password": "", "starttls": False, "tls": False}
    return MailServer(**{"host": "smtp.example", **usual, **kwargs})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://smtp.example", server()),
        ("smtp://smtp.example/", server()),
        ("smtp://user@smtp.example:2525", server(port=2525, user="user")),
        ("smtp://a:b@localhost", server(host="localhost", user="a", password="b")),
        ("smtp://a:b@[::1]:1025", server(host="::1", port=1025, user="a", password="b")),
        ("smtp+tls://a:b@smtp.example", server(port=587, user="a", password="b", starttls=True)),
        ("smtps://a:b@smtp.example", server(port=465, user="a", password="b", tls=True)),
        ("smtps://a%40b:%3A%2F%40@smtp.example:1", server(port=1, user="a@b", password=":/@", tls=True)),
    ],
)
def test_a_url_names_a_server(url: str, expected: MailServer) -> None:
    assert read_mail_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "smtp.example",
        "http://smtp.example",
        "smtp+ssl://smtp.example",
        "smtp://",
        "smtp://user:sesame@",
        "smtps://user:sesame@smtp.example:port",
        "smtps://user:sesame@smtp.example:99999",
        "smtps://user:ses/ame@smtp.example",
        "smtps://user:sesame@smtp.example/path",
        "smtps://user:sesame@smtp.example?tls=true",
        "smtps://[",
    ],
)
def test_nonsense_is_refused_in_one_sentence_without_the_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"^EMAIL_URL must look like ") as refused:
        read_mail_url(url)

    assert "sesame" not in str(refused.value)


def test_a_password_in_the_clear_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="in the clear") as refused:
        read_mail_url("smtp://user:sesame@smtp.example")

    assert "sesame" not in str(refused.value)


def test_a_server_does_not_show_its_password() -> None:
    assert "sesame" not in repr(read_mail_url("smtps://user:sesame@smtp.example"))
