import os
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from orders.demo.http import DemoError, Patience
from orders.demo.maker import MAX_JOBS, Maker

FIRST_SECONDS = 5.0
ONGOING_SECONDS = 3600.0


class Command(BaseCommand):
    help = "Plays the fulfilment side over HTTP only: claims jobs, makes them with invented lots, and ships them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default=settings.BASE_URL, help="the shop (default: %(default)s)")
        parser.add_argument("--key", help="a fulfilment key (default: FULFILMENT_KEY from the environment)")
        parser.add_argument(
            "--pause", type=float, default=0.5, help="seconds between steps (default: %(default)s)"
        )
        how_long = parser.add_mutually_exclusive_group()
        how_long.add_argument("--once", action="store_true", help="make what is ready now, then stop")
        how_long.add_argument("--jobs", type=int, metavar="N", help="stop after N jobs have been shipped")
        how_long.add_argument("--forever", action="store_true", help="until Ctrl-C (the default)")

    def handle(self, *args: Any, **options: Any) -> None:
        key = options["key"] or os.environ.get("FULFILMENT_KEY", "")
        if not key:
            raise CommandError(
                "A key is needed: `manage.py create_fulfilment_key NAME` makes one; pass it with --key or in "
                "FULFILMENT_KEY."
            )
        if options["pause"] < 0 or (options["jobs"] is not None and options["jobs"] < 1):
            raise CommandError("--pause cannot be below 0, and --jobs cannot be below 1.")
        try:
            self.play(key, options["url"], pause=options["pause"], once=options["once"], jobs=options["jobs"])
        except DemoError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stdout.write("stopped")

    def play(self, key: str, url: str, *, pause: float, once: bool, jobs: int | None) -> None:
        patience = Patience(seconds=FIRST_SECONDS, say=self.say)
        maker = Maker(url, key, say=self.say, sleep=time.sleep, patience=patience, pause=pause)
        maker.introduce()
        if not once:
            patience.seconds = ONGOING_SECONDS
        shipped = 0
        while jobs is None or shipped < jobs:
            done = maker.work(min(MAX_JOBS, jobs - shipped) if jobs else MAX_JOBS)
            shipped += done
            if not done:
                if once:
                    break
                time.sleep(max(pause, 1))
        self.say(f"done: {shipped} shipped")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
