"""Many clicks on the real pages at the same moment: one basket makes one order, and the last bottle is sold once."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from configurator.models import Component
from orders.models import BasketLine, Order
from tests.orders.pages import ADDRESS, CHECKOUT, add_to_basket, fill_in, open_checkout, read
from tests.orders.racing import do_alone, do_at_once, shop_on_file
from tests.orders.stored import count_rows, reserved

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.race]

CLICKS = 50
ONE_ORDER = {"Order": 1, "OrderLine": 1, "Payment": 1}
ONE_BOTTLE = {"mend": Decimal(10), "quench": Decimal(5), "warm-hearth": Decimal(235)}


def tab_of(client: Client) -> Client:
    """Another window of the same browser."""
    tab = Client()
    tab.cookies = client.cookies
    return tab


def send(client: Client, sent: dict[str, str]) -> Callable[[], Any]:
    return lambda: client.post(CHECKOUT, sent)


def addresses(answers: list[Any]) -> Counter[str]:
    return Counter(str(answer) if isinstance(answer, Exception) else answer["Location"] for answer in answers)


def test_50_clicks_on_one_form_at_once_make_one_order(client: Client, tmp_path: Path) -> None:
    sent = fill_in(open_checkout(client))

    with shop_on_file(tmp_path):
        answers = do_at_once([send(tab_of(client), sent) for _ in range(CLICKS)])
        rows, stock = do_alone(count_rows), do_alone(reserved)
        [order] = do_alone(lambda: list(Order.objects.all()))

    assert addresses(answers) == {f"/order/{order.token}/pay": CLICKS}
    assert (rows, stock, order.state) == (ONE_ORDER, ONE_BOTTLE, "placed")


def test_50_clicks_in_two_tabs_with_two_forms_at_once_make_one_order(client: Client, tmp_path: Path) -> None:
    here = fill_in(open_checkout(client))
    there = fill_in(read(client.get(CHECKOUT)), town="York", email="grace@example.org")

    with shop_on_file(tmp_path):
        answers = do_at_once([send(tab_of(client), sent) for sent in [here, there] * (CLICKS // 2)])
        rows, stock = do_alone(count_rows), do_alone(reserved)
        [order] = do_alone(lambda: list(Order.objects.all()))

    assert addresses(answers) == {f"/order/{order.token}/pay": CLICKS}
    assert (rows, stock) == (ONE_ORDER, ONE_BOTTLE)
    assert (order.state, order.total) == ("placed", 1725)
    assert (order.town, order.email) in [("Leeds", ADDRESS["email"]), ("York", "grace@example.org")]


def test_clicks_beside_changes_of_the_basket_never_order_what_was_not_shown(
    client: Client, tmp_path: Path
) -> None:
    """Every order is what its own page said: the line as it was, never as another tab has just made it."""
    sent = fill_in(open_checkout(client))
    line = BasketLine.objects.get().pk

    def change(quantity: int) -> Callable[[], Any]:
        tab, path = tab_of(client), f"/basket/lines/{line}/quantity"
        return lambda: tab.post(path, {"quantity": str(quantity)})

    with shop_on_file(tmp_path):
        calls = [send(tab_of(client), sent) for _ in range(10)] + [change(n) for n in range(2, 7)]
        answers = do_at_once(calls)
        orders = do_alone(
            lambda: [(o.total, [x.quantity for x in o.lines.all()]) for o in Order.objects.all()]
        )

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert {answer.status_code for answer in answers if not isinstance(answer, Exception)} <= {302, 422}
    assert orders in ([], [(1725, [1])])


def test_of_50_shoppers_one_gets_the_last_bottle_and_49_are_told_so(tmp_path: Path) -> None:
    Component.objects.filter(slug="quench").update(stock_ml=Decimal(5))
    shoppers = [Client() for _ in range(CLICKS)]
    forms = [fill_in(open_checkout(shopper)) for shopper in shoppers]

    with shop_on_file(tmp_path):
        answers = do_at_once([send(shopper, sent) for shopper, sent in zip(shoppers, forms, strict=True)])
        rows, stock = do_alone(count_rows), do_alone(reserved)
        [order] = do_alone(lambda: list(Order.objects.all()))

    outcomes: Counter[str] = Counter()
    for answer in answers:
        assert not isinstance(answer, Exception), answer
        if answer.status_code == 422:
            assert "There is not enough Quench left for all of it." in read(answer).alert
            outcomes["refused"] += 1
        else:
            outcomes["sold" if answer["Location"] == f"/order/{order.token}/pay" else answer["Location"]] += 1
    assert outcomes["sold"] == 1
    assert outcomes["refused"] + outcomes["/basket"] == CLICKS - 1  # the basket says that it is out of stock
    assert rows == ONE_ORDER
    assert stock == ONE_BOTTLE


def test_a_mix_put_in_by_many_tabs_at_once_is_one_line_of_as_many(client: Client, tmp_path: Path) -> None:
    add_to_basket(client)

    with shop_on_file(tmp_path):
        answers = do_at_once([partial(add_to_basket, tab_of(client)) for _ in range(10)])
        lines = do_alone(lambda: list(BasketLine.objects.values_list("quantity", flat=True)))

    assert [answer for answer in answers if isinstance(answer, Exception)] == []
    assert lines == [11]
