"""A window in which a member of the staff is signed in."""

import contextlib
import secrets
from collections.abc import Iterator

from playwright.sync_api import Browser, Page

from tests.browser.looking import watch
from tests.processes import Shop

PASSWORD = "a password for tests"
MAKE_OWNER = """
from django.contrib.auth.models import User
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
user = User.objects.filter(username={name!r}).first() or User.objects.create_superuser({name!r}, password={password!r})
TOTPDevice.objects.get_or_create(user=user, confirmed=True)
StaticDevice.objects.get_or_create(user=user)[0].token_set.create(token={code!r})
"""


@contextlib.contextmanager
def signed_in(
    browser: Browser,
    shop: Shop,
    *,
    complaints: list[str],
    name: str = "browser-owner",
    width: int = 1280,
    scheme: str = "light",
) -> Iterator[Page]:
    """At the admin's index. What the page's console complains of is added to `complaints`.

    Her second factor is a backup code made for this sign-in: one of an app is taken only once in half a minute.
    """
    code = secrets.token_hex(8)
    shop.manage("shell", "-v0", "-c", MAKE_OWNER.format(name=name, password=PASSWORD, code=code))
    context = browser.new_context(
        base_url=shop.url,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    watch(page, complaints)
    page.goto("/admin/")
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("[type=submit]").click()
    page.locator("#id_code").fill(code)
    page.get_by_role("button", name="Go on").click()
    yield page
    context.close()
