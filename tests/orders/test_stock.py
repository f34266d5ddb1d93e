"""Stock: what a line takes, that nobody sells what is not there, and that nothing is freed or used twice over."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from configurator.models import Component, RecipeVersion, Size
from orders.models import OrderLine
from orders.stock import OutOfStockError, amounts_for, free_stock, reserve_stock, use_stock
from tests.configurator.drafts import make_bicycle, publish, shampoo
from tests.orders.make import MIX, make_order
from tests.orders.stored import reserved, stored_rows

pytestmark = pytest.mark.usefixtures("catalogue")

DOUBLE = {"base": "salt-meadow", "main": "quench", "second": "quench"}


def make_line(version: RecipeVersion, **kwargs: Any) -> OrderLine:
    return OrderLine(**{"version": version, "mix": MIX, "size": "250ml", "quantity": 1, **kwargs})


def set_stock(slug: str, stock: str | None, reserved: str = "0") -> None:
    Component.objects.filter(slug=slug).update(
        stock_ml=None if stock is None else Decimal(stock), reserved_ml=Decimal(reserved)
    )


def read_stock(slug: str) -> Any:
    """(stock, reserved) in millilitres."""
    return Component.objects.values_list("stock_ml", "reserved_ml").get(slug=slug)


@pytest.mark.parametrize(
    ("size", "quantity", "base", "main", "second"),
    [
        ("50ml", 1, 47, 2, 1),
        ("250ml", 1, 235, 10, 5),
        ("500ml", 1, 470, 20, 10),
        ("500ml", 3, 1410, 60, 30),
        ("50ml", 7, 329, 14, 7),
    ],
)
def test_an_order_sets_aside_exactly_what_its_doses_take(
    size: str, quantity: int, base: int, main: int, second: int
) -> None:
    make_order(size=size, quantity=quantity)

    assert reserved() == {"mend": main, "quench": second, "warm-hearth": base}


def test_a_shot_taken_twice_is_counted_with_both_doses() -> None:
    make_order(mix=DOUBLE)

    assert reserved() == {"quench": 15, "salt-meadow": 235}


def test_several_lines_are_added_up_in_the_order_of_their_components(catalogue: RecipeVersion) -> None:
    lines = [make_line(catalogue), make_line(catalogue, mix=DOUBLE, size="50ml", quantity=2)]

    amounts: Any = amounts_for(lines)
    assert list(amounts.items()) == [
        ("mend", 10), ("quench", 5 + 6), ("salt-meadow", 94), ("warm-hearth", 235)
    ]  # fmt: skip


def test_goods_without_doses_take_nothing() -> None:
    version = publish(make_bicycle())
    line = make_line(version, mix={"frame": "steel", "wheel": "wide", "bell": "none"}, size="one")
    before = stored_rows()

    assert amounts_for([line]) == {}
    reserve_stock([line])

    assert stored_rows() == before


def test_stock_that_is_not_counted_is_never_short(catalogue: RecipeVersion) -> None:
    for slug in MIX.values():
        set_stock(slug, None)

    reserve_stock([make_line(catalogue, quantity=30_000)])

    assert read_stock("quench") == (None, 150_000)


def test_the_last_drop_can_be_sold_and_not_one_more(catalogue: RecipeVersion) -> None:
    set_stock("quench", "12.5", reserved="7.5")
    reserve_stock([make_line(catalogue)])
    assert read_stock("quench") == (Decimal("12.5"), Decimal("12.5"))
    before = stored_rows()

    with pytest.raises(OutOfStockError, match="not enough Quench"), transaction.atomic():
        reserve_stock([make_line(catalogue, size="50ml")])

    assert stored_rows() == before


def test_a_component_that_staff_have_deleted_is_out_of_stock(catalogue: RecipeVersion) -> None:
    Component.objects.filter(slug="quench").update(slug="quench-old")
    before = stored_rows()

    with pytest.raises(OutOfStockError) as refused, transaction.atomic():
        reserve_stock([make_line(catalogue)])

    assert refused.value.component == "quench"
    assert stored_rows() == before


def test_tenths_of_millilitres_add_up_so_that_the_last_unit_is_sold_too() -> None:
    Size.objects.create(recipe=shampoo(), slug="5ml", volume_ml=5, price=100, position=9)
    line = make_line(publish(note="samples"), size="5ml")  # of the second shot it takes 0.1 ml
    set_stock("quench", "0.3")

    for _ in range(3):
        reserve_stock([line])

    assert read_stock("quench") == (Decimal("0.3"), Decimal("0.3"))
    with pytest.raises(OutOfStockError), transaction.atomic():
        reserve_stock([line])
    for _ in range(3):
        free_stock([line])
    assert read_stock("quench") == (Decimal("0.3"), 0)


def test_what_is_freed_can_be_sold_again(catalogue: RecipeVersion) -> None:
    set_stock("quench", "5")
    line = make_line(catalogue)

    reserve_stock([line])
    free_stock([line])

    assert reserved() == {}
    reserve_stock([line])


def test_what_is_used_leaves_both_the_stock_and_what_is_set_aside(catalogue: RecipeVersion) -> None:
    set_stock("quench", "20", reserved="5")

    use_stock([make_line(catalogue)])

    assert read_stock("quench") == (15, 0)


def test_freeing_and_using_never_go_below_zero(catalogue: RecipeVersion) -> None:
    set_stock("quench", "3", reserved="2")
    set_stock("mend", None, reserved="4")

    use_stock([make_line(catalogue)])
    free_stock([make_line(catalogue)])

    assert read_stock("quench") == (0, 0)
    assert read_stock("mend") == (None, 0)
