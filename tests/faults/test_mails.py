"""A mail server that hangs holds up no hand-off, and its mails go out when it is well again."""

import time
from collections.abc import Callable

import pytest

from tests.faults.test_handoff import order, wait_until_ready
from tests.orders.smtp_sink import Mood, open_sink
from tests.processes import Shop, open_shop

pytestmark = pytest.mark.slow


def test_a_mail_server_that_hangs_holds_up_no_hand_off_and_gets_its_mails_once_it_is_well() -> None:
    with (
        open_sink(Mood.SAYS_NOTHING) as sink,
        open_shop("web", "relay", env={"EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"}) as shop,
    ):
        waiting = [order(shop)[0] for _ in range(3)]
        for token in waiting:
            wait_until_ready(shop, token)
        await_mails(
            lambda: sink.visits > 0, shop
        )  # the relay waits for the server: 10 seconds for each of three mails

        token, _slowest = order(shop)
        wait_until_ready(shop, token)

        assert sink.mails == []
        sink.mood = Mood.FINE
        await_mails(lambda: len(sink.mails) >= 4, shop)

    assert [readers for _sender, readers, _content in sink.mails] == [["ada@example.org"]] * 4


def await_mails(is_true: Callable[[], bool], shop: Shop) -> None:
    deadline = time.monotonic() + 300
    while not is_true():
        assert time.monotonic() < deadline, shop.read_log("relay")
        time.sleep(0.2)
