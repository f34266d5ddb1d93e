"""Create the demo shop's staff, one for each role, once, with passwords made at random and kept under VAR_DIR."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from staff.roles import CARE, FORMULATOR, MIXOLOGIST, OWNER
from staff.second_factor import give_demo_device

DEMO = {  # name: role, and what it is for in a few words
    "owner": (OWNER, "everything, and who works here"),
    "formulator": (FORMULATOR, "recipes and what they are made of"),
    "mixologist": (MIXOLOGIST, "jobs; sees no address"),
    "care": (CARE, "orders and remakes"),
}


def read_or_make_passwords(path: Path) -> dict[str, str]:
    """The file is complete or not there at all, and only its owner may read it. Passwords that are in it stay."""
    known: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if DEMO.keys() <= known.keys():
        return known
    passwords = {name: known.get(name) or secrets.token_urlsafe(12) for name in [*DEMO, *known]}
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(passwords, file, indent=2)
    draft.rename(path)
    return passwords


def create_user(name: str, password: str) -> User:
    user = User.objects.create_user(name, password=password, is_staff=True)
    user.groups.add(Group.objects.get(name=DEMO[name][0]))
    return user


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        if settings.HTTPS:
            raise CommandError(
                "Demo users are for a shop on your own machine; BASE_URL says that this one is public."
            )
        passwords = read_or_make_passwords(settings.VAR_DIR / "demo_users.json")
        for name in DEMO:
            password = passwords[name]
            with transaction.atomic():
                user = User.objects.filter(username=name).first()
                is_theirs = user is not None and not user.check_password(password)
                if not is_theirs:
                    give_demo_device(user or create_user(name, password))
            shown = "(a password of their own)" if is_theirs else password
            self.stdout.write(f"{name:<11} {shown:<26} {DEMO[name][1]}".rstrip())
