"""Every page that an address shows, in a browser: no axe violation, no sideways scroll, large targets, visible focus.

And in the reader's own colours: whatever is told by colour is told by something else, too.

The pages are those of `tests/pages/addresses/`, where each pattern must have one. What only a form shows is named here;
`test_axe.py` looks at one such page.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from config.processes import BASE_DIR
from tests.browser.forced_colours import find_unseen
from tests.browser.looking import find_violations_in_both_looks, watch
from tests.pages.samples import Kind, all_samples
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
MOST_SHIFT = 0.02
SHOWN_BY_A_FORM = {
    "configurator:leave_out, a search that was not sent",
    "orders:checkout, sent empty",
    "orders:checkout, at a total that has changed",
    "orders:cancel, begun while she read",
    "orders:address, sent empty",
    "orders:address, sent too late",
    "orders:wait, for what has moved on",
    "orders:change, begun while she read",
    "no pattern, a form without its token",
    "no pattern, a form from elsewhere",
}


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
    registered = {sample.id for sample in all_samples(Kind.PAGE)}
    assert {page["id"] for page in found} == registered - SHOWN_BY_A_FORM
    return found


@contextmanager
def window_for(
    browser: Browser, shop: Shop, page: dict[str, Any], *, complaints: list[str]
) -> Iterator[Page]:
    """A window of the shopper who was brought to a page."""
    context = browser.new_context(base_url=shop.url)
    context.add_cookies(
        [{"name": name, "value": value, "url": shop.url} for name, value in page["cookies"].items()]
    )
    opened = context.new_page()
    watch(opened, complaints)
    yield opened
    context.close()


def test_every_page_is_sound_on_a_desk_and_on_a_phone_in_light_in_the_dark_and_in_colours_that_are_forced(
    browser: Browser, shop: Shop, pages: list[dict[str, Any]]
) -> None:
    found = []
    for page in pages:
        complaints: list[str] = []
        with window_for(browser, shop, page, complaints=complaints) as opened:
            seen = [*look_on_a_desk(opened, page), *look_on_a_phone(opened, page), *complaints]
        found += [f"{page['id']}: {each}" for each in seen]

    assert found == []


def look_on_a_desk(opened: Page, page: dict[str, Any]) -> list[str]:
    """In light, then narrow and dark without loading it again, and last in forced colours."""
    show(opened, page, width=1280)
    found = [*find_shift(opened), *find_violations_in_both_looks(opened), *find_unseen(opened)]
    opened.emulate_media(forced_colors="none")
    return found


def look_on_a_phone(opened: Page, page: dict[str, Any]) -> list[str]:
    """Loaded there; the focus in the dark."""
    show(opened, page, width=320)
    found = [*find_shift(opened), *find_overflow(opened), *opened.evaluate(SMALL_TARGETS)]
    opened.emulate_media(color_scheme="dark")
    opened.set_viewport_size({"width": 360, "height": 800})
    found += find_unseen_focus(opened)
    opened.emulate_media(color_scheme="light")
    return found


def show(opened: Page, page: dict[str, Any], *, width: int) -> None:
    opened.set_viewport_size({"width": width, "height": 800})
    response = opened.goto(page["path"])
    assert response is not None
    assert response.status == page["status"], page["id"]


def find_shift(page: Page) -> list[str]:
    shift = page.evaluate(SHIFTS)
    return [f"it shifts by {shift:.3f}"] if shift > MOST_SHIFT else []


def find_overflow(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{wide} px wide"] if wide > 320 else []


def find_unseen_focus(page: Page) -> list[str]:
    found = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if unseen := page.evaluate(UNSEEN_FOCUS):
            found.append(f"focus is not seen on {unseen}")
    return found
