"""A pair that shoppers want together and cannot have is counted once for each wish, and nothing else is."""

import pytest
from django.test import Client
from django.utils import timezone

from configurator import tallying
from tests.configurator.quiz_reading import address

pytestmark = pytest.mark.usefixtures("catalogue")

MIXER = "http://testserver/mix/shampoo/"
SHOWN = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
GLEAM_MEND = "refused:shampoo:gleam+mend"


def choose(query: str, *, at: str) -> None:
    """A choice of the mixer that JavaScript asks about, made at an address."""
    headers = {"HX-Request": "true", "HX-Current-URL": MIXER + at, "Sec-Fetch-Dest": "empty"}
    assert Client().get(f"/mix/shampoo/?{query}", headers=headers).status_code == 200


def refused() -> dict[str, int]:
    counted = tallying.tally.take()
    assert {day for day, _name in counted} <= {timezone.localdate()}
    return {name: times for (_day, name), times in counted.items() if name.startswith("refused:")}


def test_choosing_what_is_closed_counts_the_pair_in_one_order() -> None:
    choose("main=mend&second=gleam", at="?main=mend")
    choose("main=gleam&second=mend", at="?main=gleam")
    choose("base=warm-hearth&main=gleam&second=mend", at="?base=warm-hearth&main=gleam")

    assert refused() == {GLEAM_MEND: 3}


def test_what_does_not_choose_anew_is_not_counted_again() -> None:
    choose("main=mend&second=gleam&label=Ada", at="?main=mend&second=gleam")
    choose("main=mend&second=gleam&size=100ml", at="?main=mend&second=gleam")
    choose("main=mend&second=gleam&base=warm-hearth", at="?main=mend&second=gleam")

    assert refused() == {}


def test_what_can_be_made_is_not_counted() -> None:
    choose("main=mend&second=quench", at="?main=mend")
    choose("main=mend", at="?main=mend&second=gleam")

    assert refused() == {}


def test_what_she_leaves_out_herself_is_no_pair() -> None:
    choose("main=mend&second=quench&avoid=wheat", at="?main=mend&avoid=wheat")

    assert refused() == {}


def test_without_javascript_the_page_that_comes_after_counts_and_the_redirect_does_not() -> None:
    shopper = Client()
    headers = {**SHOWN, "Referer": f"{MIXER}?main=mend"}

    answer = shopper.get("/mix/shampoo/?base=warm-hearth&main=mend&second=gleam", headers=headers)
    assert answer.status_code == 302
    assert refused() == {}
    shopper.get(answer["Location"], headers=headers)

    assert refused() == {GLEAM_MEND: 1}


@pytest.mark.parametrize(
    "headers",
    [
        SHOWN,
        {**SHOWN, "Referer": "https://example.org/"},
        {"Referer": f"{MIXER}?main=mend"},
        {**SHOWN, "Referer": f"{MIXER}?main=mend", "Sec-Purpose": "prefetch"},
    ],
)
def test_who_was_sent_an_address_and_robots_count_nothing(headers: dict[str, str]) -> None:
    assert Client().get("/mix/shampoo/warm-hearth/mend/gleam", headers=headers).status_code == 200

    assert refused() == {}


def test_the_quiz_counts_what_was_asked_for_together_and_not_what_it_tries_itself() -> None:
    shopper = Client()

    shopper.get(address(need=["strength", "shine"], hair="thick"), headers=SHOWN)
    shopper.get(address(need=["strength", "shine"], hair="thick"))
    shopper.get(address(need=["strength"]), headers=SHOWN)

    assert refused() == {GLEAM_MEND: 1}


def test_a_basket_that_refuses_leads_to_the_mixer_and_is_not_counted_itself() -> None:
    shopper = Client(headers={"Sec-Fetch-Site": "same-origin"})
    mix = {"recipe": "shampoo", "base": "warm-hearth", "main": "mend", "second": "gleam"}

    answer = shopper.post("/basket/add", mix, headers={**SHOWN, "Referer": f"{MIXER}?main=mend"})
    assert answer.status_code == 302
    assert refused() == {}
    shopper.get(answer["Location"], headers={**SHOWN, "Referer": f"{MIXER}?main=mend"})

    assert refused() == {GLEAM_MEND: 1}
