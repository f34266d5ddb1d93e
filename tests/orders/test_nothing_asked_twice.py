"""What she has told the shop once, from the quiz to a payment that failed, she never tells it again."""

import re
from html import unescape

import pytest
from django.test import Client

from tests.orders.pages import ADDRESS, read

pytestmark = pytest.mark.usefixtures("catalogue")

ORIGIN = {"origin": "http://testserver"}
RESULT = "/find/shampoo?need=strength&need=moisture&hair=thick&avoid=oat&avoid=shea&at=result"
TYPED = ("email", "full_name", "postcode", "address_line1", "town")


def test_from_the_quiz_over_the_mixer_to_a_second_try_at_paying(client: Client) -> None:
    result = client.get(RESULT).content.decode()
    mixer_address = next(
        unescape(href) for href in re.findall(r'href="([^"]+)"', result) if href.startswith("/mix/shampoo/")
    )
    mixer = client.get(mixer_address, follow=True).content.decode()

    assert "avoid=oat" in mixer_address
    assert "avoid=shea" in mixer_address
    assert re.findall(r'name="avoid"\s+value="([^"]+)"', mixer) == ["oat", "shea"]
    mix = dict(re.findall(r'name="(base|main|second)"[^>]*?value="([^"]+)"[^>]*?checked', mixer, re.DOTALL))
    assert set(mix) == {"base", "main", "second"}

    sent = {"recipe": "shampoo", **mix, "size": "250ml", "label": "Ada", "avoid": ["oat", "shea"]}
    assert client.post("/basket/add", sent, headers=ORIGIN).status_code == 302
    first = read(client.get("/checkout"))
    assert first.visible == ["email", "full_name", "postcode", "address_line1", "address_line2", "town"]

    hidden = {name: first.controls[name]["value"] for name in ("checkout_key", "shown_total", "shown_day")}
    placed = client.post("/checkout", {**hidden, **ADDRESS})
    again = read(client.get("/checkout"))

    assert placed["Location"].endswith("/pay")
    assert {name: again.controls[name]["value"] for name in TYPED} == {name: ADDRESS[name] for name in TYPED}
