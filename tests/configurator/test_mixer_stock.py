"""The mixer with something out of stock: it stays in sight, says when it is back, and leads on."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from configurator.bench import Bench
from configurator.mix_address import MixState
from configurator.mixer_page import build_page
from configurator.mixing.mixer import Mixer
from configurator.models import Component
from configurator.restrictions import Restrictions
from configurator.wording import stock_text
from tests.configurator import catalogue_judge as judge
from tests.configurator.make import make_slot, make_spec, make_starter
from tests.configurator.pages import Page, read_page
from tests.configurator.test_mixer_page import BENCH, TODAY, every_state

pytestmark = pytest.mark.django_db

MIXER = "/mix/shampoo/"
NOW = datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Europe/London"))


def stock(slug: str, **values: Any) -> None:
    assert Component.objects.filter(slug=slug).update(**values) == 1


def opened(client: Client, path: str) -> Page:
    with time_machine.travel(NOW, tick=False):
        response = client.get(MIXER + path)
    assert response.status_code == 200
    return read_page(response)


@pytest.mark.parametrize(
    ("back_on", "said"),
    [
        (date(2026, 12, 3), "Out of stock, back about 3 Dec"),
        (date(2026, 11, 21), "Out of stock, back about 21 Nov"),
        (date(2026, 11, 20), "Out of stock just now"),
        (None, "Out of stock just now"),
    ],
)
def test_what_is_out_of_stock_stays_in_sight_and_says_when_it_is_back(
    client: Client, back_on: date | None, said: str
) -> None:
    stock("mend", stock_ml=0, back_on=back_on)

    page = opened(client, "")

    for slot in ("main", "second"):
        assert page.by_id[f"{slot}-mend-why"] == said
        assert "disabled" not in page.attributes[f"{slot}-mend"]
        assert page.by_id[f"{slot}-lift-why"] == ""
    left = [mix for mix in judge.makeable() if "mend" not in mix]
    assert f"{len(left)} mixes are open to you." in page.by_id["answer"]


@pytest.mark.parametrize(("path", "count"), [("warm-hearth/mend/quench", 3), ("?main=mend", 3)])
def test_choosing_it_says_so_and_offers_repairs_without_it(client: Client, path: str, count: int) -> None:
    stock("mend", stock_ml=0, back_on=date(2026, 12, 3))

    page = opened(client, path)

    assert "Mend is out of stock, back about 3 Dec." in page.by_id["answer"]
    assert len(page.repairs) == count
    assert not any("mend" in href for _, href in page.repairs)
    assert not [text for text in page.buttons if "basket" in text]
    assert "leave out" not in page.by_id["answer"]


def test_what_is_kept_for_orders_is_not_there_for_others(client: Client) -> None:
    stock("mend", stock_ml=20, reserved_ml=11)

    assert opened(client, "").by_id["main-mend-why"] == "Out of stock just now"
    stock("mend", reserved_ml=10)
    assert opened(client, "").by_id["main-mend-why"] == ""


def test_what_is_too_little_for_one_dose_may_do_for_a_smaller_one(client: Client) -> None:
    stock("mend", stock_ml=7)

    usual, taster = opened(client, ""), opened(client, "?size=50ml")

    assert usual.by_id["main-mend-why"] == "Out of stock just now"
    assert usual.by_id["second-mend-why"] == ""
    assert taster.by_id["main-mend-why"] == ""


def test_a_day_is_written_as_the_reader_s_language_does() -> None:
    with translation.override("de"):
        assert "3. Dez." in stock_text(date(2026, 12, 3))
    with translation.override("en-us"):
        assert stock_text(date(2026, 12, 3)) == "Out of stock, back about Dec 3"


def test_nothing_in_stock_is_said_in_words(client: Client) -> None:
    Component.objects.filter(family__slug="base-blends").update(stock_ml=1)

    page = opened(client, "")

    assert (
        page.by_id["answer"] == "Nothing is left So much is out of stock that we can make nothing just now."
    )
    assert page.by_id["base-warm-hearth-why"] == "Out of stock just now"


def test_stock_and_her_list_that_together_leave_nothing_are_both_named(client: Client) -> None:
    stock("quiet-linen", stock_ml=0)

    page = opened(client, "?avoid=fragrance")

    assert (
        "Without fragrance, and with what is in stock just now, we can make nothing." in page.by_id["answer"]
    )
    assert "Change what we leave out" in page.by_id["answer"]
    assert page.by_id["base-quiet-linen-why"] == "Out of stock just now"
    assert page.by_id["base-warm-hearth-why"] == "You asked us to leave out fragrance."


def test_in_every_state_options_count_and_ways_out_are_those_of_what_is_there(shampoo: Mixer) -> None:
    out = {("main", "mend"): date(2026, 12, 3), ("second", "quench"): None, ("base", "quiet-linen"): None}
    makeable = [mix for mix in judge.makeable() if not set(judge.named(mix).items()) & set(out)]
    for mix in every_state():
        state = MixState(recipe="shampoo", mix=mix, size=shampoo.spec.sizes[0])
        page = build_page(shampoo, state, bench=BENCH, today=TODAY, within=Restrictions((), out))

        left = [full for full in makeable if mix.items() <= judge.named(full).items()]
        assert page.count == len(left)
        assert bool(page.problems) == bool(page.repairs) == (not left)
        for group in page.groups:
            for card in group.cards:
                is_out = (group.slot.slot.slug, card.option.slug) in out
                assert card.why.startswith("Out of stock") == is_out
                assert len(card.why) <= 90
        for pair in set(mix.items()) & set(out):
            assert any(
                text.startswith(f"{pair[1].replace('-', ' ').title()} is out") for text in page.problems
            )


def test_a_starter_that_is_out_of_stock_is_not_offered() -> None:
    slots = (make_slot(group="One"), make_slot("shot", family="shots", dose_ul=10_000, group="Two"))
    starters = (make_starter("Morning"), make_starter("Evening", base="elm", shot="sage"))
    mixer = Mixer(make_spec(slots=slots, starters=starters))
    state = MixState(recipe="tea", mix={}, size=mixer.spec.sizes[0])

    page = build_page(
        mixer, state, bench=Bench(), today=TODAY, within=Restrictions((), {("shot", "mint"): None})
    )

    assert page.progress is not None
    assert [starter.name for starter in page.progress.starters] == ["Evening"]
