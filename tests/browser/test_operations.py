"""The page of operations, full of trouble, has no violation, no complaint and no sideways scroll."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.looking import SIDEWAYS, find_violations_in_both_looks
from tests.browser.signing_in import signed_in
from tests.processes import Shop

pytestmark = pytest.mark.slow

TROUBLE = """
from datetime import timedelta
from django.utils import timezone
from orders.models import OutboxEntry, WebhookDelivery, WebhookEndpoint
from orders.pulse import show_life, take_turn
from tests.orders.make import make_client, make_job
now = timezone.now()
take_turn("worker", every=timedelta(0), now=now)
for name in ("worker", "relay"):
    show_life(name, now=now)
entry = make_job("failed").order.outbox_entries.first()
OutboxEntry.objects.filter(pk=entry.pk).update(state="dead", error="ValueError: " + "a_long_word_" * 12)
hook = WebhookEndpoint(client=make_client().row, url="https://m.example", created_at=now, failing_since=now)
hook.save()
WebhookDelivery.objects.create(endpoint=hook, message_id="m1", seq=1, status=500, milliseconds=5, at=now)
"""


@pytest.fixture(scope="module")
def troubled(shop: Shop) -> Shop:
    shop.manage("shell", "-v0", "-c", TROUBLE)
    return shop


@pytest.mark.usefixtures("troubled")
def test_it_is_for_every_screen(browser: Browser, shop: Shop) -> None:
    complaints: list[str] = []
    with signed_in(browser, shop, complaints=complaints, name="operator") as page:
        page.get_by_role("link", name=re.compile("^Operations")).click()

        expect(page.locator("h1")).to_have_text("Operations")
        expect(page.locator("main")).to_contain_text("a_long_word_")
        assert find_violations_in_both_looks(page) == []
        assert page.evaluate(SIDEWAYS) == 0
    assert complaints == []
