"""`manage.py relay`: moves what Celery did not, and runs the periodic work; run one or more of it, supervised."""

import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from orders.relaying import do_periodic_work, relay_outbox

PERIODIC_SECONDS = 15


class Command(BaseCommand):
    help = (
        "Hands off what Celery did not, every second, and runs the periodic work. Stops on SIGTERM or Ctrl-C."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then exit")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("relay: running")
        periodic_at = 0.0
        while not stop.is_set():
            try:
                done = relay_outbox(now=timezone.now())
                if done:
                    self.stdout.write(f"relay: did {done} outbox entries that Celery had not")
                if time.monotonic() >= periodic_at or options["once"]:
                    do_periodic_work(now=timezone.now())
                    periodic_at = time.monotonic() + PERIODIC_SECONDS
            except DatabaseError as error:
                if options["once"]:
                    raise CommandError(f"the database did not answer: {error}") from error
                self.stderr.write(f"relay: the database did not answer, trying again: {error}")
                close_old_connections()
            if options["once"]:
                return
            stop.wait(1)
