"""`manage.py relay`: moves what Celery did not, and runs the periodic work; run one or more of it, supervised."""

import signal
import threading
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connections
from django.utils import timezone

from configurator.busy import NO_DATABASE
from configurator.planning import publish_due
from orders.relaying import (
    EACH_SECOND,
    ERRANDS,
    PERIODIC_SECONDS,
    do_each,
    do_periodic_work,
    is_hand_off_due,
    relay_errands,
    relay_hand_offs,
    relay_outbox,
)
from orders.webhook_sending import Ringer, ring_endpoints

RELAY_SECONDS = 1
LET_FINISH_SECONDS = 20  # what is under way when it is asked to stop


class Command(BaseCommand):
    """Four loops, each in a thread: no mail server, payment provider or webhook that hangs holds up a hand-off."""

    help = (
        "Hands off what Celery did not, takes back leases that ran out and puts on sale what was planned, every second,"
        " and runs the periodic work. Stops on SIGTERM or Ctrl-C."
    )
    requires_system_checks: list[str] = []  # a relay that has died is back the sooner

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then exit")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("relay: running")
        if options["once"]:
            return self.run_once()
        loops = [
            Loop(self, self.do_errands, seconds=RELAY_SECONDS, stop=stop),
            Loop(self, lambda: do_periodic_work(now=timezone.now()), seconds=PERIODIC_SECONDS, stop=stop),
            Loop(self, Ringer().ring, seconds=RELAY_SECONDS, stop=stop),
            Loop(self, self.do_what_is_due, seconds=RELAY_SECONDS, stop=stop),
        ]
        for loop in loops:
            loop.start()
        stop.wait()
        for loop in loops:
            loop.join(LET_FINISH_SECONDS)
        for loop in loops:
            if loop.error is not None:
                raise loop.error
        return None

    def run_once(self) -> None:
        try:
            publish_due(now=timezone.now())
            self.relay(relay_outbox)
            do_each(EACH_SECOND, now=timezone.now())
            ring_endpoints(now=timezone.now())
            do_periodic_work(now=timezone.now())
        except DatabaseError as error:
            raise CommandError(f"the database did not answer: {error}") from error

    def do_what_is_due(self) -> None:
        """What the database alone has to do: it is quick, and somebody waits for it."""
        publish_due(now=timezone.now())
        self.relay(relay_hand_offs)
        do_each(EACH_SECOND, now=timezone.now())

    def do_errands(self) -> bool:
        """A few of them; True if there may be more and no hand-off waits, which would be slowed down."""
        done = self.relay(relay_errands)
        return done == ERRANDS and not is_hand_off_due(now=timezone.now())

    def relay(self, work: Callable[..., int]) -> int:
        if done := work(now=timezone.now()):
            self.stdout.write(f"relay: did {done} outbox entries that Celery had not")
        return done


class Loop(threading.Thread):
    """Does its work every so many seconds until `stop` is set, with a database that comes and goes.

    Work that gives True is gone on with at once.
    Any other `error` stops the whole relay: who watches over it starts it again.
    """

    def __init__(
        self, command: BaseCommand, work: Callable[[], object], *, seconds: float, stop: threading.Event
    ) -> None:
        super().__init__(daemon=True)
        self.command, self.work, self.seconds, self.stop = command, work, seconds, stop
        self.error: Exception | None = None

    def run(self) -> None:
        try:
            while not self.stop.is_set():
                has_more: object = False
                try:
                    has_more = self.work()
                except NO_DATABASE as error:
                    self.command.stderr.write(f"relay: the database did not answer, trying again: {error}")
                connections.close_all()  # or four loops would keep all that a pool has for those who ring webhooks
                if has_more is not True:
                    self.stop.wait(self.seconds)
        except Exception as error:  # noqa: BLE001  # the main thread raises it
            self.error = error
            self.stop.set()
