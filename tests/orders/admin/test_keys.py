"""Fulfilment keys in the admin: shown once, never changed, revoked on a page of its own."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from orders.keys import find_key, revoke_key
from orders.models import FulfilmentKey
from tests.orders.make import make_client

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LIST = "/admin/orders/fulfilmentkey/"
KEY = re.compile(r"cct_live_[0-9a-f]{12}_[A-Za-z0-9_-]{43}")


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("grace"))
    return client


def clerk(*permissions: str) -> Client:
    user = User.objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def test_a_new_key_is_shown_once_and_works(staff: Client) -> None:
    page = staff.post(f"{LIST}add/", {"name": "acme", "scopes": ["jobs:read", "jobs:claim"]})

    [text] = set(KEY.findall(page.content.decode()))
    key = find_key(text, now=timezone.now())
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert key == FulfilmentKey.objects.get(name="acme")
    assert key.scopes == ["jobs:claim", "jobs:read"]
    for address in (LIST, f"{LIST}{key.pk}/change/", f"{LIST}{key.pk}/history/", "/admin/"):
        assert not KEY.search(staff.get(address).content.decode()), address
    for session in Session.objects.all():
        assert text not in str(session.get_decoded())


@pytest.mark.parametrize("wrong", [{"name": ""}, {"name": "taken"}, {"scopes": []}, {"scopes": ["jobs:all"]}])
def test_a_wrong_form_makes_no_key(staff: Client, wrong: dict[str, object]) -> None:
    make_client(name="taken")

    page = staff.post(f"{LIST}add/", {"name": "acme", "scopes": ["jobs:read"], **wrong})

    assert page.status_code == 200
    assert b"errorlist" in page.content
    assert FulfilmentKey.objects.get().name == "taken"


def test_the_list_tells_scopes_and_last_use(staff: Client) -> None:
    make_client(name="acme", scopes=["jobs:read"])

    page = staff.get(LIST).content.decode()

    assert "acme" in page
    assert "jobs:read" in page


def test_a_key_cannot_be_changed_or_deleted(staff: Client) -> None:
    row = make_client(name="acme").row
    before = FulfilmentKey.objects.values().get()

    assert staff.post(f"{LIST}{row.pk}/change/", {"name": "other", "scopes": []}).status_code == 403
    assert staff.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code == 403

    assert FulfilmentKey.objects.values().get() == before


def test_asking_to_revoke_changes_nothing_and_confirming_ends_the_key(staff: Client) -> None:
    made = make_client(name="acme")
    address = f"{LIST}{made.row.pk}/revoke/"
    assert address in staff.get(f"{LIST}{made.row.pk}/change/").content.decode()

    assert staff.get(address).status_code == 200
    assert find_key(made.text, now=timezone.now()) == made.row

    assert staff.post(address).status_code == 302
    assert find_key(made.text, now=timezone.now()) is None
    assert "Revoked." in staff.get(f"{LIST}{made.row.pk}/history/").content.decode()
    assert address not in staff.get(f"{LIST}{made.row.pk}/change/").content.decode()


def test_revoking_again_keeps_the_first_time(staff: Client) -> None:
    row = make_client(name="acme").row
    revoke_key(row, now=timezone.now())
    first = row.revoked_at

    staff.post(f"{LIST}{row.pk}/revoke/")

    row.refresh_from_db()
    assert row.revoked_at == first


def test_asking_for_a_new_secret_changes_nothing_and_confirming_shows_it_once(staff: Client) -> None:
    made = make_client(name="acme")
    address = f"{LIST}{made.row.pk}/rotate/"

    assert address in staff.get(f"{LIST}{made.row.pk}/change/").content.decode()
    assert not KEY.search(staff.get(address).content.decode())
    made.row.refresh_from_db()
    assert made.row.previous_until is None

    page = staff.post(address)

    [text] = set(KEY.findall(page.content.decode()))
    assert "no-store" in page["Cache-Control"]
    now = timezone.now()
    assert find_key(text, now=now) == find_key(made.text, now=now) == made.row
    assert "Given a new secret" in staff.get(f"{LIST}{made.row.pk}/history/").content.decode()


def test_a_revoked_key_gets_no_new_secret(staff: Client) -> None:
    made = make_client()
    revoke_key(made.row, now=timezone.now())

    page = staff.post(f"{LIST}{made.row.pk}/rotate/", follow=True)

    assert "is revoked: make a new one" in page.content.decode()
    made.row.refresh_from_db()
    assert made.row.previous_sha256 == ""


def test_a_test_key_is_made_by_a_tick(staff: Client) -> None:
    page = staff.post(f"{LIST}add/", {"name": "acme", "scopes": ["jobs:read"], "for_tests": "on"})

    assert "cct_test_" in page.content.decode()
    assert FulfilmentKey.objects.get().is_test


def test_staff_who_may_only_look_can_neither_make_nor_revoke() -> None:
    row = make_client(name="acme").row
    client = clerk("view_fulfilmentkey")

    assert client.get(LIST).status_code == 200
    assert client.get(f"{LIST}{row.pk}/revoke/").status_code == 403
    assert client.post(f"{LIST}{row.pk}/revoke/").status_code == 403
    assert client.post(f"{LIST}{row.pk}/rotate/").status_code == 403
    assert client.post(f"{LIST}add/", {"name": "b", "scopes": ["jobs:read"]}).status_code == 403

    row.refresh_from_db()
    assert (row.revoked_at, row.previous_until, FulfilmentKey.objects.count()) == (None, None, 1)


def test_revoking_takes_the_right_to_change() -> None:
    row = make_client(name="acme").row

    assert clerk("change_fulfilmentkey").post(f"{LIST}{row.pk}/revoke/").status_code == 302

    row.refresh_from_db()
    assert row.revoked_at is not None


def test_an_unknown_key_is_not_found(staff: Client) -> None:
    assert staff.get(f"{LIST}999/revoke/").status_code == 404
