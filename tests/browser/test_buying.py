"""The ways to a paid bottle, and out of an order again, walked on phone and desk, with and without scripts."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import CUSTOMER, choose, fill_checkout, open_checkout, order_mix
from tests.browser.staff import Staff, open_staff
from tests.length import long_or_short
from tests.processes import Shop, open_shop

PAIRS = [(360, True), (1280, False), *long_or_short([(360, False), (1280, True)], [])]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize(("width", "javascript"), PAIRS),
]


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """A shop of its own: prices change here, and no order moves on."""
    with open_shop("redis", "web") as opened:
        yield opened


@pytest.fixture(scope="module")
def staff(shop: Shop) -> Iterator[Staff]:
    with open_staff(shop) as opened:
        yield opened


def expect_heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


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
    fill_checkout(page)
    page.get_by_role("button", name="Pay £17.25").click()

    page.get_by_role("button", name="Let the payment fail").click()
    expect(page.get_by_role("alert")).to_contain_text("nothing was charged")
    page.get_by_role("button", name="Pay £17.25").click()

    expect_heading(page, "Thank you")


def test_a_price_that_changed_on_the_way_is_said_and_agreed_to(
    open_page: OpenPage, staff: Staff, width: int, *, javascript: bool
) -> None:
    page = open_page("/mix/shampoo/warm-hearth/mend/quench", width=width, javascript=javascript)
    page.get_by_role("button", name=re.compile("^Add to basket")).click()
    expect_heading(page, "Your basket")
    staff.set_price("250ml", 1500)
    try:
        page.reload()
        expect(page.locator("main")).to_contain_text("£14.00")
        page.get_by_role("button", name=re.compile("£15.00")).click()
        page.get_by_role("link", name="Go to checkout").click()

        expect(page.get_by_role("button", name="Pay £18.25")).to_be_visible()
    finally:
        staff.set_price("250ml", 1400)


def test_a_rule_that_forbids_her_mix_before_she_pays_costs_her_one_click_and_nothing_she_typed(
    open_page: OpenPage, staff: Staff, width: int, *, javascript: bool
) -> None:
    page = open_page("/mix/shampoo/salt-meadow/lift/coil?label=Ada", width=width, javascript=javascript)
    open_checkout(page)
    fill_checkout(page)
    staff.forbid("lift", "coil", "Coil's butter weighs Lift down")
    try:
        page.get_by_role("button", name="Pay £17.25").click()
        expect(page.locator("main")).to_contain_text("Coil's butter weighs Lift down.")
        told = page.locator("main").inner_text()
        page.locator(".line-note").get_by_role("button", name=re.compile("instead of")).first.click()
        page.get_by_role("link", name="Go to checkout").click()
        expect_heading(page, "Checkout")
        typed = {name: page.locator(f"[name={name}]").input_value() for name in CUSTOMER}
        page.get_by_role("button", name="Pay £17.25").click()
        expect_heading(page, "Payment")
        page.get_by_role("button", name="Pay £17.25").click()

        expect_heading(page, "Thank you")
        expect(page.locator("main")).to_contain_text("made for Ada")
        assert "We do not make this mix any more" in told
        assert "Nothing was ordered. What you typed is kept for the checkout." in told
        assert typed == CUSTOMER
    finally:
        staff.allow_again()


def test_an_order_is_cancelled_in_two_clicks(open_page: OpenPage, width: int, *, javascript: bool) -> None:
    page = open_page("/mix/shampoo/warm-hearth/mend/quench", width=width, javascript=javascript)
    order_mix(page)

    page.get_by_role("link", name=re.compile("^Cancel")).click()
    page.get_by_role("button", name=re.compile("^Cancel")).click()

    expect(page.locator("main")).to_contain_text("cancelled")
    expect(page.locator("main")).to_contain_text("£17.25")
