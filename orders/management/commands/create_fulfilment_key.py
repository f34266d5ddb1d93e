from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from orders.keys import KeyNameError, make_key
from orders.models import FulfilmentKey


class Command(BaseCommand):
    help = "Makes a key for the fulfilment API and prints it, alone, on stdout. It is shown this once."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what the key is called in the admin")
        parser.add_argument(
            "--scope",
            action="append",
            dest="scopes",
            choices=FulfilmentKey.Scope.values,
            help="what it may do; give it once for each scope (default: everything)",
        )

        parser.add_argument(
            "--test", action="store_true", help="it sees a sandbox of its own and no real order"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        scopes = options["scopes"] or FulfilmentKey.Scope.values
        try:
            made = make_key(options["name"], scopes=scopes, now=timezone.now(), is_test=options["test"])
        except KeyNameError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(
            f"The key {made.row.name!r} may: {', '.join(made.row.scopes)}. It is not shown again."
        )
        self.stdout.write(made.text)
