"""Every page of the URL map in a real browser: no axe violation, no sideways scroll, large targets, visible focus.

And in the reader's own colours: whatever is told by colour is told by something else, too.

The pages are those of `tests/pages/addresses/`, where each pattern must have one.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from config.processes import BASE_DIR
from tests.browser.forced_colours import find_unseen
from tests.browser.looking import find_violations, watch
from tests.processes import Shop, open_shop

pytestmark = pytest.mark.slow

SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 50);
})"""
SMALL_TARGETS = """() => [...document.querySelectorAll(
    "button, summary, select, input:not([type=hidden]), a.button, a.chip, nav a")]
  .filter((e) => e.checkVisibility() && !e.closest("label.opt"))
  .map((e) => ({ box: (e.closest("label") ?? e).getBoundingClientRect(), said: e.outerHTML.slice(0, 80) }))
  .filter(({ box }) => box.width > 1 && (box.height < 43.5 || box.width < 43.5))
  .map(({ box, said }) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${said}`)"""
UNSEEN_FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return "";
  const ringed = [e, e.closest("label")].some((x) => x && getComputedStyle(x).outlineStyle !== "none");
  const box = e.getBoundingClientRect();
  const y = Math.min(Math.max(box.y + box.height / 2, 1), innerHeight - 1);
  const top = document.elementFromPoint(box.x + box.width / 2, y);
  const covered = top && !e.contains(top) && !top.contains(e) && !top.closest("label")?.contains(e);
  return ringed && !covered ? "" : e.outerHTML.slice(0, 80);
}"""
MOST_TABS = 10


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """A shop without worker and relay: nothing moves on by itself while it is looked at."""
    with open_shop("redis", "web") as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(shop: Shop) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.browser.prepare_pages"],
        cwd=BASE_DIR, env=shop.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    assert len(found) > 20
    return found


def open_for(
    browser: Browser, shop: Shop, page: dict[str, Any], *, width: int
) -> tuple[BrowserContext, Page]:
    """A window of the shopper who was brought to a page, at that page."""
    context = browser.new_context(viewport={"width": width, "height": 800}, base_url=shop.url)
    context.add_cookies(
        [{"name": name, "value": value, "url": shop.url} for name, value in page["cookies"].items()]
    )
    opened = context.new_page()
    response = opened.goto(page["path"])
    assert response is not None
    assert response.status == page["status"], page["id"]
    return context, opened


@pytest.mark.parametrize("width", [1280, 360])
def test_no_page_has_a_violation_in_light_or_dark_or_shifts_while_it_loads(
    browser: Browser, shop: Shop, pages: list[dict[str, Any]], width: int
) -> None:
    found = []
    for page in pages:
        context, opened = open_for(browser, shop, page, width=width)
        complaints: list[str] = []
        watch(opened, complaints)
        shift = opened.evaluate(SHIFTS)
        if shift > 0.02:
            found.append(f"{page['id']}: it shifts by {shift:.3f}")
        for scheme in ("light", "dark"):
            opened.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found += [
                f"{page['id']}, {scheme}: {each}"
                for each in find_violations(opened, only_colours=scheme == "dark")
            ]
        found += [f"{page['id']}: {each}" for each in complaints]
        context.close()

    assert found == []


def test_no_page_scrolls_sideways_or_has_small_targets_or_unseen_focus_on_a_narrow_phone(
    browser: Browser, shop: Shop, pages: list[dict[str, Any]]
) -> None:
    found = []
    for page in pages:
        context, opened = open_for(browser, shop, page, width=320)
        wide = opened.evaluate("document.documentElement.scrollWidth")
        if wide > 320:
            found.append(f"{page['id']}: {wide} px wide")
        found += [f"{page['id']}: {each}" for each in opened.evaluate(SMALL_TARGETS)]
        for _ in range(MOST_TABS):
            opened.keyboard.press("Tab")
            if unseen := opened.evaluate(UNSEEN_FOCUS):
                found.append(f"{page['id']}: focus is not seen on {unseen}")
        context.close()

    assert found == []


def test_every_page_shows_controls_states_and_focus_when_colours_are_forced(
    browser: Browser, shop: Shop, pages: list[dict[str, Any]]
) -> None:
    found = []
    for page in pages:
        context, opened = open_for(browser, shop, page, width=1280)
        found += [f"{page['id']}: {each}" for each in find_unseen(opened)]
        context.close()

    assert found == []
