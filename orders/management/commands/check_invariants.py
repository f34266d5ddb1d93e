from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from orders.invariants import OVER_ALL, PER_ORDER, find_offences


class Command(BaseCommand):
    help = "Checks what must always be true of orders, jobs, feed, stock and money; exit code 1 and the rows if not."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, help="only orders placed in the last so many days")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        since = now - timedelta(days=options["days"]) if options["days"] else None
        found = 0
        for offence in find_offences(now=now, since=since):
            self.stdout.write(str(offence))
            found += 1
        if found:
            raise CommandError(f"{found} rows break an invariant.")
        self.stdout.write(f"{len(PER_ORDER) + len(OVER_ALL)} invariants hold.")
