"""Changing an order: its mixes go into the basket again, all of them, or nothing changes at all."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from orders import baskets, changing
from orders.baskets import (
    MOST_OF_ONE,
    BasketFullError,
    Content,
    TooManyOfOneError,
    add_line,
    content_of,
    lines_of,
    refill,
)
from orders.cancelling import cancel_order
from orders.changing import NoRoomError, change_order
from orders.models import Order
from orders.placing import Wish
from tests.orders.mails import place
from tests.orders.make import MIX, make_order
from tests.orders.stored import stored_rows

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.any_database]

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def named(order: Order, name: str) -> Content:
    """What the first line of an order holds, for somebody else."""
    return replace(content_of(order.lines.all()[0]), label_name=name)


def test_what_another_tab_puts_in_meanwhile_is_no_lack_of_room(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_order(paid=True, label_name="Ada", now=NOW)
    basket = add_line(None, named(order, "Bo"), now=NOW).basket

    def add_first(each: Order, **kwargs: Any) -> bool:
        add_line(basket, named(order, "Cy"), now=NOW)
        return cancel_order(each, **kwargs)

    monkeypatch.setattr(changing, "cancel_order", add_first)

    assert change_order(order, basket=basket, now=NOW) == basket

    assert [row.line.label_name for row in lines_of(basket)] == ["Bo", "Cy", "Ada"]
    order.refresh_from_db()
    assert order.state == "cancelled"


def test_more_bottles_of_one_mix_than_a_line_holds_leave_order_and_basket() -> None:
    order = make_order(paid=True, quantity=MOST_OF_ONE // 2 + 1, now=NOW)
    basket = refill(None, order, now=NOW)
    before = stored_rows()

    with pytest.raises(NoRoomError) as refused:
        change_order(order, basket=basket, now=NOW)

    assert isinstance(refused.value.__cause__, TooManyOfOneError)
    assert stored_rows() == before
    assert [row.line.quantity for row in lines_of(basket)] == [MOST_OF_ONE // 2 + 1]


def test_where_only_a_part_fits_nothing_goes_in(monkeypatch: pytest.MonkeyPatch) -> None:
    wishes = [
        Wish(recipe="shampoo", mix=MIX, size="250ml", label_name="Ada"),
        Wish(recipe="shampoo", mix=MIX, size="50ml", label_name="Eve"),
    ]
    order = place(wishes, now=NOW)
    basket = add_line(None, named(order, "Bo"), now=NOW).basket
    monkeypatch.setattr(baskets, "MOST_LINES", 2)
    before = stored_rows()

    with pytest.raises(NoRoomError) as refused:
        change_order(order, basket=basket, now=NOW)

    assert isinstance(refused.value.__cause__, BasketFullError)
    assert stored_rows() == before
    assert [row.line.label_name for row in lines_of(basket)] == ["Bo"]
