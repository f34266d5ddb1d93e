"""From an empty mixer to a shipped bottle, as shoppers with different browsers walk it."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import choose, open_checkout, order_mix
from tests.length import long_or_short
from tests.processes import Shop, open_shop

SHIPPED_WITHIN_SECONDS = 120
PAIRS = [(360, True), *long_or_short([(1280, False)], [])]


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """With worker and relay, as the others need no more than pages."""
    with open_shop("redis", "web", "worker", "relay") as opened:
        yield opened


@pytest.fixture(scope="module")
def key(shop: Shop) -> str:
    return shop.manage("create_fulfilment_key", "maker").strip()


def make_and_ship_everything(shop: Shop, key: str) -> None:
    """Play the fulfilment side over HTTP."""
    shop.manage("fulfilment_demo", "--url", shop.url, "--key", key, "--once", "--pause", "0")


def wait_for_stage(page: Page, stage: str) -> None:
    deadline = time.monotonic() + SHIPPED_WITHIN_SECONDS
    while page.locator(f"[data-stage={stage}].done").count() == 0:
        assert time.monotonic() < deadline, page.locator("main").inner_text()
        time.sleep(0.2)
        page.reload()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "javascript"), PAIRS
)  # test_buying walks to the payment on a desk without scripts, too
def test_a_guest_mixes_orders_pays_and_sees_her_bottle_shipped(
    open_page: OpenPage, shop: Shop, key: str, width: int, *, javascript: bool
) -> None:
    page = open_page("/", width=width, javascript=javascript)
    page.get_by_role("link", name="Mix it myself").click()

    choose(page, base="warm-hearth", main="mend", second="quench")
    page.locator("#label").fill("Ada")
    if javascript:
        page.locator("#label").blur()
    else:
        page.get_by_role("button", name="Update").click()
    expect(page.locator("#answer")).to_contain_text("Add to basket, £14.00")
    tracking = order_mix(page)

    expect(page.locator("main")).to_contain_text("Warm Hearth with Mend and Quench")
    expect(page.locator("main")).to_contain_text("made for Ada")
    expect(page.locator("main")).to_contain_text("£17.25")
    expect(page.locator("main")).to_contain_text("Leeds")
    expect(page.locator("main")).not_to_contain_text("Engine Street")
    expect(page.locator("[data-stage=shipped]")).to_contain_text("not yet")

    deadline = time.monotonic() + SHIPPED_WITHIN_SECONDS
    while "not yet" in page.locator("[data-stage=shipped]").inner_text() and time.monotonic() < deadline:
        make_and_ship_everything(shop, key)
        page.goto(tracking)
    wait_for_stage(page, "shipped")
    expect(page.locator("[aria-current=step]")).to_contain_text("Shipped")


@pytest.mark.slow
@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_checkout_with_missing_fields_says_which_and_keeps_the_rest(
    open_page: OpenPage, *, javascript: bool
) -> None:
    page = open_page("/mix/shampoo/salt-meadow/coil/quench?label=Bo", javascript=javascript)
    open_checkout(page)
    page.locator("[name=full_name]").fill("Bo Diddley")

    page.get_by_role("button", name="Pay £17.25").click()

    expect(page.get_by_role("alert")).to_contain_text("Enter your e-mail")
    expect(page.get_by_role("alert").get_by_role("link", name="Enter your town.")).to_have_attribute(
        "href", "#id_town"
    )
    expect(page.locator("[name=full_name]")).to_have_value("Bo Diddley")
    expect(page.get_by_role("heading", level=1)).to_have_text("Checkout")
