"""The mixer in a real browser: one request a choice, no dead end, the state in the address."""

import re

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import choose
from tests.processes import Shop

pytestmark = pytest.mark.slow

ORDER = re.compile("^Add to basket")


def requests_of(page: Page) -> list[Request]:
    seen: list[Request] = []
    page.on("request", lambda request: seen.append(request))  # noqa: PLW0108  # Playwright marks its handlers
    return seen


def test_three_choices_and_one_click_lead_to_the_basket(open_page: OpenPage) -> None:
    page = open_page("/mix/shampoo/")

    choose(page, base="quiet-linen", main="calm", second="quench")
    page.get_by_role("button", name=ORDER).click()

    expect(page).to_have_url(re.compile(r"/basket\?added=\d+$"))
    expect(page.locator(".entry h2")).to_have_text("Quiet Linen with Calm and Quench")


def test_nothing_is_chosen_for_her_at_first(open_page: OpenPage) -> None:
    page = open_page("/mix/shampoo/")

    chosen = page.locator("#mix-form input[type=radio]:checked").evaluate_all(
        "all => all.map(one => one.name)"
    )
    assert chosen == ["size"]
    expect(page.locator("#answer")).to_contain_text("183 mixes are open to you")


def test_a_choice_takes_one_request_and_keeps_the_focus_where_it_is(open_page: OpenPage, shop: Shop) -> None:
    page = open_page("/mix/shampoo/")
    seen = requests_of(page)

    page.locator("#base-warm-hearth").check()
    expect(page.locator("#answer")).to_contain_text("55 mixes are open to you")

    assert [request.url for request in seen if "/mix/" in request.url] == [
        f"{shop.url}/mix/shampoo/?base=warm-hearth&size=250ml&label="
    ]
    assert page.evaluate("document.activeElement.id") == "base-warm-hearth"
    expect(page).to_have_url(re.compile(r"\?base=warm-hearth$"))


def test_reload_and_back_bring_the_state_of_the_address(open_page: OpenPage) -> None:
    page = open_page("/mix/shampoo/warm-hearth/mend/quench?label=Ada")
    choose(page, second="vivid")
    expect(page).to_have_url(re.compile("/mix/shampoo/warm-hearth/mend/vivid"))

    page.reload()
    expect(page.locator("#second-vivid")).to_be_checked()
    expect(page.locator("#label")).to_have_value("Ada")

    page.go_back()
    expect(page.locator("#second-quench")).to_be_checked()
    expect(page.locator("#answer")).to_contain_text("Warm Hearth with Mend and Quench")


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_an_option_that_is_not_open_says_why_and_leads_on(open_page: OpenPage, *, javascript: bool) -> None:
    page = open_page("/mix/shampoo/warm-hearth/mend/quench", javascript=javascript)
    expect(page.locator("#second-gleam-why")).to_have_text(
        "Not with Mend: Gleam's acid clouds Mend's wheat protein"
    )

    choose(page, second="gleam")
    if not javascript:
        page.get_by_role("button", name="Update").click()

    expect(page.locator("#answer")).to_contain_text("This one does not work")
    repairs = page.locator("#answer .repair")
    assert 1 <= repairs.count() <= 3
    repairs.first.click()
    expect(page.get_by_role("button", name=ORDER)).to_be_visible()


def test_a_repair_leaves_alone_what_she_just_chose(open_page: OpenPage) -> None:
    page = open_page("/mix/shampoo/warm-hearth/mend/quench")

    choose(page, second="gleam")

    expect(page.locator("#answer a").first).to_have_text(re.compile("^Main shot: .* instead of Mend$"))


def test_a_partial_mix_that_clashes_is_led_on_too(open_page: OpenPage) -> None:
    page = open_page("/mix/shampoo/?base=quiet-linen")

    choose(page, main="reset")

    expect(page.locator("#answer")).to_contain_text("Peppermint in an unscented base")
    page.locator("#answer a").first.click()
    expect(page.locator("#answer")).to_contain_text("are open to you")


def test_advice_warns_and_lets_her_go_on(open_page: OpenPage) -> None:
    page = open_page("/mix/shampoo/salt-meadow/lift/quench")

    expect(page.locator("#answer")).to_contain_text("Moisture weighs fine hair down")
    expect(page.get_by_role("button", name=ORDER)).to_be_visible()


def test_changing_the_base_keeps_the_shots(open_page: OpenPage) -> None:
    page = open_page("/mix/shampoo/warm-hearth/mend/quench")

    choose(page, base="salt-meadow")

    expect(page).to_have_url(re.compile("/salt-meadow/mend/quench$"))


def test_the_name_is_on_the_bottle_while_she_types_and_is_never_markup(open_page: OpenPage) -> None:
    page = open_page("/mix/shampoo/warm-hearth/mend/quench")

    page.locator("#label").press_sequentially("Ünal & Zoë")
    expect(page.locator("#bottle-label")).to_have_text("Ünal & Zoë")

    page.locator("#label").fill("<b>Eve</b>")
    page.locator("#label").blur()
    expect(page.locator("#label-note")).to_contain_text("We cannot print “<” on a label")
    assert page.locator("#bottle-label b").count() == 0


def test_another_size_has_its_price_everywhere(open_page: OpenPage) -> None:
    page = open_page("/mix/shampoo/warm-hearth/mend/quench")

    page.locator("label[for=size-500ml]").click()

    expect(page.get_by_role("button", name="Add to basket, £24.00")).to_be_visible()
    expect(page.locator("#facts")).to_contain_text("£4.80 per 100 ml")
    expect(page.locator("#title-main")).to_have_text("2. Main shot, 20 ml")
    expect(page).to_have_url(re.compile("size=500ml"))


def test_the_whole_mix_can_be_chosen_and_ordered_with_the_keyboard_alone(open_page: OpenPage) -> None:
    page = open_page("/mix/shampoo/")

    for first in ("base-orchard-rain", "main-lift", "second-lift"):
        page.locator(f"#{first}").focus()
        page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name=ORDER)).to_be_visible()
    page.get_by_role("button", name=ORDER).focus()
    page.keyboard.press("Enter")

    expect(page.locator(".entry h2")).to_have_text("Orchard Rain with Lift and Quench")


def test_a_dead_connection_brings_back_the_plain_button(open_page: OpenPage) -> None:
    page = open_page("/mix/shampoo/")
    expect(page.get_by_role("button", name="Update")).to_be_hidden()
    page.route("**/mix/shampoo/?*", lambda route: route.fulfill(status=503, body=""))

    page.locator("#base-warm-hearth").check()

    expect(page.get_by_role("button", name="Update")).to_be_visible()
    page.unroute("**/mix/shampoo/?*")
    page.get_by_role("button", name="Update").click()
    expect(page.locator("#answer")).to_contain_text("55 mixes are open to you")


def test_the_page_is_small_and_comes_from_one_place(open_page: OpenPage) -> None:
    page = open_page("about:blank")
    sizes: dict[str, int] = {}
    page.on(
        "requestfinished", lambda request: sizes.update({request.url: request.sizes()["responseBodySize"]})
    )

    page.goto("/mix/shampoo/warm-hearth/mend/quench")
    page.wait_for_load_state("networkidle")

    scripts = sum(size for url, size in sizes.items() if url.endswith(".js"))
    assert len(sizes) <= 6
    assert {url.split("/")[2] for url in sizes} == {page.url.split("/")[2]}
    assert scripts <= 20_000
    assert page.context.cookies() == []


@pytest.mark.parametrize("path", ["/mix/shampoo/warm-hearth/mend/gleam", "/basket"])
def test_nothing_scrolls_sideways_on_the_narrowest_screen(open_page: OpenPage, path: str) -> None:
    page = open_page(path, width=320)

    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_what_can_be_pressed_is_large_enough(open_page: OpenPage) -> None:
    page = open_page("/mix/shampoo/warm-hearth/mend/gleam", width=360)
    page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")

    heights = page.locator(
        "label.opt, button:visible, #answer a, input[type=text], nav a, summary"
    ).evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")

    assert min(heights) >= 44
