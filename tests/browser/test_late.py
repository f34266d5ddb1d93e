"""An order that is late, as its buyer meets it in a browser: told why, and asked what to do.

For axe `test_every_page.py` opens the same pages.
"""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import order_mix
from tests.processes import Shop

pytestmark = pytest.mark.slow

MIX = "/mix/shampoo/warm-hearth/mend/quench?label=Ada"
MAKE_LATE = """
from datetime import timedelta
from django.utils import timezone
from orders.lateness import tell_of_slips
from orders.models import Order
order = Order.objects.latest("id")
yesterday = timezone.localdate() - timedelta(days=1)
Order.objects.filter(pk=order.pk).update(made_on=yesterday, expected_on=yesterday, promised_on=yesterday)
tell_of_slips(now=timezone.now())
"""


@pytest.mark.parametrize(("width", "javascript"), [(1280, True), (360, False)])
def test_who_is_told_that_it_is_late_chooses_to_wait(
    open_page: OpenPage, shop: Shop, width: int, *, javascript: bool
) -> None:
    page = open_page(MIX, width=width, javascript=javascript)
    order_mix(page)
    shop.manage("shell", "-v0", "-c", MAKE_LATE)

    page.reload()

    expect(page.get_by_role("heading", name="It is late. What shall we do?")).to_be_visible()
    expect(page.get_by_role("link", name="Cancel it and get £17.25 back")).to_be_visible()
    page.get_by_role("button", name="Wait for it until").click()
    expect(page.get_by_text("Thank you for waiting.")).to_be_visible()


def test_who_does_not_want_to_wait_changes_it_with_two_clicks(open_page: OpenPage, shop: Shop) -> None:
    page = open_page(MIX, width=360)
    order_mix(page)
    shop.manage("shell", "-v0", "-c", MAKE_LATE)
    page.reload()

    page.get_by_role("link", name="Change it", exact=True).click()
    page.get_by_role("button", name="Cancel it and change the mixes").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your basket")
    expect(page.get_by_text("£17.25 goes back to you the way you paid.")).to_be_visible()
    expect(page.get_by_text("Warm Hearth with Mend and Quench").first).to_be_visible()
