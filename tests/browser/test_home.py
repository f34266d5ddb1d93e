"""The home page, shared mixes and printed orders in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import SIDEWAYS, order_mix

pytestmark = pytest.mark.slow

FIRST_LOOK = 900  # px


def test_what_it_costs_and_when_it_comes_is_seen_at_the_first_look(open_page: OpenPage) -> None:
    page = open_page("/", width=360)

    for words in ("£14.00", "Delivery £3.25, free from £28.00", "with you by"):
        said = page.locator(".terms li", has_text=words)
        box = said.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < FIRST_LOOK
    doors = page.locator(".drawer-front")
    expect(doors).to_have_count(3)
    last = doors.last.bounding_box()
    assert last is not None
    assert last["y"] + last["height"] < FIRST_LOOK


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_priced_mix_that_can_be_ordered_is_two_clicks_away(
    open_page: OpenPage, *, javascript: bool
) -> None:
    page = open_page("/", width=360, javascript=javascript)

    page.get_by_role("link", name="Start from a mix").click()
    page.get_by_role("link", name="Slow Sunday").click()

    expect(page.locator("#answer button", has_text="£14.00")).to_be_visible()
    expect(page.locator("#main-mend")).to_be_checked()


@pytest.mark.parametrize("path", ["/", "/mix/", "/nowhere"])
def test_on_the_narrowest_phone_nothing_scrolls_sideways_and_targets_are_large(
    open_page: OpenPage, path: str
) -> None:
    page = open_page(path, width=320)

    assert page.evaluate("document.documentElement.scrollWidth") == 320
    heights = page.locator("header a, .drawer-front, .standing, .door, .button, .way").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44


def test_the_home_page_takes_six_requests_none_of_them_for_a_script_and_leaves_no_cookie(
    open_page: OpenPage,
) -> None:
    page = open_page("about:blank")
    sizes: dict[str, int] = {}
    page.on(
        "requestfinished", lambda request: sizes.update({request.url: request.sizes()["responseBodySize"]})
    )

    page.goto("/")
    page.wait_for_load_state("networkidle")

    print({url.split("/")[-1][:30]: size for url, size in sizes.items()})
    assert len(sizes) <= 6
    assert not [url for url in sizes if url.endswith(".js")]
    assert page.context.cookies() == []


def test_a_shared_mix_is_linked_to_and_taken_back(open_page: OpenPage) -> None:
    page = open_page("/mix/shampoo/warm-hearth/mend/quench")
    page.locator(".tools summary").click()
    page.get_by_role("button", name="Share it as a page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Warm Hearth with Mend and Quench")
    expect(page.get_by_label("Link to this page")).to_have_value(page.url)
    expect(page.get_by_role("link", name="Make it mine")).to_have_attribute(
        "href", "/mix/shampoo/warm-hearth/mend/quench"
    )
    assert page.evaluate(SIDEWAYS) == 0

    page.get_by_role("button", name="Take it back").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("This mix was taken back")


def test_an_order_prints_on_one_clean_page(open_page: OpenPage) -> None:
    page = open_page("/mix/shampoo/warm-hearth/mend/quench", scheme="dark")
    order_mix(page)

    printed = page.pdf(format="A4")
    page.emulate_media(media="print")

    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
    for hidden in (".top nav", ".foot", ".skip"):
        expect(page.locator(hidden)).to_be_hidden()
    expect(page.locator("h1")).to_be_visible()
    colours = page.evaluate(
        "[getComputedStyle(document.documentElement).backgroundColor, getComputedStyle(document.body).color]"
    )
    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
