"""axe finds nothing on pages that `test_every_page.py` does not reach, on a phone and on a desk, light and dark."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import CUSTOMER, find_violations_in_both_looks, open_checkout, order_mix
from tests.configurator.bicycle_judge import starter

pytestmark = pytest.mark.slow

MONDAY = "/".join(starter("Monday").values())
BICYCLE_PAGES = {
    "empty bicycle": "/mix/bicycle/",
    "half a bicycle": "/mix/bicycle/?frame=curlew-gravel&colour=brick&tyres=bramble-47&open=wheels-and-brakes",
    "whole bicycle": f"/mix/bicycle/{MONDAY}?open=drive&label=Ada",
    "broken bicycle": f"/mix/bicycle/{MONDAY}".replace("wide-guards", "clip-guards"),
}


@pytest.mark.parametrize("path", BICYCLE_PAGES.values(), ids=BICYCLE_PAGES)
@pytest.mark.usefixtures("bicycle")
def test_a_page_of_many_slots_has_no_violation(open_page: OpenPage, path: str) -> None:
    page = open_page(path)
    for details in page.locator("summary").all():
        details.click()

    assert find_violations_in_both_looks(page) == []


@pytest.mark.usefixtures("bicycle")
def test_a_basket_and_a_checkout_of_many_parts_have_no_violation(open_page: OpenPage) -> None:
    page = open_page(BICYCLE_PAGES["whole bicycle"])
    page.get_by_role("button", name="Add to basket").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your basket")
    assert find_violations_in_both_looks(page) == []

    page.get_by_role("link", name="Go to checkout").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Checkout")
    for details in page.locator("main summary").all():
        details.click()
    assert find_violations_in_both_looks(page) == []


def test_a_checkout_that_was_sent_empty_has_no_violation(open_page: OpenPage) -> None:
    page = open_page("/mix/shampoo/warm-hearth/mend/quench?label=Ada")
    open_checkout(page)

    page.get_by_role("button", name="Pay £17.25").click()

    expect(page.get_by_role("alert")).to_contain_text("Enter your e-mail")
    assert find_violations_in_both_looks(page) == []


def test_a_page_with_an_order_shows_no_customer_to_strangers(open_page: OpenPage) -> None:
    tracking = order_mix(open_page("/mix/shampoo/warm-hearth/mend/quench"))

    stranger = open_page(tracking)

    expect(stranger.get_by_role("heading", name="Where it is")).to_be_visible()
    said = stranger.content()
    assert CUSTOMER["email"] not in said
    assert CUSTOMER["address_line1"] not in said
    assert CUSTOMER["full_name"] not in said
