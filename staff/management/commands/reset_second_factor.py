"""Take away somebody's second factor; at her next sign-in she sets up a new one. For the last owner's lost phone."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from staff.audit import Kind, record
from staff.second_factor import reset_second_factor


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="her user name")

    def handle(self, *_args: Any, name: str, **_options: Any) -> None:
        user = User.objects.filter(username=name, is_staff=True).first()
        if user is None:
            raise CommandError(f"There is nobody of the staff called {name}.")
        reset_second_factor(user)
        record(Kind.FACTOR_RESET, who="manage.py", about=user)
        self.stdout.write(f"{name} sets up a new second factor at her next sign-in.")
