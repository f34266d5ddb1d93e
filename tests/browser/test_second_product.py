"""A second product line, made by a member of the staff in the admin alone, and bought: no developer, no file."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from staff.roles import FORMULATOR
from tests.browser.looking import choose, order_mix, watch
from tests.browser.rule_desk import save_rule, say_why, tick
from tests.browser.signing_in import signed_in
from tests.processes import Shop, open_shop

pytestmark = pytest.mark.slow

SCENTS = ("Fig", "Cedar", "Smoke", "Sea Salt", "Rose")


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with open_shop("redis", "web") as opened:
        yield opened


def test_a_candle_is_made_up_in_the_admin_put_on_sale_and_bought(browser: Browser, shop: Shop) -> None:
    complaints: list[str] = []
    with signed_in(browser, shop, complaints=complaints, name="frieda", role=FORMULATOR) as page:
        add_family(page)
        for name in SCENTS:
            add_component(page, name)
        add_recipe(page)
        page.get_by_role("link", name="Desk").click()
        expect(page.locator(".desk")).to_contain_text("Of 25 mixes 25 can be made.")
        forbid_smoke_with_rose(page)
        allow_fig_once(page)
        expect(page.locator(".desk")).to_contain_text("Of 25 mixes 22 can be made.")
        publish(page)

    context = browser.new_context(base_url=shop.url, viewport={"width": 1280, "height": 900})
    shopper = context.new_page()
    watch(shopper, complaints)
    shopper.goto("/")
    shopper.locator("a[href='/mix/candle/']").first.click()
    choose(shopper, first="smoke")
    expect(shopper.locator("main")).to_contain_text("Ash drowns petals")
    choose(shopper, second="sea-salt")
    order_mix(shopper)
    expect(shopper.locator("main")).to_contain_text("Candle")
    assert "Smoke" in shopper.content()
    assert "Sea Salt" in shopper.content()
    context.close()

    assert complaints == []


def add_family(page: Page) -> None:
    page.locator("tr.model-family").get_by_role("link", name="Add").click()
    page.get_by_label("Name:", exact=True).press_sequentially("Scents")
    expect(page.locator("#id_slug")).to_have_value("scents")  # made of the name
    save(page)


def add_component(page: Page, name: str) -> None:
    page.goto("/admin/")
    page.locator("tr.model-component").get_by_role("link", name="Add").click()
    pick_family(page, ".field-family")
    page.get_by_label("Name:", exact=True).press_sequentially(name)
    expect(page.locator("#id_slug")).to_have_value(name.lower().replace(" ", "-"))
    save(page)


def add_recipe(page: Page) -> None:
    """Two places for a scent, one size without a volume."""
    page.goto("/admin/")
    page.locator("tr.model-recipe").get_by_role("link", name="Add").click()
    page.get_by_label("Name:", exact=True).press_sequentially("Candle")
    for i, name in enumerate(("First", "Second")):
        page.get_by_role("button", name="Add another Slot").click()
        page.locator(f"#id_slots-{i}-name").press_sequentially(name)
        pick_family(page, f"#slots-{i} .field-family")
        expect(page.locator(f"#id_slots-{i}-slug")).to_have_value(name.lower())
    page.get_by_role("button", name="Add another Size").click()
    page.locator("#id_sizes-0-slug").fill("made-to-order")
    page.locator("#id_sizes-0-label").fill("made to order")
    page.locator("#id_sizes-0-price").fill("1800")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def pick_family(page: Page, field: str) -> None:
    page.locator(f"{field} .select2-selection").click()
    page.locator(".select2-search--dropdown .select2-search__field").fill("Scents")
    page.locator(".select2-results__option", has_text=re.compile("^Scents$")).click()


def forbid_smoke_with_rose(page: Page) -> None:
    page.get_by_role("link", name="Write a rule").click()
    tick(page, "left", "Smoke")
    tick(page, "right", "Rose")
    expect(page.locator("#effect")).to_contain_text("Removes 2 of 25 mixes")
    save_with(page, "Ash drowns petals")


def allow_fig_once(page: Page) -> None:
    page.get_by_label("at most so many of these").check()
    tick(page, "left", "Fig")
    page.get_by_label("in at most so many slots").fill("1")
    save_with(page, "Two figs are sticky")


def save_with(page: Page, reason: str) -> None:
    say_why(page, reason)
    save_rule(page)
    expect(page.locator(".desk")).to_contain_text(reason)


def publish(page: Page) -> None:
    page.get_by_role("link", name="Preview and publish").click()
    expect(page.locator(".publish")).to_contain_text("22 of 25 mixes can be made.")
    page.get_by_label("Why this change?").fill("Candles for the winter")
    page.get_by_role("button", name="Publish now").click()
    expect(page.locator(".messagelist")).to_contain_text("is on sale now.")


def save(page: Page) -> None:
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
