"""A Friday afternoon in the admin, step by step: a wrong rule is stopped, mended, published and taken back.

`walk` yields the name of each step with the page that shows it, so that a test can look at every page and a script can
take a picture of it.
"""

from collections.abc import Iterator

from playwright.sync_api import Page, expect

from tests.browser.rule_desk import save_rule, say_why, tick

NOTE = "Warm Hearth falls flat without Mend"
BROKEN = "/mix/shampoo/warm-hearth/vivid/quench"  # what the mended rule forbids
SEEN_WITHIN_MS = 1000


def walk(page: Page) -> Iterator[tuple[str, Page]]:
    """From the admin's index, signed in, and back to what was on sale before; needs the shipped catalogue."""
    yield "signed-in", page
    write_wrong_rule(page)
    yield "wrong-rule", page
    save_rule(page)
    open_publish_page(page)
    yield "stopped", page
    publish(page)
    expect(page.locator(".errorlist")).to_contain_text("Type “Shampoo” to confirm; nothing was published.")
    expect(page.locator("#id_note")).to_have_value(NOTE)
    yield "still-stopped", page
    mend_rule(page)
    yield "mended-rule", page
    save_rule(page)
    open_publish_page(page)
    expect(page.locator(".errornote")).to_have_count(0)
    yield "preview", page
    publish(page)
    expect(page.locator(".messagelist")).to_contain_text("is on sale now.")
    yield "published", page
    shop = open_shop_window(page)
    expect(shop.locator("main")).to_contain_text(NOTE)
    yield "in-the-shop", shop
    page.get_by_role("link", name="Take it back").click()
    yield "taking-back", page
    page.get_by_role("button", name="Put on sale again").click()
    expect(page.locator(".messagelist")).to_contain_text("is on sale now.")
    yield "taken-back", page
    page.wait_for_timeout(SEEN_WITHIN_MS)
    shop.reload()
    expect(shop.locator("main")).not_to_contain_text(NOTE)
    yield "in-the-shop-again", shop
    shop.close()


def write_wrong_rule(page: Page) -> None:
    """Warm Hearth needs Orchard Rain: both are bases, and a bottle has one, so nobody could have Warm Hearth."""
    open_desk(page)
    page.get_by_role("link", name="Write a rule").click()
    page.get_by_label("this needs that").check()
    tick(page, "left", "Warm Hearth")
    tick(page, "right", "Orchard Rain")
    say_why(page, NOTE)
    expect(page.locator("#effect")).to_contain_text("Warm Hearth")


def mend_rule(page: Page) -> None:
    """Warm Hearth needs Mend, as was meant."""
    open_desk(page)
    page.get_by_role("link", name="Edit the rule warm-hearth-orchard-rain here").click()
    tick(page, "right", "Orchard Rain")
    tick(page, "right", "Mend")
    page.get_by_label("Why this change?").fill("It named another base")


def open_desk(page: Page) -> None:
    page.goto("/admin/configurator/recipe/")
    page.get_by_role("link", name="Open the desk of Shampoo").click()


def open_publish_page(page: Page) -> None:
    page.get_by_role("link", name="Preview and publish").click()
    expect(page.locator("h1")).to_have_text("Publish Shampoo")


def publish(page: Page) -> None:
    page.locator("#id_note").fill(NOTE)
    page.get_by_role("button", name="Publish now").click()


def open_shop_window(page: Page) -> Page:
    """Another window of the same browser at the mix that the rule is about, a second after it was published."""
    page.wait_for_timeout(SEEN_WITHIN_MS)
    shop = page.context.new_page()
    shop.goto(BROKEN)
    return shop
