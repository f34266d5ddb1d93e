"""A mail server that hangs holds up no hand-off, and its mails go out when it is well again."""

import time

import pytest

from tests.faults.test_handoff import order, read_states, wait_until_ready
from tests.orders.smtp_sink import Mood, open_sink
from tests.processes import open_shop

pytestmark = pytest.mark.slow


def test_a_mail_server_that_hangs_holds_up_no_hand_off_and_gets_its_mails_once_it_is_well() -> None:
    with (
        open_sink(Mood.SAYS_NOTHING) as sink,
        open_shop("web", "relay", env={"EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"}) as shop,
    ):
        first, _slowest = order(shop)
        wait_until_ready(shop, first)
        time.sleep(2)  # the relay has begun with the mail by now, and waits

        start = time.monotonic()
        second, slowest = order(shop)
        while read_states(shop, second) != ["ready"]:
            assert time.monotonic() - start < 8, "the hand-off waits for the mail"
            time.sleep(0.1)

        sink.mood = Mood.FINE
        deadline = time.monotonic() + 60
        while len(sink.mails) < 2:
            assert time.monotonic() < deadline, shop.read_log("relay")
            time.sleep(0.2)
        shop.kill("relay")

    assert len(sink.mails) == 2
    assert slowest < 3
    assert all(readers == ["ada@example.org"] for _sender, readers, _content in sink.mails)
