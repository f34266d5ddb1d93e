"""`create_demo_users`: two staff users, made once, and never on a public shop."""

import io
import json
import stat
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from pytest_django import Settings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var_dir(settings: Settings, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return tmp_path


def create_demo_users() -> str:
    output = io.StringIO()
    call_command("create_demo_users", stdout=output)
    return output.getvalue()


def test_it_makes_an_owner_and_a_formulator_with_the_passwords_it_prints(var_dir: Path) -> None:
    said = create_demo_users()

    passwords = json.loads((var_dir / "demo_users.json").read_text())
    assert [line.split()[:2] for line in said.splitlines()] == [list(pair) for pair in passwords.items()]
    owner, formulator = (User.objects.get(username=name) for name in ("owner", "formulator"))
    assert owner.is_superuser
    assert formulator.is_staff
    assert not formulator.is_superuser
    assert owner.check_password(passwords["owner"])
    assert formulator.check_password(passwords["formulator"])


def test_the_formulator_may_change_recipes_and_no_orders() -> None:
    create_demo_users()

    labels = {
        permission.split(".")[0]
        for permission in User.objects.get(username="formulator").get_all_permissions()
    }
    assert labels == {"configurator"}


def test_only_the_owner_of_the_file_may_read_the_passwords(var_dir: Path) -> None:
    create_demo_users()

    assert stat.S_IMODE((var_dir / "demo_users.json").stat().st_mode) == 0o600


def test_a_second_time_changes_nothing(var_dir: Path) -> None:
    first = create_demo_users()
    kept = (var_dir / "demo_users.json").read_bytes()

    assert create_demo_users() == first
    assert (var_dir / "demo_users.json").read_bytes() == kept
    assert User.objects.count() == 2


def test_a_password_that_was_changed_is_neither_set_back_nor_told() -> None:
    create_demo_users()
    owner = User.objects.get(username="owner")
    owner.set_password("a new one of my own")
    owner.save(update_fields=["password"])

    said = create_demo_users()

    assert "owner       (a password of their own)" in said
    owner.refresh_from_db()
    assert owner.check_password("a new one of my own")


def test_a_public_shop_gets_none(settings: Settings, var_dir: Path) -> None:
    settings.HTTPS = True

    with pytest.raises(CommandError, match="public"):
        create_demo_users()

    assert not User.objects.exists()
    assert not (var_dir / "demo_users.json").exists()
