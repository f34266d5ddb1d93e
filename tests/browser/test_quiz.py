"""The quiz in a real browser, without scripts as the shop's pages must work, and by keyboard alone."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.slow


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_five_pages_lead_to_a_mix_and_back_keeps_the_answers(
    open_page: OpenPage, *, javascript: bool
) -> None:
    page = open_page("/find", width=360, javascript=javascript)
    page.get_by_text("Shine for dull hair or hard water").click()
    page.get_by_text("Strength for bleached or heat-worn hair").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_text("Thick").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_text("Oat").click()
    page.get_by_label("Something else? Look for an ingredient").fill("oil")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Oat")).to_be_checked()
    page.get_by_text("Mentha Piperita Oil").click()

    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("Thick")).to_be_checked()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_label("Mentha Piperita Oil")).to_be_checked()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Show my mix").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your mix: Warm Hearth with Mend and Vivid")
    expect(page.get_by_text("As you asked: oat, Mentha Piperita Oil.")).to_be_visible()
    assert page.context.cookies() == []


def test_she_has_it_remembered_takes_it_back_and_leaves_no_cookie(open_page: OpenPage) -> None:
    page = open_page("/find/shampoo?need=body&avoid=oat&at=result", javascript=False)

    page.get_by_role("button", name="Remember what to leave out").click()
    expect(page.get_by_text("We remember this for your next mix.")).to_be_visible()
    assert [cookie["name"] for cookie in page.context.cookies()] == ["sessionid"]
    page.get_by_role("link", name="See or change what we remember").click()
    page.get_by_role("button", name="Remove oat").click()

    expect(page.get_by_text("Taken off your list.")).to_be_visible()
    assert page.context.cookies() == []


def test_the_quiz_is_answered_by_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page("/find?at=hair", javascript=False)

    page.locator("#hair-1").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Is there anything we must leave out?")
    assert re.search(r"hair=fine&at=leave-out$", page.url)


@pytest.mark.parametrize(
    "path",
    [
        "/find",
        "/find/shampoo?find=oil&avoid=Hydrolyzed+Wheat+Protein&at=leave-out",
        "/find/shampoo?at=scent&avoid=fragrance",
        "/find/shampoo?need=strength&need=shine&hair=thick&avoid=oat&at=result",
        "/find/shampoo?avoid=coconut-derived&at=result",
        "/leave-out?find=oil&next=/mix/shampoo/?avoid=Hydrolyzed+Wheat+Protein",
    ],
)
def test_nothing_runs_out_of_a_narrow_window_and_targets_are_large(open_page: OpenPage, path: str) -> None:
    page = open_page(path, width=320)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(SMALL_TARGETS) == []


SMALL_TARGETS = """() =>
  [...document.querySelectorAll("main :is(a.chip, a.button, a.door, a.repair, button, label.opt)")]
  .filter((target) => target.getBoundingClientRect().height < 44).map((target) => target.innerText)"""
