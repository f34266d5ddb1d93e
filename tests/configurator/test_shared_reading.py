"""What all visitors share is read once per moment, and never kept for longer, nor when it failed."""

import pytest
from django.conf import LazySettings

from configurator import shared_reading
from configurator.shared_reading import MOST_KEPT, shared_for_a_moment


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> Clock:
    settings.SHARED_READING_SECONDS = 0.5
    clock = Clock()
    monkeypatch.setattr(shared_reading, "monotonic", clock)
    return clock


def test_within_the_moment_nothing_is_read_again_and_after_it_everything_is(clock: Clock) -> None:
    asked: list[str] = []

    @shared_for_a_moment
    def read(what: str) -> int:
        asked.append(what)
        return len(asked)

    first = [read("soap"), read("soap")]
    clock.now += 0.49
    still = read("soap")
    clock.now += 0.02

    assert (first, still, read("soap")) == ([1, 1], 1, 2)
    assert asked == ["soap", "soap"]


def test_each_question_has_its_own_answer(clock: Clock) -> None:
    read = shared_for_a_moment(lambda what, *, size=1: f"{what} {size}")

    assert [read("soap"), read("oil"), read("soap", size=2), read("soap")] == [
        "soap 1",
        "oil 1",
        "soap 2",
        "soap 1",
    ]


def test_a_failure_is_not_kept(clock: Clock) -> None:
    answers: dict[str, int] = {}
    read = shared_for_a_moment(answers.__getitem__)

    with pytest.raises(KeyError):
        read("soap")
    answers["soap"] = 3

    assert read("soap") == 3


def test_with_no_seconds_nothing_is_kept(clock: Clock, settings: LazySettings) -> None:
    settings.SHARED_READING_SECONDS = 0
    asked: list[int] = []
    read = shared_for_a_moment(lambda: asked.append(1))

    read()
    read()

    assert len(asked) == 2


def test_made_up_questions_do_not_fill_the_memory(clock: Clock) -> None:
    asked: list[int] = []
    read = shared_for_a_moment(asked.append)

    for number in range(3 * MOST_KEPT):
        read(number)
    read(3 * MOST_KEPT - 1)

    assert len(asked) == 3 * MOST_KEPT
