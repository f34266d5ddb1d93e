"""Create the demo shop's two staff users, once, with passwords made at random and kept under VAR_DIR."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

OWNER = "owner"
FORMULATOR = "formulator"
MAY = {OWNER: "everything", FORMULATOR: "recipes and what they are made of"}


def read_or_make_passwords(path: Path) -> dict[str, str]:
    """The file is complete or not there at all, and only its owner may read it."""
    if not path.exists():
        draft = path.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({name: secrets.token_urlsafe(12) for name in MAY}, file, indent=2)
        draft.rename(path)
    passwords: dict[str, str] = json.loads(path.read_text())
    return passwords


def create_user(name: str, password: str) -> User:
    if name == OWNER:
        return User.objects.create_superuser(name, password=password)
    user = User.objects.create_user(name, password=password, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="configurator"))
    return user


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        if settings.HTTPS:
            raise CommandError(
                "Demo users are for a shop on your own machine; BASE_URL says that this one is public."
            )
        passwords = read_or_make_passwords(settings.VAR_DIR / "demo_users.json")
        for name, password in passwords.items():
            with transaction.atomic():
                user = User.objects.filter(username=name).first() or create_user(name, password)
            shown = password if user.check_password(password) else "(a password of their own)"
            self.stdout.write(f"{name:<11} {shown:<26} {MAY.get(name, '')}".rstrip())
