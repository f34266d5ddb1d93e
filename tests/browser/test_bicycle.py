"""A bicycle of 26 parts in a real browser: sections, search, a picture that grows, and to the checkout."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import choose, order_mix
from tests.configurator.bicycle_judge import price, spec, starter

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("bicycle")]

ORDER = re.compile("^Add to basket")
MIXER = "/mix/bicycle/"
MONDAY = MIXER + "/".join(starter("Monday").values())


def choose_section(page: Page, mix: dict[str, str], group: str) -> None:
    for slot in spec().slots:
        if slot.group == group:
            choose(page, **{slot.slug: mix[slot.slug]})


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
def test_a_guest_puts_a_bicycle_together_and_orders_it(open_page: OpenPage, *, javascript: bool) -> None:
    mix = starter("Old school")
    page = open_page(MIXER, width=360 if javascript else 1280, javascript=javascript)
    groups = list(dict.fromkeys(slot.group for slot in spec().slots))

    for number, group in enumerate(groups):
        expect(page.locator("fieldset legend").first).to_be_attached()
        choose_section(page, mix, group)
        if number + 1 < len(groups):
            page.get_by_role("button", name=f"Next: {groups[number + 1]}").click()
        elif not javascript:
            page.locator("#update button").click()
    expect(page.locator("#progress-words")).to_have_text("26 of 26 chosen")
    expect(page.get_by_role("button", name=f"Add to basket, £{price(mix) / 100:,.2f}")).to_be_visible()
    order_mix(page)

    expect(page.locator("main")).to_contain_text(
        "Heron tourer with Harbour, 58 cm, Steel touring fork and 19 more"
    )


def test_a_choice_is_counted_drawn_and_explained_in_one_request(open_page: OpenPage) -> None:
    page = open_page(MIXER)
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))

    started = time.perf_counter()
    choose(page, frame="swift-race")
    expect(page.locator("#progress-words")).to_have_text("1 of 26 chosen")
    print(f"a choice took {(time.perf_counter() - started) * 1000:.0f} ms in the browser")
    choose(page, colour="brick")
    expect(page.locator("#picture path.fill")).to_have_attribute("fill", "#B5533C")

    assert len([url for url in seen if "/mix/" in url]) == 2
    expect(page.locator("#fork-steel-touring-fork-why")).to_have_text(
        "Not with Swift race: A straight fork would rattle in this tapered head tube"
    )
    expect(page).to_have_url(re.compile(r"\?frame=swift-race&colour=brick$"))
    page.reload()
    expect(page.locator("#colour-brick")).to_be_checked()


def test_a_section_opens_by_its_button_and_keeps_what_was_chosen(open_page: OpenPage) -> None:
    page = open_page(MIXER, javascript=False)
    choose(page, frame="raven-expedition")

    page.get_by_role("button", name="Choose drive").click()

    expect(page).to_have_url(re.compile(r"\?frame=raven-expedition&open=drive#section-drive$"))
    expect(page.locator("#section-frame-and-fork")).to_contain_text("Raven expedition")
    expect(page.locator("#gears-trek-triple-9")).to_be_visible()


def test_what_is_still_open_is_listed_and_leads_there(open_page: OpenPage) -> None:
    page = open_page(MIXER)
    choose(page, frame="raven-expedition")
    expect(page.locator("#progress-words")).to_have_text("1 of 26 chosen")

    page.locator(".progress summary").click()
    expect(page.locator("#still-open button")).to_have_count(25)
    page.locator("#still-open").get_by_role("button", name="Saddle", exact=True).click()

    expect(page.locator("#title-saddle")).to_be_in_viewport()
    expect(page.locator("#section-frame-and-fork")).to_contain_text("Raven expedition")


def test_a_long_slot_can_be_searched_without_asking_the_shop(open_page: OpenPage) -> None:
    page = open_page(MIXER + "?open=wheels-and-brakes")
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url))
    cards = page.locator("#cards-tyres > li:visible")
    expect(cards).to_have_count(12)

    page.get_by_label("Find among 12").fill("TUBELESS 650")
    expect(cards).to_have_count(3)
    expect(page.locator("#found-tyres")).to_have_text("3 shown")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(cards).to_have_count(3)

    page.get_by_label("Find among 12").fill("")
    expect(cards).to_have_count(12)
    assert [url for url in seen if "/mix/" in url] == []


def test_without_javascript_a_long_slot_shows_everything_and_no_search(open_page: OpenPage) -> None:
    page = open_page(MIXER + "?open=wheels-and-brakes", javascript=False)

    expect(page.locator("#cards-tyres > li:visible")).to_have_count(12)
    expect(page.locator("input[type=search]:visible")).to_have_count(0)


def test_the_enter_key_in_the_name_stays_in_the_section(open_page: OpenPage) -> None:
    page = open_page(MIXER + "?frame=raven-expedition&open=drive", javascript=False)

    page.locator("#label").fill("Ada")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"\?open=drive&frame=raven-expedition&label=Ada$"))
    expect(page.locator("#bottle-label")).to_have_text("Ada")


def test_a_starter_is_one_click_from_a_whole_bicycle(open_page: OpenPage) -> None:
    page = open_page(MIXER)

    page.get_by_role("link", name="School run").click()

    expect(page.get_by_role("button", name=ORDER)).to_be_visible()


def test_an_option_that_is_not_open_leads_on(open_page: OpenPage) -> None:
    page = open_page(MONDAY + "?open=wheels-and-brakes")

    choose(page, mudguards="clip-guards")
    expect(page.locator("#answer")).to_contain_text("These mudguards cover tyres up to 32 mm")
    page.locator("#answer .repair").first.click()

    expect(page.get_by_role("button", name=ORDER)).to_be_visible()
    expect(page.locator("#mudguards-clip-guards")).to_be_checked()


def test_nothing_scrolls_sideways_and_all_that_can_be_pressed_is_large_enough(open_page: OpenPage) -> None:
    page = open_page(MONDAY, width=320)
    page.locator(".progress summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")

    heights = page.locator(
        "label.opt, button:visible:not(.unseen), .repair, .chip, nav a, input[type=search], input[type=text]"
    ).evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert min(heights) >= 44


def test_the_page_of_a_bicycle_takes_six_requests_and_20_kb_of_scripts_at_most(open_page: OpenPage) -> None:
    page = open_page("about:blank")
    sizes: dict[str, int] = {}
    page.on(
        "requestfinished", lambda request: sizes.update({request.url: request.sizes()["responseBodySize"]})
    )

    page.goto(MONDAY)
    page.wait_for_load_state("networkidle")

    print({url.split("/")[-1][:30]: size for url, size in sizes.items()})
    assert len(sizes) <= 6
    assert sum(size for url, size in sizes.items() if url.endswith(".js")) <= 20_000
    assert page.context.cookies() == []
