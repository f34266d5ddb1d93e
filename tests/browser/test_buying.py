"""The ways to a paid bottle, and out of an order again, walked in a browser with and without scripts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import choose, open_checkout, order_mix
from tests.processes import Shop, open_shop

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize(
        ("width", "javascript"), [(360, True), (1280, False)], ids=["phone-with-scripts", "desk-without"]
    ),
]

DEARER = """
from django.contrib.auth import get_user_model
from django.utils import timezone
from configurator.models import Recipe, Size
from configurator.publishing import publish_recipe
Size.objects.filter(slug="250ml").update(price={price})
publish_recipe(Recipe.objects.get(slug="shampoo"), by=None, note="price", now=timezone.now())
"""


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """A shop of its own: prices change here, and no order moves on."""
    with open_shop("redis", "web") as opened:
        yield opened


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def test_from_a_starter(open_page: OpenPage, width: int, *, javascript: bool) -> None:
    page = open_page("/", width=width, javascript=javascript)

    page.locator("#starters a", has_text="Slow Sunday").click()
    expect(page.locator("#answer")).to_contain_text("Add to basket, £14.00")
    order_mix(page)

    expect(page.locator("main")).to_contain_text("Warm Hearth with Mend and Quench")


def test_from_the_quiz(open_page: OpenPage, width: int, *, javascript: bool) -> None:
    page = open_page(
        "/find/shampoo?need=strength&need=moisture&at=result", width=width, javascript=javascript
    )

    order_mix(page)

    expect(page.locator("main")).to_contain_text("with Mend and Quench")


def test_from_a_mix_that_clashes_by_the_repair_it_offers(
    open_page: OpenPage, width: int, *, javascript: bool
) -> None:
    page = open_page("/mix/shampoo/", width=width, javascript=javascript)
    choose(page, base="warm-hearth", main="mend", second="gleam")
    if not javascript:
        page.get_by_role("button", name="Update").click()
    expect(page.locator("#answer")).to_contain_text("This one does not work")

    repair = page.locator(".repair").first
    repaired = repair.inner_text()
    repair.click()
    order_mix(page)

    assert "instead of" in repaired
    expect(page.get_by_role("heading", name="Where it is")).to_be_visible()


def test_a_payment_that_fails_is_resumed(open_page: OpenPage, width: int, *, javascript: bool) -> None:
    page = open_page("/mix/shampoo/salt-meadow/coil/quench", width=width, javascript=javascript)
    open_checkout(page)
    for name in ("email", "full_name", "postcode", "address_line1", "town"):
        page.locator(f"[name={name}]").fill("bo@example.org" if name == "email" else "Bo")
    page.get_by_role("button", name="Pay £17.25").click()

    page.get_by_role("button", name="Let the payment fail").click()
    expect(page.get_by_role("alert")).to_contain_text("nothing was charged")
    page.get_by_role("button", name="Pay £17.25").click()

    assert heading(page) == "Thank you"


def test_a_price_that_changed_on_the_way_is_said_and_agreed_to(
    open_page: OpenPage, shop: Shop, width: int, *, javascript: bool
) -> None:
    page = open_page("/mix/shampoo/warm-hearth/mend/quench", width=width, javascript=javascript)
    page.get_by_role("button", name=re.compile("^Add to basket")).click()
    shop.manage("shell", "-v0", "-c", DEARER.format(price=1500))
    try:
        page.reload()
        expect(page.locator("main")).to_contain_text("£14.00")
        page.get_by_role("button", name=re.compile("£15.00")).click()
        page.get_by_role("link", name="Go to checkout").click()

        expect(page.get_by_role("button", name="Pay £18.25")).to_be_visible()
    finally:
        shop.manage("shell", "-v0", "-c", DEARER.format(price=1400))


def test_an_order_is_cancelled_in_two_clicks(open_page: OpenPage, width: int, *, javascript: bool) -> None:
    page = open_page("/mix/shampoo/warm-hearth/mend/quench", width=width, javascript=javascript)
    order_mix(page)

    page.get_by_role("link", name=re.compile("^Cancel")).click()
    page.get_by_role("button", name=re.compile("^Cancel")).click()

    expect(page.locator("main")).to_contain_text("cancelled")
    expect(page.locator("main")).to_contain_text("£17.25")
