"""A real shop and a real Chromium for the tests that look at pages as people do."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.looking import CHROMIUM_FLAGS, find_chromium, watch
from tests.processes import Shop, open_shop

OpenPage = Callable[..., Page]

expect.set_options(timeout=30_000)  # ms; what comes late on a busy machine has come


@pytest.fixture(scope="session")
def shop() -> Iterator[Shop]:
    """A shop with the shipped catalogue, without worker and relay: nothing moves on by itself."""
    with open_shop("redis", "web") as opened:
        yield opened


@pytest.fixture(scope="session")
def bicycle(shop: Shop) -> Shop:
    """The same shop with the second shipped product on sale."""
    shop.manage("load_catalogue", "bicycle")
    return shop


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium per module: a running Playwright would be in the way of other modules' database."""
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("there is no Chromium on this machine (make browser installs one on Debian)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser, shop: Shop) -> Iterator[OpenPage]:
    """Opens an address of the shop in a window of its own; fails the test on any complaint in the console."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_at(
        path: str,
        *,
        width: int = 1280,
        javascript: bool = True,
        scheme: str = "light",
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800},
            java_script_enabled=javascript,
            color_scheme="dark" if scheme == "dark" else "light",
            base_url=shop.url,
        )
        contexts.append(context)
        page = context.new_page()
        watch(page, complaints)
        page.goto(path)
        return page

    yield open_at
    complained = [*complaints]  # what a page says that is being closed is no shopper's trouble
    for context in contexts:
        context.close()
    assert complained == []
