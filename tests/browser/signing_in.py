"""A window in which a member of the staff is signed in."""

import contextlib
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import watch
from tests.processes import Shop

PASSWORD = "a password for tests"
SIGN_IN = """
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice
user, is_new = User.objects.get_or_create(
    username={name!r}, defaults={{"is_staff": True, "is_superuser": not {role!r}}}
)
if is_new and {role!r}:
    user.groups.add(Group.objects.get(name={role!r}))
client = Client()
client.force_login(user)
session = client.session
session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.get_or_create(user=user)[0].persistent_id
session.save()
print(settings.SESSION_COOKIE_NAME, session.session_key)
"""


@contextlib.contextmanager
def signed_in(
    browser: Browser,
    shop: Shop,
    *,
    complaints: list[str],
    name: str = "browser-owner",
    role: str = "",
    width: int = 1280,
    scheme: str = "light",
) -> Iterator[Page]:
    """At the admin's index. What the page's console complains of is added to `complaints`.

    `role`: of which she is a member, and of no other; a superuser without. She brings the session of somebody whose
    second factor is confirmed: `test_second_factor.py` signs in by the pages.
    """
    cookie, key = shop.manage("shell", "-v0", "-c", SIGN_IN.format(name=name, role=role)).split()
    context = browser.new_context(
        base_url=shop.url,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    context.add_cookies([{"name": cookie, "value": key, "url": shop.url}])
    page = context.new_page()
    watch(page, complaints)
    page.goto("/admin/")
    expect(page.locator("#user-tools")).to_be_visible()
    yield page
    context.close()


def enter_password(page: Page, name: str) -> None:
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("[type=submit]").click()
