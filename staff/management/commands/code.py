"""Print what the demo sign-ins are asked for after their passwords. Nobody else's code is printed."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from staff.second_factor import demo_codes


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        if settings.HTTPS:
            raise CommandError(
                "Demo codes are for a shop on your own machine; BASE_URL says that this one is public."
            )
        codes = demo_codes()
        if not codes:
            raise CommandError("There is no demo sign-in with a code: `make run` makes them.")
        for name, code in codes:
            self.stdout.write(f"{name:<11} {code}")
