"""Staff with and without permissions, signed in, and actions as their browsers send them."""

import re
from typing import Any

from django.contrib.auth.models import Permission, User
from django.test import Client


def make_boss() -> Client:
    return _sign_in(User.objects.create_superuser("grace"))


def make_clerk(*permissions: str) -> Client:
    """Someone of staff with these permissions only, such as `view_job`."""
    user = User.objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    assert user.user_permissions.count() == len(permissions)
    return _sign_in(user)


def act(staff: Client, path: str, action: str, *rows: Any) -> list[tuple[str, str]]:
    """Apply an action to rows of a list; the messages on the page that follows, as (level, text)."""
    chosen = [row.pk for row in rows]
    response = staff.post(path, {"action": action, "_selected_action": chosen}, follow=True)
    assert response.status_code == 200
    return [(message.level_tag, str(message)) for message in response.context["messages"]]


def decide(staff: Client, path: str, action: str, *rows: Any, **answers: str) -> list[tuple[str, str]]:
    """Choose rows of a list, read the page that says what would happen, and do it; the messages after that."""
    asked = staff.post(path, {"action": action, "_selected_action": [row.pk for row in rows]})
    assert asked.status_code == 302
    return confirm(staff, asked["Location"], **answers)


def confirm(staff: Client, address: str, **answers: str) -> list[tuple[str, str]]:
    """Do what a page says would happen; the messages on the page that follows, as (level, text)."""
    response = staff.post(address, {"shown": read_shown(staff, address), **answers}, follow=True)
    assert response.status_code == 200
    return [(message.level_tag, str(message)) for message in response.context["messages"]]


def read_shown(staff: Client, address: str) -> list[str]:
    """What a page of a decision sends back: a fingerprint of what it says of each row."""
    page = staff.get(address)
    assert page.status_code == 200
    return re.findall(r'name="shown" value="(\w+)"', page.content.decode())


def _sign_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
