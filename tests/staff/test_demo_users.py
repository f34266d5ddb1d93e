"""`create_demo_users`: staff for each role, made once, and never on a public shop."""

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


def test_it_makes_one_for_each_role_with_the_passwords_it_prints(var_dir: Path) -> None:
    said = create_demo_users()

    passwords = json.loads((var_dir / "demo_users.json").read_text())
    assert [line.split()[:2] for line in said.splitlines()] == [list(pair) for pair in passwords.items()]
    for user in User.objects.all():
        assert user.is_staff
        assert not user.is_superuser
        assert user.check_password(passwords[user.username])
    roles = {user.username: [group.name for group in user.groups.all()] for user in User.objects.all()}
    assert roles == {
        "owner": ["Owner"],
        "formulator": ["Formulator"],
        "mixologist": ["Mixologist"],
        "care": ["Care"],
    }


def test_a_shop_that_had_two_gets_the_others_and_keeps_their_passwords(var_dir: Path) -> None:
    (var_dir / "demo_users.json").write_text('{"owner": "one of before", "formulator": "another one"}')

    create_demo_users()

    passwords = json.loads((var_dir / "demo_users.json").read_text())
    assert list(passwords) == ["owner", "formulator", "mixologist", "care"]
    assert passwords["owner"] == "one of before"
    assert User.objects.get(username="owner").check_password("one of before")


def test_only_the_owner_of_the_file_may_read_the_passwords(var_dir: Path) -> None:
    create_demo_users()

    assert stat.S_IMODE((var_dir / "demo_users.json").stat().st_mode) == 0o600


def test_a_second_time_changes_nothing(var_dir: Path) -> None:
    first = create_demo_users()
    kept = (var_dir / "demo_users.json").read_bytes()

    assert create_demo_users() == first
    assert (var_dir / "demo_users.json").read_bytes() == kept
    assert User.objects.count() == 4


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
