"""The desk of a recipe in a browser: what is typed says at once what it does, or what it adds up to."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import SIDEWAYS, find_violations
from tests.browser.signing_in import signed_in
from tests.processes import Shop, open_shop

pytestmark = pytest.mark.slow

DESK = "/admin/configurator/recipe/1/desk/"


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """A shop of its own, whose draft is changed here."""
    with open_shop("redis", "web") as opened:
        yield opened


@pytest.fixture(scope="module")
def complaints() -> list[str]:
    return []


@pytest.fixture(scope="module")
def window(browser: Browser, shop: Shop, complaints: list[str]) -> Iterator[Page]:
    with signed_in(browser, shop, complaints=complaints) as page:
        yield page


@pytest.fixture
def page(window: Page, complaints: list[str]) -> Iterator[Page]:
    """The one window; fails the test on any complaint in its console."""
    yield window
    assert complaints == []


def tick(page: Page, side: str, name: str) -> None:
    page.locator(f".rule-editor label:has([name={side}])").get_by_text(name, exact=True).click()


def test_a_rule_says_what_it_does_while_it_is_typed_and_is_saved(page: Page) -> None:
    page.goto(DESK)
    effect = page.locator("#effect")

    tick(page, "left", "Lift")
    expect(effect).to_contain_text("This rule names no component on its right side.")
    tick(page, "right", "Calm")
    expect(effect).to_contain_text("Removes 8 of 256 mixes, 8 not already removed; 175 stay.")
    assert find_violations(page) == []
    page.get_by_label("at most so many of these").check()
    expect(page.locator("[name=right]").first).to_be_hidden()
    page.get_by_label("in at most so many slots").fill("0")
    expect(effect).to_contain_text("Leaves Lift with nothing: no mix can hold it any more.")

    page.get_by_label("this never together with that").check()
    page.get_by_label("because").fill("Flat")
    expect(effect).to_contain_text("Lift never together with Calm, because “Flat”.")
    page.get_by_role("button", name="Save in the draft").click()

    expect(page.locator("#rules ~ .fits").first).to_contain_text(
        "Lift never together with Calm, because “Flat”."
    )
    expect(page.locator(".desk")).to_contain_text("Of 256 mixes 175 can be made.")


@pytest.mark.parametrize(
    ("address", "submit"),
    [
        ("/admin/configurator/component/7/change/", "[name=_continue]"),
        (f"{DESK}?component=7#composition", "[value=composition]"),
    ],
)
def test_a_composition_says_its_sum_while_it_is_typed(page: Page, address: str, submit: str) -> None:
    page.goto(address)
    said = page.locator(".composition-sum output")
    expect(said).to_have_text("Adds up to 100 %.")
    water = page.locator("[name=composition-0-percent]")
    share = float(water.input_value())

    water.fill(f"{share - 1.5:g}")
    page.get_by_label("Why this change?").fill("Less water")
    expect(said).to_have_text("Adds up to 98.5 %: change a share by +1.5 % to make it 100 %.")
    page.locator(submit).click()
    expect(page.locator(".errorlist").first).to_contain_text("The composition adds up to 98.5")
    expect(said).to_have_text("Adds up to 98.5 %: change a share by +1.5 % to make it 100 %.")
    page.locator("[name=composition-1-DELETE]").check()
    expect(said).not_to_contain_text("98.5")

    assert find_violations(page) == []


def test_it_is_for_a_phone_too(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(f"{DESK}?component=7&try-main=gleam&try-second=mend")

    expect(page.locator(".answers")).to_contain_text(
        "Rule gleam-mend: Gleam's acid clouds Mend's wheat protein."
    )
    assert page.evaluate(SIDEWAYS) == 0
    assert find_violations(page) == []
