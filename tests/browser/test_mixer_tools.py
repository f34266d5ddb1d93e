"""Undo, surprise, link and comparison in a real browser; the name on the label; what the sticky bar hides."""

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import choose

pytestmark = pytest.mark.slow

WITH_AND_WITHOUT = pytest.mark.parametrize(
    "javascript", [True, False], ids=["with-javascript", "without-javascript"]
)
MIX = "/mix/shampoo/warm-hearth/lift/coil"
BASKET = re.compile("^Add to basket")


def update(page: Page, *, javascript: bool) -> None:
    if not javascript:
        page.get_by_role("button", name="Update").click()


@WITH_AND_WITHOUT
def test_a_choice_is_undone_by_one_click(open_page: OpenPage, *, javascript: bool) -> None:
    page = open_page(MIX, javascript=javascript)
    expect(page.get_by_text("Undo")).to_have_count(0)

    choose(page, main="calm")
    update(page, javascript=javascript)
    page.get_by_role("link", name="Undo: Main shot back to Lift").click()

    expect(page).to_have_url(re.compile(f"{MIX}$"))
    expect(page.locator("#main-lift")).to_be_checked()


@WITH_AND_WITHOUT
def test_what_depends_on_the_state_follows_each_choice(open_page: OpenPage, *, javascript: bool) -> None:
    page = open_page("/mix/shampoo/?base=warm-hearth&main=lift&avoid=nuts", javascript=javascript)
    expect(page.get_by_role("link", name="Compare")).to_have_count(0)

    choose(page, second="coil")
    update(page, javascript=javascript)
    expect(page).to_have_url(re.compile("/warm-hearth/lift/coil"))
    choose(page, main="calm")
    update(page, javascript=javascript)

    mix = "warm-hearth/calm/coil"
    expect(page.get_by_role("link", name="Compare")).to_have_attribute(
        "href", f"/mix/shampoo/compare?a={mix}&avoid=nuts"
    )
    expect(page.locator("#left-out a")).to_have_attribute(
        "href", re.compile(re.escape(quote(f"/mix/shampoo/{mix}?avoid=nuts", safe="")))
    )
    expect(page.locator("#copy-link")).to_have_value(re.compile(f"/mix/shampoo/{mix}$"))
    expect(page.locator("#share input[name=main]")).to_have_value("calm")
    expect(page.locator("#answer .undo")).to_have_text("Undo: Main shot back to Lift")


@WITH_AND_WITHOUT
def test_a_surprise_can_be_had_keeps_the_name_typed_and_can_be_undone(
    open_page: OpenPage, *, javascript: bool
) -> None:
    page = open_page("/mix/shampoo/", javascript=javascript)
    page.locator("#label").fill("Ada")

    page.get_by_role("button", name="Surprise me").click()

    expect(page.get_by_role("button", name=BASKET)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/mix/shampoo/[a-z-]+/[a-z-]+/[a-z-]+\?label=Ada$"))
    page.get_by_role("link", name="Undo the last change").click()
    expect(page.locator("#answer")).to_contain_text("183 mixes are open to you")


def test_the_link_is_copied_and_it_is_said(open_page: OpenPage) -> None:
    page = open_page(MIX)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    choose(page, main="calm")
    expect(page.locator("#copy-link")).to_have_value(re.compile("warm-hearth/calm/coil$"))

    page.get_by_text("Copy link").click()
    page.get_by_role("button", name="Copy", exact=True).click()

    expect(page.locator("#copied")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#copy-link").input_value()


def test_without_a_script_the_link_can_be_read_and_no_dead_button_shows(open_page: OpenPage) -> None:
    page = open_page(MIX, javascript=False)

    page.get_by_text("Copy link").click()

    expect(page.get_by_label("Link to this mix")).to_have_value(re.compile(f"{MIX}$"))
    expect(page.get_by_role("button", name="Copy", exact=True)).to_have_count(0)


@WITH_AND_WITHOUT
def test_from_a_mix_to_a_comparison_and_back_with_the_other(open_page: OpenPage, *, javascript: bool) -> None:
    page = open_page(f"{MIX}?size=50ml", width=320, javascript=javascript)

    page.get_by_role("link", name="Compare").click()
    page.get_by_role("link", name="Calm (Main shot)").click()
    expect(page.get_by_role("rowheader", name="Main shot differs")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Base blend", exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.get_by_role("link", name="Take this one (Warm Hearth with Calm and Coil)").click()

    expect(page).to_have_url(re.compile("/mix/shampoo/warm-hearth/calm/coil.size=50ml$"))


NAMES = [
    "Wilhelmina Featherstone",
    "W" * 24,
    "私" * 24,
    "Schwarzwälderkirschtorte",
    "محمد عبد الرحمن",
    "Mo Wo Ma Wa Mo Wo Ma Wa",
]


def assert_fits(page: Page, name: str) -> None:
    label = page.locator("#bottle-label")
    expect(label).to_have_text(name)
    paper = label.page.locator(".bottle .paper").bounding_box()
    assert paper is not None
    for span in label.locator("tspan").all():
        line = span.bounding_box()
        assert line is not None
        assert paper["x"] < line["x"] < line["x"] + line["width"] < paper["x"] + paper["width"]
        assert paper["y"] < line["y"] < line["y"] + line["height"] < paper["y"] + paper["height"]


@WITH_AND_WITHOUT
def test_a_long_name_fits_the_label(open_page: OpenPage, *, javascript: bool) -> None:
    for name in NAMES:
        page = open_page(f"{MIX}?label={quote(name)}", javascript=javascript)
        assert_fits(page, name)


def test_a_long_name_fits_the_label_while_she_types(open_page: OpenPage) -> None:
    page = open_page(MIX)

    for name in NAMES:
        page.locator("#label").fill("")
        page.locator("#label").press_sequentially(name)
        assert_fits(page, name)


@pytest.mark.parametrize(
    "path", [MIX, "/mix/shampoo/?base=warm-hearth", "/mix/shampoo/salt-meadow/lift/quench?line=3"]
)
def test_what_has_the_focus_is_never_under_the_bar(open_page: OpenPage, path: str) -> None:
    page = open_page(path, width=360)
    choose(page, main="coil")
    expect(page.locator("#answer .undo")).to_be_visible()

    for field in page.locator("#mix-form input:visible, #mix-form a").all():
        field.focus()
        place, bar = field.bounding_box(), page.locator("#answer").bounding_box()
        assert place is not None
        assert bar is not None
        assert place["y"] + place["height"] <= bar["y"], field.get_attribute("id")


def test_new_buttons_and_links_are_large_enough(open_page: OpenPage) -> None:
    page = open_page(f"{MIX}?line=3&avoid=nuts", width=360)
    choose(page, main="calm")
    expect(page.locator("#answer .undo")).to_be_visible()
    page.get_by_text("Copy link").click()

    heights = page.locator("main a:visible, main button:visible, summary, #copy-link").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert len(heights) >= 9
    assert min(heights) >= 44
