"""Measures how soon pages answer a finger on a slow phone: `python -m docs.interactions` (needs Chromium).

From each tap or key to the next picture, as INP counts it, with the processor slowed down four times. `make lighthouse`
puts the figures in docs/lighthouse.md.
"""

import json
import os
import re
import shutil
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, sync_playwright

from tests.browser.looking import CHROMIUM_FLAGS
from tests.processes import Shop, open_shop

SLOWED = 4
ROUNDS = 3
SETTLED_MS = 700  # after each interaction: answers of the shop are shown, and what was measured is told
PHONE = {"width": 390, "height": 844}
MIX = "/mix/shampoo/warm-hearth/mend/quench"
OBSERVE = """new PerformanceObserver((list) => {
  for (const e of list.getEntries()) if (e.interactionId) console.debug(JSON.stringify(["INP", e.duration]));
}).observe({ type: "event", durationThreshold: 16, buffered: true });"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One kind of interaction: how many there were, and in ms (to the next 8) the middle one and the slowest.

    The browser tells of none that take less than 16 ms; they count as 16.
    """

    name: str
    count: int
    middle: int
    slowest: int


def choose(page: Page) -> Iterator[None]:
    for card in (
        "base-salt-meadow",
        "main-calm",
        "second-vivid",
        "base-warm-hearth",
        "main-gleam",
        "second-mend",
    ):
        page.locator(f"label[for={card}]").tap()
        yield


def type_name(page: Page) -> Iterator[None]:
    return type_into(page.locator("#label"), "Ada Bo")


def tick(page: Page) -> Iterator[None]:
    for at in range(4):
        page.locator("label.opt").nth(at).tap()
        yield


def go_on(page: Page) -> Iterator[None]:
    page.locator("button[name=at]").first.tap()
    yield


def type_quantity(page: Page) -> Iterator[None]:
    return type_into(page.locator("[name=quantity]"), "12")


def set_quantity(page: Page) -> Iterator[None]:
    page.get_by_role("button", name=re.compile("^Set")).tap()
    yield


def type_into(field: Locator, text: str) -> Iterator[None]:
    field.fill("")
    field.tap()
    yield
    for letter in text:
        field.press(letter)
        yield


def open_basket(page: Page) -> None:
    page.goto(MIX)
    page.get_by_role("button", name=re.compile("^Add to basket")).tap()
    page.wait_for_url("**/basket*")


def opens(path: str) -> Callable[[Page], None]:
    def open_it(page: Page) -> None:
        page.goto(path)

    return open_it


INTERACTIONS: dict[str, tuple[Callable[[Page], None], Callable[[Page], Iterator[None]]]] = {
    "mixer: choose a component": (opens("/mix/shampoo/"), choose),
    "mixer: tap the name, type a letter": (opens(MIX), type_name),
    "quiz: tick a need": (opens("/find/shampoo"), tick),
    "quiz: go on": (opens("/find/shampoo"), go_on),
    "basket: tap the number, type a digit": (open_basket, type_quantity),
    "basket: set the number": (open_basket, set_quantity),
}


def measure(browser: Browser, shop: Shop) -> list[Measured]:
    return [measure_one(browser, shop, name) for name in INTERACTIONS]


def measure_one(browser: Browser, shop: Shop, name: str) -> Measured:
    open_it, interact = INTERACTIONS[name]
    durations: list[float] = []
    for _round in range(ROUNDS):
        context = browser.new_context(viewport=PHONE, is_mobile=True, has_touch=True, base_url=shop.url)  # type: ignore[arg-type]
        page = context.new_page()
        page.add_init_script(OBSERVE)
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        open_it(page)
        page.wait_for_load_state("networkidle")
        told: list[float] = []
        page.on("console", partial(note_durations, told))
        for _interaction in interact(page):
            page.wait_for_timeout(SETTLED_MS)
            durations.append(max(told, default=16))
            told.clear()
        context.close()
    return Measured(name, len(durations), round(statistics.median(durations)), round(max(durations)))


def note_durations(told: list[float], message: ConsoleMessage) -> None:
    if message.text.startswith('["INP"'):
        told.append(json.loads(message.text)[1])


def write_section(measured: list[Measured]) -> list[str]:
    """The section of docs/lighthouse.md, in lines."""
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    return [
        "## From a tap or key to the next picture",
        "",
        f"`python -m docs.interactions`, Debian's Chromium, a phone whose processor is slowed down {SLOWED} times.",
        f"INP counts as good up to 200 ms; we aim at 100. Processes waiting for each processor meanwhile: {load:.1f}.",
        "",
        "| interaction | times | middle | slowest |",
        "| --- | ---: | ---: | ---: |",
        *(f"| {each.name} | {each.count} | {each.middle} ms | {each.slowest} ms |" for each in measured),
    ]


def find_chromium() -> str | None:
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def measure_interactions(shop: Shop, *, chromium: str) -> list[Measured]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        measured = measure(browser, shop)
        browser.close()
    return measured


def main() -> None:
    chromium = find_chromium()
    if chromium is None:
        sys.exit("There is no Chromium on this machine; `make browser` installs one on Debian.")
    with open_shop("redis", "web") as shop:
        print("\n".join(write_section(measure_interactions(shop, chromium=chromium))))


if __name__ == "__main__":
    main()
