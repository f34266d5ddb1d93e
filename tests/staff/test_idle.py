"""A sign-in of staff ends after a time without work; a shopper's session does not, and nothing written is lost."""

import re
import time

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from configurator.models import Family
from staff.models import AuditEntry
from tests.orders.make import MIX
from tests.staff.people import make_member

pytestmark = pytest.mark.usefixtures("catalogue")

FAMILY = "/admin/configurator/family/add/"


@pytest.fixture
def olive() -> User:
    return make_member("Owner")


@pytest.fixture
def staff(olive: User) -> Client:
    client = Client()
    client.force_login(olive)
    assert client.get("/admin/").status_code == 200
    return client


def later(minutes: float) -> time_machine.travel:
    return time_machine.travel(time.time() + minutes * 60, tick=False)


def test_who_comes_back_in_time_stays_signed_in(staff: Client) -> None:
    with later(29):
        assert staff.get("/admin/").status_code == 200
    with later(58):
        assert staff.get("/admin/").status_code == 200


def test_who_comes_back_later_signs_in_and_is_where_she_was(staff: Client, olive: User) -> None:
    with later(31):
        answer = staff.get("/admin/orders/order/?q=ada")
        assert answer["Location"] == "/admin/login/?next=/admin/orders/order/%3Fq%3Dada"
        page = staff.get(answer["Location"]).content.decode()
        assert "You were signed out because nothing was done for 30 minutes" in page
        assert "_auth_user_id" not in staff.session

        staff.force_login(olive)
        assert staff.get("/admin/orders/order/?q=ada").status_code == 200

    assert AuditEntry.objects.filter(kind="timed_out", who="owner").count() == 1


def test_her_basket_is_still_there(staff: Client) -> None:
    staff.post(
        "/basket/add", {"recipe": "shampoo", "label": "Ada", **MIX}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    basket = staff.session["basket"]

    with later(31):
        staff.get("/admin/")

        assert staff.session["basket"] == basket
        assert "_auth_user_id" not in staff.session


def test_a_shopper_is_not_timed_out(staff: Client) -> None:
    with later(31):
        staff.get("/")
        staff.get("/basket")

        assert "_auth_user_id" in staff.session


def test_what_she_was_writing_is_kept_and_sent_when_she_is_back(staff: Client, olive: User) -> None:
    with later(31):
        answer = staff.post(FAMILY, {"name": "Wheels & co", "slug": "wheels", "_save": "Save"})
        assert answer["Location"] == "/admin/login/?next=/admin/unsent/"
        assert not Family.objects.filter(slug="wheels").exists()

        staff.force_login(olive)
        page = staff.get("/admin/unsent/").content.decode()
        assert f'action="{FAMILY}"' in page
        assert 'value="Wheels &amp; co"' in page
        kept = dict(re.findall(r'type="hidden" name="(name|slug|_save)" value="([^"]*)"', page))
        staff.post(FAMILY, {**kept, "name": kept["name"].replace("&amp;", "&")})

    assert Family.objects.get(slug="wheels").name == "Wheels & co"
    assert "staff_unsent" not in staff.session


def test_somebody_else_does_not_find_what_she_was_writing(staff: Client) -> None:
    with later(31):
        staff.post(FAMILY, {"name": "Wheels", "slug": "wheels"})
        staff.force_login(make_member("Care"))

        assert staff.get("/admin/unsent/")["Location"] == "/admin/"
        assert "Wheels" not in str(dict(staff.session))


def test_no_password_is_kept(staff: Client) -> None:
    with later(31):
        path = "/admin/password_change/"
        answer = staff.post(path, {"old_password": "one", "new_password1": "two", "new_password2": "two"})

        assert answer["Location"] == f"/admin/login/?next={path}"
        assert "staff_unsent" not in staff.session
