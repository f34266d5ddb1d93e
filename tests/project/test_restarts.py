"""What `benchmarks.restarts` calls wrong: an answer that says nothing, and what people were told that is not stored."""

from dataclasses import replace

import httpx
import pytest

from benchmarks.restarts import Seen, Stored, Told, compare

pytestmark = pytest.mark.any_database

REQUEST = httpx.Request("POST", "https://shop.example/checkout")
STORED = Stored(placed=["a", "b"], paid=["a", "b"], jobs=2, shipped=2, events=[1, 2, 4])


def told(
    *,
    bought: str = "ab",
    shipped: tuple[int, ...] = (1, 1),
    events: tuple[int, ...] = (1, 2, 4),
    gave_up: str = "",
) -> Told:
    return Told(
        bought=list(bought), shipped=list(shipped), events=list(events), gave_up=[gave_up] if gave_up else []
    )


def test_what_is_stored_as_it_was_told_is_right() -> None:
    assert list(compare(told(), STORED)) == []


@pytest.mark.parametrize(
    ("said", "stored", "wrong"),
    [
        (
            told(),
            replace(STORED, placed=["a"], paid=["a"], jobs=1, shipped=1),
            "1 orders that shoppers were thanked",
        ),
        (
            told(),
            replace(STORED, paid=["a"], jobs=1, shipped=1),
            "1 orders that shoppers were thanked for are not",
        ),
        (told(), replace(STORED, placed=["a", "b", "c"]), "1 orders are stored that nobody was thanked for"),
        (told(bought="abb"), STORED, "Two shoppers were thanked for the same order."),
        (told(), replace(STORED, jobs=3, shipped=3), "2 paid orders have 3 jobs."),
        (told(), replace(STORED, shipped=1), "Of 2 jobs 1 are shipped."),
        (told(shipped=(1, 1, 1)), STORED, "The makers were told of 3 shipped jobs, 2 are stored."),
        (told(events=(1, 4)), STORED, "The reader of the feed has 2 events, of 3 it misses 1."),
        (told(events=(1, 2, 2, 4)), STORED, "The reader of the feed has 4 events, of 3 it misses 0."),
    ],
)
def test_what_is_not_stored_as_it_was_told_is_said(said: Told, stored: Stored, wrong: str) -> None:
    assert any(line.startswith(wrong) for line in compare(said, stored))


def test_an_order_of_someone_who_gave_up_is_nobodys_second() -> None:
    assert list(compare(told(gave_up="no answer"), replace(STORED, placed=["a", "b", "c"]))) == []


@pytest.mark.parametrize(
    ("answer", "bad"),
    [
        (httpx.Response(200), 0),
        (httpx.Response(302), 0),
        (httpx.Response(422), 0),
        (httpx.Response(503, headers={"Retry-After": "2"}), 0),
        (httpx.Response(503), 1),
        (httpx.Response(500, headers={"Retry-After": "2"}), 1),
        (httpx.Response(502), 1),
        (httpx.ReadError("cut"), 1),
    ],
)
def test_only_an_answer_that_says_when_to_come_back_may_be_an_error(
    answer: httpx.Response | httpx.TransportError, bad: int
) -> None:
    seen = Seen()

    seen.note(REQUEST, answer, seconds=1.5)

    assert len(seen.bad) == bad
    assert (seen.answers.total(), seen.slowest) == (1, 1.5)
