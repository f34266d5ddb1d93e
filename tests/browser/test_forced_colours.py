"""The look for what forced colours take away finds it."""

import pytest
from playwright.sync_api import Browser

from tests.browser.forced_colours import find_unseen

pytestmark = pytest.mark.slow

STYLE = """
  button, a { border: 0; background: teal; color: white; text-decoration: none; }
  [aria-current], [aria-pressed=true], .done, .opt:has(:checked) { color: red; box-shadow: 0 0 0 4px; }
  .lined { border: 1px solid; } .seen[aria-current] { border-width: 3px; }
  .unringed:focus-visible { outline: 0; box-shadow: 0 0 0 4px; }
"""


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<button>Pay</button>", ["nothing tells that this is a control: <button>Pay</button>"]),
        ("<button class=lined>Pay</button>", []),
        ("<p><a href=/>Tea</a></p>", []),
        (
            "<p><a class=button href=/>Tea</a></p>",
            ['nothing tells that this is a control: <a class="button" href="/">Tea</a>'],
        ),
        (
            "<a class=lined href=/ aria-current=page>Tea</a>",
            ['its state is told by colour alone: <a class="lined" href="/" aria-current="page">Tea</a>'],
        ),
        ("<a class='lined seen' href=/ aria-current=page>Tea</a>", []),
        (
            "<button class=lined aria-pressed=false>A gift</button>",
            ['its state is told by colour alone: <button class="lined" aria-pressed="false">A gift</button>'],
        ),
        (
            "<ol><li class=done>Made</ol>",
            ['its state is told by colour alone: <li class="done">Made</li>'],
        ),
        (
            "<label class=opt><input type=radio checked></label>",
            [
                'a card without an edge: <input type="radio" checked="">',
                'its state is told by colour alone: <label class="opt"><input type="radio" checked=""></label>',
            ],
        ),
        (
            "<button class='lined unringed'>Pay</button>",
            ['focus is not seen on <button class="lined unringed">Pay</button>'],
        ),
    ],
)
def test_what_only_a_colour_tells_is_found(browser: Browser, html: str, found: list[str]) -> None:
    page = browser.new_page()
    page.set_content(f"<!doctype html><style>{STYLE}</style>{html}")

    assert find_unseen(page) == found

    page.close()
