"""Signing in with a second factor: set up at first, asked for afterwards, never taken twice, with a way out."""

import io
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from staff.models import AuditEntry
from staff.second_factor import give_demo_device
from tests.staff.people import make_member

pytestmark = pytest.mark.django_db

PASSWORD = "a password for tests"
CODE, SET_UP, CODES = "/admin/second-factor/", "/admin/second-factor/set-up/", "/admin/second-factor/codes/"


@pytest.fixture(autouse=True)
def required(settings: LazySettings) -> Iterator[None]:
    settings.STAFF_SECOND_FACTOR = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with time_machine.travel("2026-11-23T10:00:05Z", tick=False):
        yield


@pytest.fixture
def olive() -> User:
    user = make_member("Owner")
    user.set_password(PASSWORD)
    user.save()
    return user


def enter_password(client: Client, path: str = "/admin/orders/job/") -> Any:
    """Follows to the page that comes next."""
    form = {"username": "owner", "password": PASSWORD, "next": path}
    return client.post(f"/admin/login/?next={path}", form, follow=True)


def code_of(user: User, *, steps: int = 0) -> str:
    device = TOTPDevice.objects.get(user=user)
    return f"{totp(device.bin_key, t0=-30 * steps):06d}"


def give_app(user: User) -> TOTPDevice:
    device: TOTPDevice = TOTPDevice.objects.create(user=user, name="app")
    return device


def kinds() -> list[str]:
    return list(AuditEntry.objects.order_by("id").values_list("kind", flat=True))


def test_the_first_sign_in_leads_to_setting_up_and_shows_backup_codes_once(
    client: Client, olive: User
) -> None:
    page = enter_password(client)
    assert page.request["PATH_INFO"] == SET_UP
    said = page.content.decode()
    assert "<svg" in said
    secret = re.search(r'class="key">([A-Z2-7 ]+)<', said)
    assert secret is not None
    assert len(secret[1].replace(" ", "")) == 32

    done = client.post(SET_UP, {"code": code_of(olive), "next": "/admin/orders/job/"})

    codes = re.findall(r"<li>([a-z2-7]{4}-[a-z2-7]{4})</li>", done.content.decode())
    assert len(codes) == StaticToken.objects.count() == 10
    assert 'href="/admin/orders/job/"' in done.content.decode()
    assert client.get("/admin/orders/job/").status_code == 200
    assert codes[0] not in client.get(CODES).content.decode()
    assert kinds() == ["signed_in", "factor_set_up", "codes_renewed"]


def test_who_has_an_app_is_asked_for_its_code_and_comes_to_where_she_wanted(
    client: Client, olive: User
) -> None:
    give_app(olive)

    page = enter_password(client)
    assert page.request["PATH_INFO"] == CODE
    assert client.get("/admin/orders/job/").status_code == 302
    done = client.post(CODE, {"code": code_of(olive), "next": "/admin/orders/job/"})

    assert done["Location"] == "/admin/orders/job/"
    assert client.get("/admin/orders/job/").status_code == 200
    assert kinds() == ["signed_in", "factor_passed"]


def test_a_session_has_another_key_after_the_password_and_again_after_the_code(
    client: Client, olive: User
) -> None:
    give_app(olive)
    known = client.session  # by whoever may have planted it
    known["basket"] = "hers"
    known.save()
    keys = [client.session.session_key]

    enter_password(client)
    keys.append(client.session.session_key)
    client.post(CODE, {"code": code_of(olive)})
    keys.append(client.session.session_key)

    assert len({*keys}) == 3
    assert not Session.objects.filter(session_key__in=keys[:2]).exists()


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/orders/order/", "/admin/password_change/", "/admin/jsi18n/"]
)
def test_a_password_alone_opens_nothing(client: Client, olive: User, path: str) -> None:
    give_app(olive)
    enter_password(client)

    for _again in range(2):
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/admin/login/")


def test_a_password_alone_does_not_exchange_the_app(client: Client, olive: User) -> None:
    device = give_app(olive)
    enter_password(client)

    assert client.get(SET_UP)["Location"].startswith(CODE)
    assert client.post(SET_UP, {"code": "123456"})["Location"].startswith(CODE)
    assert client.post(CODES)["Location"].startswith(CODE)

    assert TOTPDevice.objects.get() == device
    assert not StaticToken.objects.exists()


def test_a_wrong_code_lets_nobody_in_and_makes_the_next_one_wait(client: Client, olive: User) -> None:
    give_app(olive)
    enter_password(client)
    right = code_of(olive)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"

    with time_machine.travel(time.time(), tick=False) as clock:
        assert "This code is not right" in client.post(CODE, {"code": wrong}).content.decode()
        assert "Wait 1 s" in client.post(CODE, {"code": right}).content.decode()
        assert client.get("/admin/").status_code == 302

        clock.shift(2)
        assert client.post(CODE, {"code": right})["Location"] == "/admin/"
    assert kinds() == ["signed_in", "factor_failed", "factor_failed", "factor_passed"]


def test_a_code_is_taken_once(client: Client, olive: User) -> None:
    give_app(olive)
    code = code_of(olive)
    enter_password(client)
    assert client.post(CODE, {"code": code}).status_code == 302
    other = Client()
    enter_password(other)

    said = other.post(CODE, {"code": code}).content.decode()

    assert "used already" in said
    assert other.get("/admin/").status_code == 302


def test_a_backup_code_lets_in_once_and_new_ones_end_the_old(client: Client, olive: User) -> None:
    give_app(olive)
    enter_password(client)
    client.post(CODE, {"code": code_of(olive)})
    codes = re.findall(r"<li>([a-z2-7-]{9})</li>", client.post(CODES).content.decode())
    without_phone = Client()
    enter_password(without_phone)

    assert without_phone.post(CODE, {"code": codes[0].upper()})["Location"] == "/admin/"
    assert "You have 9 backup codes" in without_phone.get(CODES).content.decode()

    again = Client()
    enter_password(again)
    assert "not right" in again.post(CODE, {"code": codes[0]}).content.decode()
    assert without_phone.post(CODES).status_code == 200
    with time_machine.travel(time.time() + 5, tick=False):
        assert "not right" in again.post(CODE, {"code": codes[1]}).content.decode()


def test_a_new_phone_takes_the_place_of_the_old(client: Client, olive: User) -> None:
    old = give_app(olive)
    enter_password(client)
    client.post(CODE, {"code": code_of(olive)})
    client.get(SET_UP)
    new = TOTPDevice.objects.get(confirmed=False)

    answer = client.post(SET_UP, {"code": f"{totp(new.bin_key):06d}"})

    assert answer.status_code == 200
    assert TOTPDevice.objects.get() == new
    assert not TOTPDevice.objects.filter(pk=old.pk).exists()
    assert client.get("/admin/").status_code == 200


def test_an_owner_takes_a_colleagues_second_factor_away(client: Client, olive: User) -> None:
    give_app(olive)
    colleague = make_member("Care")
    give_app(colleague)
    enter_password(client)
    client.post(CODE, {"code": f"{totp(TOTPDevice.objects.get(user=olive).bin_key):06d}"})
    path = f"/admin/auth/user/{colleague.pk}/reset-second-factor/"

    assert client.get(path).status_code == 200
    assert TOTPDevice.objects.filter(user=colleague).exists()
    assert client.post(path).status_code == 302

    assert not TOTPDevice.objects.filter(user=colleague).exists()
    entry = AuditEntry.objects.get(kind="factor_reset")
    assert (entry.who, entry.about) == ("owner", "care")


def test_an_owner_does_not_take_away_that_of_a_superuser(client: Client, olive: User) -> None:
    give_app(olive)
    chief = User.objects.create_superuser("chief")
    give_app(chief)
    enter_password(client)
    client.post(CODE, {"code": f"{totp(TOTPDevice.objects.get(user=olive).bin_key):06d}"})

    assert client.post(f"/admin/auth/user/{chief.pk}/reset-second-factor/").status_code == 403

    assert TOTPDevice.objects.filter(user=chief).exists()


def test_the_last_owner_has_a_command(olive: User) -> None:
    give_app(olive)

    call_command("reset_second_factor", "owner", stdout=io.StringIO())

    assert not TOTPDevice.objects.exists()
    assert AuditEntry.objects.get().kind == "factor_reset"
    with pytest.raises(CommandError, match="nobody"):
        call_command("reset_second_factor", "nobody")


def test_demo_codes_work_even_right_after_one_was_used(client: Client, olive: User) -> None:
    give_demo_device(olive)
    for _again in range(2):
        printed = io.StringIO()
        call_command("code", stdout=printed)
        name, code = printed.getvalue().split()
        assert name == "owner"
        enter_password(client)
        assert client.post(CODE, {"code": code})["Location"] == "/admin/"
        client.post("/admin/logout/")


def test_codes_are_printed_for_demo_sign_ins_only(settings: LazySettings, olive: User) -> None:
    give_app(olive)
    with pytest.raises(CommandError, match="no demo"):
        call_command("code")

    settings.HTTPS = True
    with pytest.raises(CommandError, match="public"):
        call_command("code")


def guess(
    client: Client, *, name: str = "owner", password: str = "a guess", address: str = "192.0.2.7"
) -> Any:
    return client.post("/admin/login/", {"username": name, "password": password}, REMOTE_ADDR=address)


def test_five_wrong_passwords_in_a_quarter_of_an_hour_are_enough(client: Client, olive: User) -> None:
    assert [guess(client).status_code for _ in range(6)] == [200] * 5 + [429]

    refused = guess(client, password=PASSWORD)

    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 901
    assert "_auth_user_id" not in client.session
    assert kinds() == ["sign_in_failed"] * 5
    assert "minutes, then sign in again" in refused.content.decode()


def test_one_name_is_not_guessed_from_many_addresses_for_ever(client: Client, olive: User) -> None:
    addresses = [f"192.0.2.{number}" for number in range(31)]

    answers = [guess(client, address=address).status_code for address in addresses]

    assert answers == [200] * 30 + [429]
    assert guess(client, address="192.0.2.99", password=PASSWORD).status_code == 429


def test_one_address_does_not_guess_at_many_names_for_ever(client: Client, olive: User) -> None:
    answers = [guess(client, name=f"olive{number}").status_code for number in range(31)]

    assert answers == [200] * 30 + [429]
    assert guess(client, password=PASSWORD).status_code == 429


def test_who_often_signs_in_is_not_locked_out(client: Client, olive: User) -> None:
    for _time in range(3):
        assert [guess(client).status_code for _ in range(4)] == [200] * 4
        assert guess(client, password=PASSWORD).status_code == 302
        client.post("/admin/logout/")


def test_a_session_forgives_no_wrong_passwords(client: Client, olive: User) -> None:
    guess(client, password=PASSWORD)

    assert [guess(client).status_code for _ in range(6)] == [200] * 5 + [429]


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere(client: Client, olive: User, elsewhere: str) -> None:
    give_app(olive)
    enter_password(client)

    assert client.post(CODE, {"code": code_of(olive), "next": elsewhere})["Location"] == "/admin/"


def test_where_it_is_not_required_a_password_is_enough(
    client: Client, olive: User, settings: LazySettings
) -> None:
    settings.STAFF_SECOND_FACTOR = False

    assert enter_password(client).request["PATH_INFO"] == "/admin/orders/job/"


def test_who_cannot_go_on_signs_in_as_somebody_else(client: Client, olive: User) -> None:
    give_app(olive)
    enter_password(client)

    assert client.post(CODE, {"leave": "1"})["Location"].startswith("/admin/login/")
    assert "_auth_user_id" not in client.session
