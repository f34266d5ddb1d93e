"""What browser tests do with a page: look for complaints, run axe, walk the shop."""

import os
import re
import shutil
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, expect

CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")  # the quickest first
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
AXE_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "preload": False,  # axe would fetch style sheets, which a strict content policy refuses
    "resultTypes": [
        "violations"
    ],  # else it describes every element that passes, which takes longer than to judge it
}
LOOKS_MATTER_TO = ("color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size")
RUN_AXE = """async (options) => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));  // who listens has been told
  await Promise.allSettled(document.getAnimations().map((each) => each.finished));  // colours that fade are between two
  const { violations } = await axe.run(options);
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${JSON.stringify(node.target)}`));
}"""
REMEMBER_WHAT_IS_SHOWN = """() => {
  window.findShown = () =>
    [...document.body.querySelectorAll("*")].filter((e) => e.checkVisibility({ visibilityProperty: true }));
  window.shownBefore = findShown();
}"""
IS_SHOWN_STILL = """() => {
  const shown = findShown();
  return shown.length === shownBefore.length && shown.every((e, i) => e === shownBefore[i]);
}"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUSTOMER = {
    "email": "ada@example.org",
    "full_name": "Ada Lovelace",
    "postcode": "ls1 4ap",
    "address_line1": "12 Engine Street",
    "town": "Leeds",
}


REMARKS = (  # what browser and htmx say of any answer that is a 4xx, or that a newer request has overtaken
    "Failed to load resource",
    "htmx:afterRequest",
    "htmx:sendAbort",
    "Response Status Error Code",
)
# A busy machine shows the next page before the fading over to it can begin, and leaves that out: nothing is missing.
GIVEN_UP = "Transition was aborted because of invalid state"


def find_chromium() -> str | None:
    """The program to look with: CHROMIUM if it is set, else the first that is installed."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)


def watch(page: Page, complaints: list[str]) -> None:
    """Note errors of scripts and of the content policy."""

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(REMARKS):
            complaints.append(f"{page.url}: {message.text}")

    def note_error(error: Error) -> None:
        if not error.message.startswith(GIVEN_UP):
            complaints.append(f"{page.url}: {error}")

    page.on("console", note)
    page.on("pageerror", note_error)


def bring_axe(context: BrowserContext) -> None:
    """Every page that is opened there from now on has axe: quicker than to send it to each, where most are judged."""
    context.add_init_script(AXE_SCRIPT)


def find_violations(page: Page) -> list[str]:
    """What axe has against a page, one line each."""
    return _run_axe(page, AXE_RULES)


def find_violations_in_both_looks(page: Page) -> list[str]:
    """On a page that is wide and light, and then narrow and dark."""
    return [*find_violations(page), *find_on_a_phone_in_the_dark(page)]


def find_on_a_phone_in_the_dark(page: Page) -> list[str]:
    """What is wrong with a page that was looked at wide and light, when it is narrow and dark.

    Only rules that judge colours and places are asked again, but all of them where another element is shown then, or
    one is not shown any more. It is wide and light again afterwards.
    """
    wide = page.viewport_size
    assert wide is not None
    page.evaluate(REMEMBER_WHAT_IS_SHOWN)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 360, "height": 780})
    found = _run_axe(page, _only(*LOOKS_MATTER_TO) if page.evaluate(IS_SHOWN_STILL) else AXE_RULES)
    if too_wide := page.evaluate(SIDEWAYS):
        found.append(f"scrolls sideways by {too_wide} px")
    page.set_viewport_size(wide)
    page.emulate_media(color_scheme="light")
    return [f"on a phone in the dark: {each}" for each in found]


def _only(*rules: str) -> dict[str, Any]:
    return {**AXE_RULES, "runOnly": {"type": "rule", "values": [*rules]}}


def _run_axe(page: Page, options: dict[str, Any]) -> list[str]:
    if not page.evaluate("typeof window.axe?.run === 'function'"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(RUN_AXE, options)
    return found


def choose(page: Page, **mix: str) -> None:
    """Choose components in the mixer as a person does, by their cards."""
    for slot, component in mix.items():
        page.locator(f"label[for={slot}-{component}]").click()


def fill_checkout(page: Page) -> None:
    for name, value in CUSTOMER.items():
        page.locator(f"[name={name}]").fill(value)


def open_checkout(page: Page) -> None:
    """From a complete mix in the mixer to the checkout of a basket with it."""
    page.get_by_role("button", name=re.compile("^Add to basket")).click()
    page.get_by_role("link", name="Go to checkout").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Checkout")


def order_mix(page: Page) -> str:
    """From a complete mix in the mixer to a paid order; gives the address of its tracking page."""
    open_checkout(page)
    fill_checkout(page)
    page.get_by_role("button", name=re.compile("^Pay £")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Payment")
    page.get_by_role("button", name=re.compile("^Pay £")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    page.get_by_role("link", name="Follow your order").click()
    expect(page.get_by_role("heading", name="Where it is")).to_be_visible()
    return page.url
