"""A window in which a member of the staff is signed in."""

import contextlib
from collections.abc import Iterator

from playwright.sync_api import Browser, Page

from tests.browser.looking import watch
from tests.processes import Shop

PASSWORD = "a password for tests"
MAKE_OWNER = """
from django.contrib.auth.models import User
User.objects.filter(username={name!r}).exists() or User.objects.create_superuser({name!r}, password={password!r})
"""


@contextlib.contextmanager
def signed_in(
    browser: Browser, shop: Shop, *, complaints: list[str], name: str = "browser-owner", width: int = 1280
) -> Iterator[Page]:
    """At the admin's index. What the page's console complains of is added to `complaints`."""
    shop.manage("shell", "-v0", "-c", MAKE_OWNER.format(name=name, password=PASSWORD))
    context = browser.new_context(base_url=shop.url, viewport={"width": width, "height": 900})
    page = context.new_page()
    watch(page, complaints)
    page.goto("/admin/")
    page.locator("#id_username").fill(name)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("[type=submit]").click()
    yield page
    context.close()
