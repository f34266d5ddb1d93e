"""The first sign-in and the one after it, without scripts, and its pages as axe sees them."""

import re
from base64 import b32decode

import pytest
from django_otp.oath import TOTP
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.looking import SIDEWAYS, find_violations_in_both_looks
from tests.browser.signing_in import PASSWORD, enter_password
from tests.processes import Shop

pytestmark = pytest.mark.slow

MAKE = """
from django.contrib.auth.models import Group, User
user = User.objects.create_user({name!r}, password={password!r}, is_staff=True)
user.groups.add(Group.objects.get(name="Owner"))
"""


def code_of(key: str, *, step: int = 0) -> str:
    """What an app shows that was given this key; `step` 1: half a minute from now, which is taken already."""
    app = TOTP(b32decode(key.replace(" ", "")))
    app.time += 30 * step
    return f"{app.token():06d}"


def test_she_sets_up_an_app_and_signs_in_with_it_and_with_a_backup_code(
    shop: Shop, open_page: OpenPage
) -> None:
    shop.manage("shell", "-v0", "-c", MAKE.format(name="olive", password=PASSWORD))
    page = open_page("/admin/orders/job/", javascript=False, width=360)
    enter_password(page, "olive")
    expect(page.locator("h1")).to_have_text("Set up your second factor")
    key = page.locator(".key").inner_text()
    page.locator("#id_code").fill(code_of(key))
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    backup = page.locator(".codes li").all_inner_texts()
    page.get_by_role("link", name="I have them: go on").click()
    expect(page).to_have_url(re.compile("/admin/orders/job/$"))

    again = open_page("/admin/orders/job/", javascript=False)
    enter_password(again, "olive")
    again.locator("#id_code").fill(code_of(key, step=1))
    again.get_by_role("button", name="Go on").click()
    expect(again).to_have_url(re.compile("/admin/orders/job/$"))

    without_phone = open_page("/admin/", javascript=False)
    enter_password(without_phone, "olive")
    without_phone.locator("#id_code").fill(backup[3])
    without_phone.get_by_role("button", name="Go on").click()
    expect(without_phone).to_have_url(re.compile("/admin/$"))
    without_phone.get_by_role("link", name="Second factor").click()
    expect(without_phone.locator("body")).to_contain_text("You have 9 backup codes left")


def test_its_pages_have_no_violation(shop: Shop, open_page: OpenPage) -> None:
    name = "axel"
    shop.manage("shell", "-v0", "-c", MAKE.format(name=name, password=PASSWORD))
    page = open_page("/admin/")
    enter_password(page, name)
    expect(page.locator(".key")).to_be_visible()
    assert find_violations_in_both_looks(page) == []
    assert page.evaluate(SIDEWAYS) == 0
    page.locator("#id_code").fill(code_of(page.locator(".key").inner_text()))
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    assert find_violations_in_both_looks(page) == []
    page.get_by_role("link", name="I have them: go on").click()

    other = open_page("/admin/")
    enter_password(other, name)
    other.locator("#id_code").fill("000000")
    other.get_by_role("button", name="Go on").click()
    expect(other.locator("body")).to_contain_text("This code is not right")
    assert find_violations_in_both_looks(other) == []
    assert other.evaluate(SIDEWAYS) == 0
