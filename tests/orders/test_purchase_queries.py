"""What a guest's purchase asks of the database, request by request, with BEGIN and COMMIT."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.orders.pages import CHECKOUT, PAY, add_to_basket, fill_in, read

pytestmark = pytest.mark.usefixtures("catalogue")

MIXER = "/mix/shampoo/warm-hearth/mend/quench"
SHARED = {  # what visitors share, which tests read anew each time: the version on sale, the bench
    "mixer page": 2,
    "add to basket": 2,
    "basket": 1,
    "checkout": 1,
}
OWN = {
    "mixer page": 0,
    "add to basket": 5,
    "basket": 2,
    "checkout": 2,
    "place order": 16,  # two of them because nobody has booked that day before
    "pay page": 3,
    "pay": 14,
    "thanks": 4,
}


def test_each_request_of_a_purchase_costs_a_fixed_number_of_queries(client: Client) -> None:
    client.get(MIXER)  # the process has met the version
    costs: dict[str, int] = {}

    def ask(name: str, method: Any, *args: Any) -> Any:
        with CaptureQueriesContext(connection) as asked:
            response = method(*args)
        costs[name] = len(asked) - SHARED.get(name, 0)
        return response

    ask("mixer page", client.get, MIXER)
    ask("add to basket", add_to_basket, client)
    ask("basket", client.get, "/basket")
    checkout = ask("checkout", client.get, CHECKOUT)
    placed = ask("place order", client.post, CHECKOUT, fill_in(read(checkout)))
    ask("pay page", client.get, placed["Location"])
    paid = ask("pay", client.post, placed["Location"], PAY)
    thanks = ask("thanks", client.get, paid["Location"])

    assert thanks.status_code == 200
    assert costs == OWN
