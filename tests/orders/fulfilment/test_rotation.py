"""Rotating a key: the new secret is shown once, the one before works for a day, a lost answer locks nobody out."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from orders.keys import KeyRevokedError, MadeKey, find_key, make_key, revoke_key, rotate_key
from orders.models import FulfilmentKey, Job
from tests.orders.fulfilment.api import Caller, everything
from tests.orders.make import make_client, make_job

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def rotate(made: MadeKey) -> MadeKey:
    status, body = Caller(made).post("/keys/rotate", {})
    assert status == 200
    return MadeKey(made.row, body["key"])


def works(made: MadeKey) -> bool:
    return Caller(made).get("/me")[0] == 200


def test_the_secret_before_works_for_a_day() -> None:
    with time_machine.travel("2026-11-16 09:00 +0000", tick=False) as clock:
        first = make_client(scopes=[])
        second = rotate(first)

        assert (works(first), works(second)) == (True, True)
        clock.shift(DAY - timedelta(seconds=1))
        assert (works(first), works(second)) == (True, True)
        clock.shift(timedelta(seconds=1))
        assert (works(first), works(second)) == (False, True)


def test_rotating_again_ends_the_older_one_at_once() -> None:
    first = make_client()
    second = rotate(first)
    third = rotate(second)

    assert [works(made) for made in (first, second, third)] == [False, True, True]


def test_who_lost_the_answer_rotates_again_with_what_it_has() -> None:
    with time_machine.travel("2026-11-16 09:00 +0000", tick=False) as clock:
        first = make_client()
        lost = rotate(first)
        clock.shift(timedelta(hours=1))
        again = rotate(first)

        assert [works(made) for made in (first, lost, again)] == [True, False, True]
        clock.shift(timedelta(hours=23))
        assert [works(made) for made in (first, lost, again)] == [False, False, True]


def test_me_tells_until_when_the_secret_before_works() -> None:
    with time_machine.travel("2026-11-16 09:00 +0000", tick=False) as clock:
        made = rotate(make_client())

        assert Caller(made).get("/me")[1]["previous_until"] == "2026-11-17T09:00:00Z"
        clock.shift(DAY)
        assert Caller(made).get("/me")[1]["previous_until"] is None


def test_the_answer_is_kept_by_no_cache() -> None:
    response = Caller(make_client()).http.post("/api/fulfilment/v1/keys/rotate")

    assert "no-store" in response["Cache-Control"]


def test_a_test_key_stays_one() -> None:
    made = rotate(make_client(is_test=True))

    assert made.text.startswith("cct_test_")
    assert Caller(made).get("/me")[1]["is_test"] is True


@pytest.mark.usefixtures("catalogue")
def test_what_a_key_has_claimed_stays_its_own() -> None:
    made = make_client()
    job = make_job(Job.State.CLAIMED, client=made.row)

    assert Caller(rotate(made)).report(job, "start")[0] == 200


def test_a_revoked_key_is_refused_with_both_secrets_at_the_next_call() -> None:
    first = make_client()
    second = rotate(first)
    revoke_key(first.row, now=timezone.now())
    before = everything()

    assert [works(made) for made in (first, second)] == [False, False]
    with pytest.raises(KeyRevokedError):
        rotate_key(first.row, now=timezone.now())
    assert everything() == before


def test_a_key_is_found_by_one_query_whichever_secret_it_is(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    first = make_client()
    second = rotate(first)
    for made in (first, second):
        with django_assert_num_queries(1):
            assert find_key(made.text, now=timezone.now()) == made.row


def test_nothing_in_a_dump_of_all_rows_opens_anything() -> None:
    made = make_key("acme", scopes=FulfilmentKey.Scope.values, now=timezone.now())
    texts = [made.text, rotate(made).text]

    dump = str(everything())

    for text in texts:
        assert text not in dump
        assert text.split("_", 3)[3] not in dump
