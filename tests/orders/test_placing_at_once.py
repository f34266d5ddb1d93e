"""Many clicks at the same moment: one checkout makes one order, and the last bottle is sold once."""

import uuid
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from configurator.models import Component
from configurator.versions import mixer_for, newest_version
from orders.models import Order
from orders.placing import Wish, place_order
from orders.stock import OutOfStockError
from tests.orders.make import ADA, MIX
from tests.orders.racing import do_alone, do_at_once, shop_on_file
from tests.orders.stored import count_rows, reserved

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.race]

BUYERS = 50


def click(checkout_key: uuid.UUID) -> Callable[[], Order]:
    wish = Wish(recipe="shampoo", mix=MIX, size="250ml")
    return lambda: place_order([wish], ADA, checkout_key=checkout_key, shown_total=1725, now=timezone.now())


def test_50_clicks_on_one_checkout_at_once_make_one_order(tmp_path: Path) -> None:
    key = uuid.uuid4()
    mixer_for(newest_version("shampoo"))

    with shop_on_file(tmp_path):
        placed = do_at_once([click(key)] * BUYERS)
        rows, stock = do_alone(count_rows), do_alone(reserved)
        [order] = do_alone(lambda: list(Order.objects.all()))

    assert placed == [order] * BUYERS
    assert rows == {"Order": 1, "OrderLine": 1, "Payment": 1}
    assert stock == {"mend": 10, "quench": 5, "warm-hearth": 235}


def test_of_50_buyers_of_the_last_bottle_one_gets_it_and_49_are_told_what_ran_out(tmp_path: Path) -> None:
    Component.objects.filter(slug="quench").update(stock_ml=Decimal(5))
    mixer_for(newest_version("shampoo"))

    with shop_on_file(tmp_path):
        placed = do_at_once([click(uuid.uuid4()) for _ in range(BUYERS)])
        rows, stock = do_alone(count_rows), do_alone(reserved)

    refused = [outcome for outcome in placed if isinstance(outcome, OutOfStockError)]
    assert Counter(type(outcome).__name__ for outcome in placed) == {"Order": 1, "OutOfStockError": 49}
    assert {error.component for error in refused} == {"Quench"}
    assert rows == {"Order": 1, "OrderLine": 1, "Payment": 1}
    assert stock == {"mend": 10, "quench": 5, "warm-hearth": 235}
