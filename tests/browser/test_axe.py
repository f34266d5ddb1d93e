"""axe finds nothing on pages that `test_every_page.py` does not reach, on a phone and on a desk, light and dark."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import CUSTOMER, fill_checkout, find_violations, order_mix
from tests.browser.signing_in import signed_in
from tests.configurator.bicycle_judge import starter
from tests.processes import Shop

pytestmark = pytest.mark.slow

MONDAY = "/".join(starter("Monday").values())
BICYCLE_PAGES = {
    "empty bicycle": "/mix/bicycle/",
    "half a bicycle": "/mix/bicycle/?frame=curlew-gravel&colour=brick&tyres=bramble-47&open=wheels-and-brakes",
    "whole bicycle": f"/mix/bicycle/{MONDAY}?open=drive&label=Ada",
    "broken bicycle": f"/mix/bicycle/{MONDAY}".replace("wide-guards", "clip-guards"),
}
STAFF_PAGES = [
    "/admin/",
    "/admin/configurator/recipe/",
    "/admin/configurator/recipe/1/change/",
    "/admin/configurator/recipe/1/desk/",
    "/admin/configurator/recipe/1/publish/",
    "/admin/configurator/component/7/change/",
    "/admin/configurator/component/lists/",
    "/admin/configurator/component/lists/compositions/import/",
    "/admin/configurator/rule/",
    "/admin/configurator/rule/6/change/",
    "/admin/configurator/starter/1/change/",
    "/admin/configurator/need/1/change/",
    "/admin/configurator/recipeversion/1/change/",
    "/admin/configurator/recipeversion/1/publish-again/",
    "/admin/configurator/deliveryterms/1/change/",
    "/admin/configurator/benchday/",
    "/admin/configurator/benchday/add/",
    "/admin/configurator/benchday/close/",
    "/admin/orders/order/",
    "/admin/orders/order/?q=mend",
    "/admin/orders/job/",
    "/admin/orders/fulfilmentkey/add/",
    "/admin/auth/user/",
    "/admin/auth/user/1/change/",
    "/admin/auth/user/1/reset-second-factor/",
    "/admin/staff/auditentry/",
    "/admin/second-factor/codes/",
    "/admin/second-factor/set-up/",
]


@pytest.mark.parametrize("path", BICYCLE_PAGES.values(), ids=BICYCLE_PAGES)
@pytest.mark.usefixtures("bicycle")
def test_a_page_of_many_slots_has_no_violation(open_page: OpenPage, path: str) -> None:
    page = open_page(path, width=360, scheme="dark")
    for details in page.locator("summary").all():
        details.click()

    assert find_violations(page) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light")
    assert find_violations(page, only_colours=True) == []


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
@pytest.mark.usefixtures("bicycle")
def test_a_basket_and_a_checkout_of_many_parts_have_no_violation(
    open_page: OpenPage, width: int, scheme: str
) -> None:
    page = open_page(BICYCLE_PAGES["whole bicycle"], width=width, scheme=scheme)
    page.get_by_role("button", name="Add to basket").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your basket")
    assert find_violations(page) == []

    page.get_by_role("link", name="Go to checkout").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Checkout")
    for details in page.locator("main summary").all():
        details.click()
    assert find_violations(page) == []


def test_the_pages_of_an_order_have_no_violation_on_the_way(open_page: OpenPage) -> None:
    page = open_page("/mix/shampoo/warm-hearth/mend/quench?label=Ada", width=360, scheme="dark")
    page.get_by_role("button", name="Add to basket").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your basket")
    assert find_violations(page) == []

    page.get_by_role("link", name="Go to checkout").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Checkout")
    assert find_violations(page) == []

    page.get_by_role("button", name="Pay £17.25").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter your e-mail")
    assert find_violations(page) == []

    fill_checkout(page)
    page.get_by_role("button", name="Pay £17.25").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Payment")
    assert find_violations(page) == []

    page.get_by_role("button", name="Let the payment fail").click()
    expect(page.get_by_role("alert")).to_contain_text("nothing was charged")
    assert find_violations(page) == []

    page.get_by_role("button", name="Pay £17.25").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert find_violations(page) == []

    page.get_by_role("link", name="Follow your order").click()
    expect(page.get_by_role("heading", name="Where it is")).to_be_visible()
    assert find_violations(page) == []


@pytest.fixture(scope="module")
def staff_page(browser: Browser, shop: Shop) -> Iterator[Page]:
    """A window in which the owner is signed in."""
    with signed_in(browser, shop, complaints=[], name="axe-owner") as page:
        yield page


@pytest.mark.parametrize("path", STAFF_PAGES)
def test_a_page_of_the_staff_has_no_violation_and_keeps_the_content_policy(
    staff_page: Page, path: str
) -> None:
    refused: list[str] = []
    staff_page.on(
        "console", lambda message: refused.append(message.text) if message.type == "error" else None
    )

    answer = staff_page.goto(path)
    staff_page.wait_for_load_state("networkidle")

    assert answer is not None
    assert answer.status == 200
    assert refused == []
    assert find_violations(staff_page) == []


def test_a_page_with_an_order_shows_no_customer_to_strangers(open_page: OpenPage) -> None:
    page = open_page("/mix/shampoo/warm-hearth/mend/quench")
    order_mix(page)
    expect(page.get_by_role("heading", name="Where it is")).to_be_visible()

    said = page.content()

    assert CUSTOMER["email"] not in said
    assert CUSTOMER["address_line1"] not in said
    assert CUSTOMER["full_name"] not in said
