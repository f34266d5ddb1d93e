"""What the shop API refuses: always a problem (RFC 9457) that says what is wrong and in which field."""

import json
from typing import Any

import pytest
import time_machine
from django.test import Client

from configurator.api import ShopThrottle

CHECK = "/api/shop/v1/recipes/shampoo/check"
OPTIONS = "/api/shop/v1/recipes/shampoo/options"
MIX = {"base": "warm-hearth", "main": "mend", "second": "quench"}

pytestmark = pytest.mark.django_db


def refused(
    client: Client, body: Any, *, url: str = CHECK, status: int, content_type: str = "application/json"
) -> dict[str, Any]:
    """Post a body (text and bytes as they are) and give back the problem that comes."""
    raw = body if isinstance(body, str | bytes) else json.dumps(body)
    return problem_of(client.post(url, raw, content_type=content_type), url=url, status=status)


def problem_of(response: Any, *, url: str, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    assert problem.keys() - {"errors"} == {"type", "title", "status", "detail", "instance"}
    assert problem["type"].startswith("/problems/")
    assert problem["status"] == status
    assert problem["instance"] == url
    assert problem["title"]
    assert problem["detail"]
    assert not response.cookies
    return problem


def fields(problem: dict[str, Any]) -> list[str]:
    assert (problem["type"], problem["title"]) == ("/problems/invalid-fields", "Some fields are not right")
    return [error["field"] for error in problem["errors"]]


# What is not known --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", ["/api/shop/v1/recipes/soap/check", "/api/shop/v1/recipes/soap/options"])
def test_a_question_about_a_recipe_that_is_not_on_sale_is_not_found(client: Client, url: str) -> None:
    problem = refused(client, {"mix": MIX}, url=url, status=404)

    assert problem["type"] == "/problems/not-found"
    assert problem["detail"] == (
        "No recipe called 'soap' is on sale. GET /api/shop/v1/recipes/ lists what is."
    )


def test_a_recipe_that_is_not_on_sale_is_not_found(client: Client) -> None:
    url = "/api/shop/v1/recipes/soap/"

    assert problem_of(client.get(url), url=url, status=404)["type"] == "/problems/not-found"


@pytest.mark.parametrize("url", [CHECK, OPTIONS])
@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        (
            {"mix": {**MIX, "third": "mend"}},
            "mix.third",
            "'third' is not known here. Known: base, main, second.",
        ),
        (
            {"mix": {**MIX, "base": "mend"}},
            "mix.base",
            "'mend' is not known here. Known: orchard-rain, warm-hearth, salt-meadow, quiet-linen.",
        ),
        (
            {"mix": {**MIX, "main": "none"}},
            "mix.main",
            "'none' is not known here. Known: lift, quench, mend, vivid, gleam, calm, reset, coil.",
        ),
        ({"mix": MIX, "size": "1l"}, "size", "'1l' is not known here. Known: 250ml, 500ml, 50ml."),
        (
            {"mix": MIX, "avoid": ["nuts", "gluten"]},
            "avoid",
            "'gluten' is not known here. Known: what the recipe lists.",
        ),
    ],
)
def test_an_unknown_slot_component_size_or_thing_to_avoid_is_named(
    client: Client, url: str, body: dict[str, Any], field: str, message: str
) -> None:
    problem = refused(client, body, url=url, status=422)

    assert fields(problem) == [field]
    assert problem["errors"] == [{"field": field, "message": message}]
    assert problem["detail"] == f"{field}: {message}"


def test_every_wrong_field_is_named_at_once(client: Client) -> None:
    body = {"mix": {"base": "soap", "main": "soap", "fourth": "mend"}, "size": "1l"}

    assert fields(refused(client, body, status=422)) == ["mix.base", "mix.main", "mix.fourth", "size"]


def test_a_check_names_every_slot_that_is_missing(client: Client) -> None:
    assert fields(refused(client, {"mix": {"main": "mend"}}, status=422)) == ["mix.base", "mix.second"]
    assert fields(refused(client, {"mix": {}}, status=422)) == ["mix.base", "mix.main", "mix.second"]


# What has another shape ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", [CHECK, OPTIONS])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"mix": None}, "mix"),
        ({"mix": []}, "mix"),
        ({"mix": ["warm-hearth", "mend", "quench"]}, "mix"),
        ({"mix": "warm-hearth/mend/quench"}, "mix"),
        ({"mix": 7}, "mix"),
        ({"mix": True}, "mix"),
        ({"mix": {**MIX, "main": ["mend", "quench"]}}, "mix.main"),
        ({"mix": {**MIX, "main": {"slug": "mend"}}}, "mix.main"),
        ({"mix": {**MIX, "main": None}}, "mix.main"),
        ({"mix": {**MIX, "main": 3}}, "mix.main"),
        ({"mix": {**MIX, "main": ""}}, "mix.main"),
        ({"mix": {**MIX, "main": "x" * 51}}, "mix.main"),
        ({"mix": {**MIX, "main": "me\u0000nd"}}, "mix.main"),
        ({"mix": MIX, "avoid": "nuts"}, "avoid"),
        ({"mix": MIX, "avoid": None}, "avoid"),
        ({"mix": MIX, "avoid": {"nuts": True}}, "avoid"),
        ({"mix": MIX, "avoid": [["nuts"]]}, "avoid[0]"),
        ({"mix": MIX, "avoid": ["oat", 5]}, "avoid[1]"),
        ({"mix": MIX, "avoid": ["nuts"] * 51}, "avoid"),
        ({"mix": MIX, "size": 250}, "size"),
        ({"mix": MIX, "size": None}, "size"),
        ({"mix": MIX, "price": 1}, "price"),
        ([], "body"),
        ([MIX], "body"),
        ("null", "body"),
        ("7", "body"),
        ('"mix"', "body"),
    ],
)
def test_another_shape_is_refused_with_its_field(client: Client, url: str, body: Any, field: str) -> None:
    assert fields(refused(client, body, url=url, status=422)) == [field]


def test_a_mix_with_more_shots_than_slots_is_refused(client: Client) -> None:
    many = {**MIX, **{f"shot-{i}": "mend" for i in range(30)}}

    assert fields(refused(client, {"mix": many}, status=422)) == [f"mix.shot-{i}" for i in range(30)]


def test_a_body_without_a_mix_is_no_check(client: Client) -> None:
    assert fields(refused(client, {}, status=422)) == ["mix"]


# What is no JSON at all ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b" ", "The body is not JSON: Expecting value"),
        (b"{", "The body is not JSON: Expecting property name"),
        (b'{"mix": {}} and more', "The body is not JSON: Extra data"),
        (b"{'mix': {}}", "The body is not JSON: Expecting property name"),
        (b'{"mix": {}, "mix": {}}', "The body is not JSON: the key 'mix' stands there twice"),
        (
            b'{"mix": {"main": "mend", "main": "calm"}}',
            "The body is not JSON: the key 'main' stands there twice",
        ),
        (b'{"size": NaN}', "The body is not JSON: NaN is not a JSON number"),
        (b'{"size": -Infinity}', "The body is not JSON: -Infinity is not a JSON number"),
        (b'{"size": "250\xff"}', "The body is not UTF-8."),
        ('{"mix": {}}'.encode("utf-16"), "The body is not UTF-8."),
        (b"\xef\xbb\xbf{}", "The body is not JSON: Unexpected UTF-8 BOM"),
        (b'{"mix": ' + b"[" * 30_000 + b"]" * 30_000 + b"}", "The body is not JSON: "),
        (b'{"size": ' + b"9" * 5_000 + b"}", "The body is not JSON: "),
        (b'{"mix": "' + b"x" * 65_536 + b'"}', "The body is larger than 65536 bytes."),
        (b'{"mix": {"\\ud800": "mend"}}', "The body is not JSON: it escapes half of a letter."),
        (b'{"mix": {"main": "\\udfff"}}', "The body is not JSON: it escapes half of a letter."),
        (b'{"\\ud83d": 1}', "The body is not JSON: it escapes half of a letter."),
    ],
)
def test_a_body_that_is_no_plain_json_cannot_be_read(client: Client, body: bytes, detail: str) -> None:
    problem = refused(client, body, status=400)

    assert (problem["type"], problem["title"]) == (
        "/problems/unreadable-body",
        "The body is not the JSON that is wanted",
    )
    assert problem["detail"].startswith(detail)


def test_letters_beyond_the_basic_plane_may_be_escaped(client: Client) -> None:
    problem = refused(client, b'{"mix": {"\\ud83d\\ude00": "mend"}}', status=422)

    assert fields(problem)[0] == "mix.😀"


def test_a_body_of_just_the_largest_size_is_read(client: Client) -> None:
    body = json.dumps({"mix": MIX}).encode()

    response = client.post(CHECK, body.ljust(65_536), content_type="application/json")

    assert response.status_code == 200


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml"],
)
def test_another_content_type_is_not_supported(client: Client, content_type: str) -> None:
    problem = refused(client, json.dumps({"mix": MIX}), status=415, content_type=content_type)

    assert problem["type"] == "/problems/unsupported-media-type"
    assert content_type in problem["detail"]


# What is asked in another way ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", CHECK),
        ("PUT", CHECK),
        ("DELETE", OPTIONS),
        ("POST", "/api/shop/v1/recipes/"),
        ("PATCH", "/api/shop/v1/recipes/shampoo/"),
    ],
)
def test_another_method_is_not_allowed_and_those_that_are_stand_in_allow(
    client: Client, method: str, url: str
) -> None:
    response = client.generic(method, url)

    assert problem_of(response, url=url, status=405)["type"] == "/problems/method-not-allowed"
    assert response["Allow"] == ("POST, OPTIONS" if url in (CHECK, OPTIONS) else "GET, HEAD, OPTIONS")


def test_an_answer_in_another_form_than_json_is_not_to_be_had(client: Client) -> None:
    response = client.post(
        CHECK, {"mix": MIX}, content_type="application/json", headers={"Accept": "text/html"}
    )

    assert problem_of(response, url=CHECK, status=406)["type"] == "/problems/not-acceptable"


@time_machine.travel("2026-11-16 09:00 +0000")  # the first second of a window
def test_too_many_requests_are_told_when_to_go_on(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ShopThrottle, "THROTTLE_RATES", {"shop": "2/min"})
    for _ in range(2):
        assert client.get("/api/shop/v1/recipes/").status_code == 200

    response = client.post(CHECK, {"mix": MIX}, content_type="application/json")

    problem = problem_of(response, url=CHECK, status=429)
    assert problem["type"] == "/problems/throttled"
    assert 55 <= int(response["Retry-After"]) <= 61


@time_machine.travel("2026-11-16 09:00 +0000")
def test_one_who_asks_too_much_does_not_lock_out_another(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ShopThrottle, "THROTTLE_RATES", {"shop": "1/min"})
    url = "/api/shop/v1/recipes/"

    codes = [
        client.get(url, REMOTE_ADDR=address).status_code for address in ("10.0.0.1", "10.0.0.1", "10.0.0.2")
    ]

    assert codes == [200, 429, 200]


@time_machine.travel("2026-11-16 09:00 +0000")
def test_a_header_cannot_pretend_to_be_another_asker(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ShopThrottle, "THROTTLE_RATES", {"shop": "1/min"})
    url = "/api/shop/v1/recipes/"

    codes = [client.get(url, headers={"X-Forwarded-For": f"10.0.0.{i}"}).status_code for i in range(2)]

    assert codes == [200, 429]
