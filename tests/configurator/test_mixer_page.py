"""What the mixer page shows, in every state that can be reached: no dead end, always a reason."""

from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest

from configurator.bench import Bench
from configurator.mix_address import MixState
from configurator.mixer_page import MixerPage, build_page
from configurator.mixing.mixer import Mixer
from configurator.models import RecipeVersion
from configurator.restrictions import Restrictions
from configurator.versions import mixer_for
from tests.configurator import catalogue_judge as judge

BENCH = Bench(price=325, free_from=2800, making_days=2, carrier_days=2)
TODAY = date(2026, 7, 13)


@pytest.fixture
def mixer(catalogue: RecipeVersion) -> Mixer:
    return mixer_for(catalogue)


def page_of(mixer: Mixer, mix: dict[str, str], *, size: str = "250ml") -> MixerPage:
    state = MixState(recipe="shampoo", mix=mix, size=mixer.read_size(size))
    return build_page(mixer, state, bench=BENCH, today=TODAY, within=Restrictions())


def every_state() -> Iterator[dict[str, str]]:
    """All 5 x 9 x 9 partial and complete mixes."""
    bases, shots = list(judge.components())[:4], list(judge.components())[4:]
    for parts in product(["", *bases], ["", *shots], ["", *shots]):
        yield {slot: part for slot, part in judge.named(parts).items() if part}


def test_in_every_state_each_option_that_is_not_open_says_why_in_at_most_90_letters(mixer: Mixer) -> None:
    states = refused = 0
    for mix in every_state():
        states += 1
        page = page_of(mixer, mix)
        for group in page.groups:
            slot = group.slot.slot.slug
            others = {other: part for other, part in mix.items() if other != slot}
            left = {
                full[judge.SLOTS.index(slot)]
                for full in judge.makeable()
                if others.items() <= judge.named(full).items()
            }
            for card in group.cards:
                assert card.option.is_open == (card.option.slug in left)
                if left:
                    assert bool(card.why) != card.option.is_open
                assert len(card.why) <= 90
                refused += bool(card.why)

    assert states == 405
    assert refused > 1_000


def test_in_every_state_with_nothing_left_the_page_says_what_is_wrong_and_offers_a_way_out(
    mixer: Mixer,
) -> None:
    dead_ends = 0
    for mix in every_state():
        page = page_of(mixer, mix)
        left = [full for full in judge.makeable() if mix.items() <= judge.named(full).items()]
        assert page.count == len(left)
        assert bool(page.problems) == bool(page.repairs) == (not left)
        if left:
            continue
        dead_ends += 1
        assert 1 <= len(page.repairs) <= 3
        for repair in page.repairs:
            assert repair.text
            assert any(
                led_to(repair.address).items() <= judge.named(full).items() for full in judge.makeable()
            )

    assert dead_ends > 73


def led_to(address: str) -> dict[str, str]:
    path, _, query = address.partition("?")
    parts = [part for part in path.removeprefix("/mix/shampoo/").split("/") if part]
    return judge.named(tuple(parts)) if parts else dict(pair.split("=") for pair in query.split("&") if pair)


def test_a_broken_mix_says_every_rule_that_it_breaks(mixer: Mixer) -> None:
    reasons = {rule["slug"]: f"{rule['reason']}." for rule in judge.catalogue()["rules"]}
    for mix in judge.all_mixes():
        page = page_of(mixer, judge.named(mix))

        assert list(page.problems) == [reasons[slug] for slug in judge.met_rules(mix)]
        assert page.is_orderable == (not page.problems)


def test_a_repair_says_what_it_changes(mixer: Mixer) -> None:
    page = page_of(mixer, {"base": "orchard-rain", "main": "coil", "second": "lift"})

    assert page.problems == ("Shea butter separates in this clear gel.",)
    assert [(repair.text, repair.address) for repair in page.repairs] == [
        ("Main shot: Lift instead of Coil", "/mix/shampoo/orchard-rain/lift/lift"),
        ("Base blend: Warm Hearth instead of Orchard Rain", "/mix/shampoo/warm-hearth/coil/lift"),
        ("Main shot: Quench instead of Coil", "/mix/shampoo/orchard-rain/quench/lift"),
    ]


def test_repairs_keep_size_and_name(mixer: Mixer) -> None:
    state = MixState(
        recipe="shampoo",
        mix={"base": "quiet-linen", "main": "gleam"},
        size=mixer.read_size("50ml"),
        label_name="Ada",
    )

    page = build_page(mixer, state, bench=BENCH, today=TODAY, within=Restrictions())

    assert [repair.address for repair in page.repairs] == [
        "/mix/shampoo/?base=orchard-rain&main=gleam&size=50ml&label=Ada",
        "/mix/shampoo/?base=quiet-linen&main=lift&size=50ml&label=Ada",
        "/mix/shampoo/?base=warm-hearth&main=gleam&size=50ml&label=Ada",
    ]


def test_nothing_chosen_yet_leaves_everything_open(mixer: Mixer) -> None:
    page = page_of(mixer, {})

    assert (page.count, page.total_mixes, page.name) == (183, 183, "Nothing chosen yet")
    assert page.open_slots == ("Base blend", "Main shot", "Second shot")
    assert all(card.option.is_open and not card.why for group in page.groups for card in group.cards)
    assert not any(card.option.chosen for group in page.groups for card in group.cards)
    assert (page.price, page.prices, page.per_100_ml) == (1400, (1400, 1400), 560)
    assert not page.is_orderable


@pytest.mark.parametrize(
    ("size", "price", "per_100_ml", "doses"),
    [
        ("250ml", 1400, 560, ["235 ml", "10 ml", "5 ml"]),
        ("500ml", 2400, 480, ["470 ml", "20 ml", "10 ml"]),
        ("50ml", 450, 900, ["47 ml", "2 ml", "1 ml"]),
    ],
)
def test_price_and_doses_are_those_of_the_size(
    mixer: Mixer, size: str, price: int, per_100_ml: int, doses: list[str]
) -> None:
    page = page_of(mixer, {"base": "warm-hearth", "main": "mend", "second": "quench"}, size=size)

    assert (page.price, page.per_100_ml) == (price, per_100_ml)
    assert [group.title for group in page.groups] == [
        f"{name}, {dose}"
        for name, dose in zip(("1. Base blend", "2. Main shot", "3. Second shot"), doses, strict=True)
    ]
    assert [(card.size.slug, card.price) for card in page.sizes] == [
        ("250ml", 1400),
        ("500ml", 2400),
        ("50ml", 450),
    ]


def test_a_name_that_cannot_be_printed_cannot_be_ordered(mixer: Mixer) -> None:
    mix = {"base": "warm-hearth", "main": "mend", "second": "quench"}
    state = MixState(recipe="shampoo", mix=mix, size=mixer.read_size(None), label_name="☃", label_error="No")

    assert not build_page(mixer, state, bench=BENCH, today=TODAY, within=Restrictions()).is_orderable
    assert page_of(mixer, mix).is_orderable
