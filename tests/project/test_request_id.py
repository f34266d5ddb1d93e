"""Every answer names its request, and so does every line that was logged about it."""

import json
import re

import pytest
from django.test import Client

from orders.log_context import current_request_id
from tests.project.logs import read_logs

pytestmark = pytest.mark.django_db

MADE = re.compile(r"[0-9a-f]{16}")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/", 200),
        ("/nowhere", 404),
        ("/api/fulfilment/v1/jobs", 401),
        ("/api/shop/v1/nowhere", 404),
        ("/favicon.ico", 301),
    ],
)
def test_every_answer_has_an_id(catalogue: object, path: str, status: int) -> None:
    response = Client().get(path)

    assert response.status_code == status
    assert MADE.fullmatch(response.headers["X-Request-ID"])


def test_what_is_refused_before_any_view_has_an_id_that_its_log_lines_have_too() -> None:
    client = Client(raise_request_exception=False, headers={"X-Request-ID": "no-1"})
    with read_logs("json") as said:
        response = client.get("/", headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert response.headers["X-Request-ID"] == "no-1"
    lines = [json.loads(line) for line in said.getvalue().splitlines()]
    assert {line["request_id"] for line in lines} == {"no-1"}
    assert {line["logger"] for line in lines} > {"access"}


@pytest.mark.parametrize("given", ["a", "Z-9._", "x" * 64])
def test_a_good_id_is_taken(given: str) -> None:
    assert Client().get("/nowhere", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\r\nSet-Cookie: b", "é", "a/b", "٣"])
def test_another_one_is_not(given: str) -> None:
    made = Client().get("/nowhere", headers={"X-Request-ID": given}).headers["X-Request-ID"]

    assert MADE.fullmatch(made)


def test_one_line_says_what_was_asked_and_answered_without_query_and_token() -> None:
    with read_logs("json") as said:
        Client().get("/order/s3cr3t-token/pay?email=ada@example.org", headers={"X-Request-ID": "r1"})

    lines = [json.loads(line) for line in said.getvalue().splitlines()]
    assert {(each["logger"], each["request_id"]) for each in lines} == {
        ("access", "r1"),
        ("django.request", "r1"),
    }
    [line] = [each for each in lines if each["logger"] == "access"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/order/<token>/pay", 404)
    assert line["event"] == f"GET /order/<token>/pay 404 {line['milliseconds']} ms"
    assert 0 <= line["milliseconds"] < 60_000
    assert "s3cr3t" not in said.getvalue()
    assert "ada" not in said.getvalue()


def test_nothing_of_a_request_stays_behind_it() -> None:
    Client().get("/nowhere", headers={"X-Request-ID": "r1"})

    assert current_request_id() == ""
