"""Keys: made once, kept as a hash, refused when they are over."""

import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.forms.models import model_to_dict
from django.utils import timezone
from rest_framework.test import APIClient

from orders.fulfilment.authentication import RefusedKeyThrottle
from orders.keys import KeyNameError, find_key, make_key, revoke_key
from orders.models import FulfilmentKey
from tests.orders.fulfilment.api import PATH, Caller
from tests.orders.make import make_client

pytestmark = pytest.mark.django_db


def test_a_key_has_an_id_and_256_secret_bits() -> None:
    text = make_client().text

    assert re.fullmatch(r"cct_live_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", text)


def test_nothing_in_the_row_opens_the_api() -> None:
    made = make_client()

    stored = json.dumps([*FulfilmentKey.objects.values()], default=str)

    assert made.text[len("cct_live_") + 13 :] not in stored
    for value in map(str, model_to_dict(made.row).values()):
        assert find_key(value, now=timezone.now()) is None
        assert find_key(f"cct_live_{made.row.key_id}_{value}", now=timezone.now()) is None
    assert find_key(f"cct_live_{made.row.key_id}_{made.row.secret_sha256[:43]}", now=timezone.now()) is None


def test_a_key_is_found_by_its_text_and_by_no_other() -> None:
    made, other = make_client(), make_client()

    assert find_key(made.text, now=timezone.now()) == made.row
    assert find_key(other.text, now=timezone.now()) == other.row
    flipped = "A" if made.text[-1] != "A" else "B"
    for wrong in (
        "",
        "x",
        made.text[:-1] + flipped,
        made.text + "\n",
        made.text.upper(),
        f" {made.text}",
        "cct_live_é_é",
    ):
        assert find_key(wrong, now=timezone.now()) is None, wrong


def test_the_scopes_are_kept_once_each_in_their_own_order() -> None:
    row = make_client(scopes=["ship:read", "jobs:claim", "ship:read"]).row

    assert row.scopes == ["jobs:claim", "ship:read"]


@pytest.mark.parametrize("name", ["acme", "  acme ", "", "   ", "x" * 81, "a\0b"])
def test_a_name_that_is_taken_or_no_name_is_refused(name: str) -> None:
    make_client(name="acme")

    with pytest.raises(KeyNameError):
        make_key(name, scopes=["jobs:read"], now=timezone.now())

    assert FulfilmentKey.objects.count() == 1


def test_an_unknown_scope_is_refused() -> None:
    with pytest.raises(ValueError, match="jobs:everything"):
        make_key("acme", scopes=["jobs:everything"], now=timezone.now())

    assert not FulfilmentKey.objects.exists()


def test_a_revoked_key_is_refused_at_the_next_call() -> None:
    made = make_client()
    caller = Caller(made)
    assert caller.get("/me")[0] == 200

    assert revoke_key(made.row, now=timezone.now()) is True

    status, problem = caller.get("/me")
    assert (status, problem["type"]) == (401, "/problems/key-refused")


def test_revoking_twice_keeps_the_first_time() -> None:
    row = make_client().row
    first = timezone.now()
    revoke_key(row, now=first)

    assert revoke_key(row, now=first + timedelta(days=1)) is False

    row.refresh_from_db()
    assert row.revoked_at == first


def test_a_key_ends_at_its_last_second() -> None:
    now = timezone.now()
    text = make_client(expires_at=now + timedelta(hours=1)).text

    assert find_key(text, now=now + timedelta(minutes=59)) is not None
    assert find_key(text, now=now + timedelta(hours=1)) is None


def test_the_last_use_is_noted_at_most_once_a_minute() -> None:
    made = make_client()
    start = timezone.now()

    def last_used_after(seconds: int) -> float:
        find_key(made.text, now=start + timedelta(seconds=seconds))
        made.row.refresh_from_db()
        assert made.row.last_used_at is not None
        return (made.row.last_used_at - start).total_seconds()

    assert [last_used_after(seconds) for seconds in (0, 59, 60, 90, 300)] == [0, 0, 60, 60, 300]


def test_a_refused_key_is_not_noted_as_used() -> None:
    made = make_client()
    revoke_key(made.row, now=timezone.now())

    find_key(made.text, now=timezone.now())

    made.row.refresh_from_db()
    assert made.row.last_used_at is None


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic abc", "Token x", "Bearer cct_live_x", "Bearer é"]
)
@pytest.mark.parametrize("path", ["/me", "/jobs", "/claims", "/shipments", "/nowhere"])
def test_without_a_good_key_there_is_nothing_to_see(header: str | None, path: str) -> None:
    http = APIClient(headers={"Authorization": header} if header is not None else {})

    response = http.get(f"{PATH}{path}")

    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == "/problems/key-refused"


@pytest.mark.parametrize("header", [None, "Basic abc", "Bearer cct_live_x"])
def test_calls_without_a_good_key_are_counted_by_address(
    header: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RefusedKeyThrottle, "THROTTLE_RATES", {"refused": "2/min"})
    http = APIClient(headers={"Authorization": header} if header is not None else {})

    answers = [http.get(f"{PATH}/me") for _call in range(3)]

    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert answers[2].json()["type"] == "/problems/throttled"
    assert 1 <= int(answers[2]["Retry-After"]) <= 61
    assert http.get(f"{PATH}/me", REMOTE_ADDR="192.0.2.7").status_code == 401
    assert Caller(make_client()).get("/me")[0] == 200


def test_a_key_works_until_the_clock_says_otherwise() -> None:
    with time_machine.travel("2026-11-16 09:00 +0000", tick=False) as clock:
        caller = Caller(make_client(expires_at=timezone.now() + timedelta(days=1)))

        before = caller.get("/me")[0]
        clock.shift(timedelta(days=1))
        after = caller.get("/me")[0]

    assert (before, after) == (200, 401)
