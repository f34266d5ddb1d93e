"""A second look at a page in place finds what is wrong only there."""

import pytest
from playwright.sync_api import Browser

from tests.browser.looking import find_on_a_phone_in_the_dark, find_violations

pytestmark = pytest.mark.slow

PAGE = """<!doctype html><html lang=en><title>Tea</title><style>
  :root { color-scheme: light dark; color: light-dark(black, white); background: light-dark(white, black); }
  .pale { color: light-dark(black, #222); transition: color .5s; }
  .narrow { display: none; } @media (width < 40rem) { .narrow { display: block; } .wide { display: none; } }
</style><main><h1>Tea</h1>%s</main>"""


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>Green", []),
        ("<p class=pale>Green", ['color-contrast: ["p"]']),
        ("<img class=narrow src='data:,'>", ['image-alt: ["img"]']),
        ("<p class=wide>Green<h3 class=narrow>Black</h3>", ['heading-order: ["h3"]']),
        ("<p style='inline-size: 400px'>Green", ["scrolls sideways by 48 px"]),
    ],
)
def test_what_is_wrong_only_on_a_phone_in_the_dark_is_found(
    browser: Browser, html: str, found: list[str]
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_content(PAGE % html)

    assert find_violations(page) == []
    assert find_on_a_phone_in_the_dark(page) == [f"on a phone in the dark: {each}" for each in found]
    assert find_violations(page) == []

    page.close()
