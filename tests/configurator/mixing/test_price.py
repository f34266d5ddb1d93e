"""What a mix costs."""

import pytest

from configurator.mixing.price import DeliveryPrice, price_per_100_ml, price_so_far, unit_price
from configurator.mixing.spec import Spec
from tests.configurator.make import make_component, make_family, make_size, make_slot, make_spec


def dear_spec() -> Spec:
    bases = make_family("bases", (make_component("oak", surcharge=150), make_component("elm")))
    shots = make_family("shots", (make_component("mint", surcharge=75), make_component("sage")))
    slots = (
        make_slot(),
        make_slot("main", family="shots"),
        make_slot("second", family="shots", optional=True),
    )
    return make_spec(slots=slots, families=(bases, shots))


@pytest.mark.parametrize(
    ("parts", "price"),
    [
        (("elm", "sage", "sage"), 1000),
        (("oak", "sage", "sage"), 1150),
        (("oak", "mint", "sage"), 1225),
        (("oak", "mint", "mint"), 1300),
        (("elm", "mint", "none"), 1075),
    ],
)
def test_a_price_is_that_of_the_size_and_a_surcharge_for_each_part(
    parts: tuple[str, ...], price: int
) -> None:
    mix = dict(zip(("base", "main", "second"), parts, strict=True))

    assert unit_price(dear_spec(), mix, make_size()) == price


def test_the_price_so_far_counts_what_is_chosen() -> None:
    assert price_so_far(dear_spec(), {}, make_size(price=500)) == 500
    assert price_so_far(dear_spec(), {"second": "mint"}, make_size(price=500)) == 575


@pytest.mark.parametrize(
    ("price", "volume", "per_100"),
    [
        (1400, 250, 560),
        (2400, 500, 480),
        (450, 50, 900),
        (999, 300, 333),
        (1, 200, 1),
        (1, 201, 0),
        (100, 33, 303),
        (0, 250, 0),
    ],
)
def test_a_price_per_100_ml_is_rounded_to_the_penny_halves_up(price: int, volume: int, per_100: int) -> None:
    assert price_per_100_ml(price, make_size(volume_ml=volume)) == per_100


def test_goods_without_a_volume_have_no_price_per_100_ml() -> None:
    assert price_per_100_ml(1400, make_size(volume_ml=None)) is None


@pytest.mark.parametrize(
    ("terms", "goods", "price"),
    [
        (DeliveryPrice(325, 2800), 2799, 325),
        (DeliveryPrice(325, 2800), 2800, 0),
        (DeliveryPrice(325, 2800), 0, 325),
        (DeliveryPrice(325, None), 1_000_000, 325),
        (DeliveryPrice(325, 0), 0, 0),
    ],
)
def test_delivery_is_free_from_a_value_of_goods(terms: DeliveryPrice, goods: int, price: int) -> None:
    assert terms.of(goods) == price
