"""The command that makes a key."""

import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from orders.keys import find_key
from orders.models import FulfilmentKey

pytestmark = pytest.mark.django_db


def create(*words: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("create_fulfilment_key", *words, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_key_stands_alone_on_stdout_and_has_all_scopes() -> None:
    out, err = create("acme")

    key = find_key(out.removesuffix("\n"), now=timezone.now())
    assert key is not None
    assert (key.name, key.scopes) == ("acme", FulfilmentKey.Scope.values)
    assert out.strip() not in err


def test_scopes_can_be_chosen() -> None:
    create("acme", "--scope", "jobs:read", "--scope", "jobs:claim")

    assert FulfilmentKey.objects.get().scopes == ["jobs:claim", "jobs:read"]


def test_a_test_key_can_be_made() -> None:
    out, _err = create("acme", "--test")

    assert out.startswith("cct_test_")
    assert FulfilmentKey.objects.get().is_test


def test_a_taken_name_is_one_sentence() -> None:
    create("acme")

    with pytest.raises(
        CommandError, match=r"^There is a key called 'acme' already: choose another name\.$"
    ) as raised:
        create("acme")

    assert raised.value.returncode == 1
    assert FulfilmentKey.objects.count() == 1


def test_an_unknown_scope_is_refused() -> None:
    with pytest.raises(CommandError, match="jobs:all"):
        create("acme", "--scope", "jobs:all")

    assert not FulfilmentKey.objects.exists()


@pytest.mark.slow
def test_the_demo_without_a_key_ends_with_one_sentence_and_exit_code_1() -> None:
    command = [sys.executable, "manage.py", "fulfilment_demo", "--once"]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=300, check=False
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("CommandError: A key is needed: ")
    assert done.stderr.count("\n") == 1
