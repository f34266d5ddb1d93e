"""A window in which a member of the staff is signed in."""

import contextlib
import secrets
from collections.abc import Iterator

from django_otp.oath import TOTP
from playwright.sync_api import Browser, Page, expect

from tests.browser.looking import watch
from tests.processes import Shop

PASSWORD = "a password for tests"
MAKE_MEMBER = """
from django.contrib.auth.models import Group, User
from django_otp.plugins.otp_totp.models import TOTPDevice
user = User.objects.filter(username={name!r}).first()
if user is None and {role!r}:
    user = User.objects.create_user({name!r}, password={password!r}, is_staff=True)
    user.groups.add(Group.objects.get(name={role!r}))
elif user is None:
    user = User.objects.create_superuser({name!r}, password={password!r})
TOTPDevice.objects.filter(user=user).delete()
TOTPDevice.objects.create(user=user, key={key!r})
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

    `role`: of which she is a member, and of no other; a superuser without. Her second factor is an app's code, and the
    app is set up anew for each sign-in: a code is taken only once in half a minute.
    """
    key = secrets.token_bytes(20)
    made = MAKE_MEMBER.format(name=name, role=role, password=PASSWORD, key=key.hex())
    shop.manage("shell", "-v0", "-c", made)
    context = browser.new_context(
        base_url=shop.url,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    watch(page, complaints)
    page.goto("/admin/")
    enter_password(page, name)
    page.locator("#id_code").fill(f"{TOTP(key).token():06d}")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#user-tools")).to_be_visible()
    yield page
    context.close()


def enter_password(page: Page, name: str) -> None:
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("[type=submit]").click()
