"""A small maker runs fulfilment from the browser: from a paid order to the carrier; and the pages around it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import SIDEWAYS, find_violations
from tests.browser.signing_in import signed_in
from tests.processes import Shop

pytestmark = pytest.mark.slow

WORK = """
from datetime import timedelta
from django.utils import timezone
from orders.models import Job
from tests.orders.make import make_job
today = timezone.localdate()
early, *others = [make_job(label_name="Zelda") for _ in range(3)]
Job.objects.filter(pk=early.pk).update(promised_on=today - timedelta(days=2))
make_job("shipped")
"""
COME_BACK = """() => {
  const now = Date.now;
  Date.now = () => now() + 10 * 60 * 1000;
  document.dispatchEvent(new Event("visibilitychange"));
}"""  # to the page, after ten minutes elsewhere
WIDTHS = (360, 1280)  # the first is the one to work in


@pytest.fixture(scope="module")
def busy(shop: Shop) -> Shop:
    shop.manage("shell", "-v0", "-c", WORK)
    return shop


@pytest.fixture
def staff(browser: Browser, busy: Shop) -> Iterator[Page]:
    complaints: list[str] = []
    with signed_in(browser, busy, complaints=complaints, width=WIDTHS[0]) as page:
        yield page
    assert complaints == []


def look(page: Page, heading: str | re.Pattern[str]) -> None:
    expect(page.locator("h1")).to_have_text(heading)
    assert find_violations(page) == [], page.url
    for width in reversed(WIDTHS):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(SIDEWAYS) == 0, page.url


def test_a_bottle_is_made_and_sent_and_looked_back_upon(staff: Page) -> None:
    look(staff, "Today")
    staff.get_by_role("link", name=re.compile("^Bench")).click()
    look(staff, "Bench")

    staff.get_by_role("button", name="Take the next").click()
    expect(staff.locator(".messagelist .success")).to_contain_text("yours until")
    with staff.expect_response("**/admin/bench/keep/"):
        staff.evaluate(COME_BACK)
    expect(staff.locator("[data-keep-said]")).to_contain_text("Yours until")
    staff.get_by_role("link", name="Pick list").click()
    look(staff, "Pick list")
    staff.go_back()

    staff.locator(".bench table").first.locator("tbody a").first.click()
    expect(staff.locator("h1")).to_have_text(re.compile("^Job "))
    number = staff.locator("h1").inner_text().removeprefix("Job ")
    staff.get_by_role("button", name="Begin").click()
    look(staff, re.compile("^Job "))
    staff.get_by_role("button", name="It is made").click()
    expect(staff.get_by_role("alert")).to_contain_text("It is not made yet")
    look(staff, re.compile("^Job "))
    for box in staff.locator(".part [type=checkbox]").all():
        box.check()
    for i, field in enumerate(staff.get_by_label(re.compile("^Lot of ")).all()):
        field.fill(f"L{i}")
    staff.get_by_role("button", name="It is made").click()
    expect(staff.locator(".messagelist .success")).to_contain_text("Made.")

    staff.get_by_role("link", name="Send it").click()
    look(staff, f"Send order {number}")
    staff.get_by_label("Carrier").fill("Owl Post")
    staff.get_by_label("Tracking number").fill("TR 1")
    staff.get_by_role("button", name="It is with the carrier").click()
    expect(staff.locator(".messagelist .success")).to_contain_text(f"order {number} is on its way")

    staff.goto("/admin/late/")
    look(staff, "Late orders")
