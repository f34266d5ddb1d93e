import secrets
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from orders.demo.http import DemoError, Patience, Say
from orders.demo.maker import Maker
from orders.demo.shopper import Shopper
from orders.demo.story import follow_order
from orders.keys import make_key, revoke_key
from orders.models import FulfilmentKey

PATIENCE_SECONDS = 10.0


class Command(BaseCommand):
    help = "Orders a bottle from the running shop like a browser would, makes and ships it, and follows its tracking."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default=settings.BASE_URL, help="the shop (default: %(default)s)")
        parser.add_argument("--pause", type=float, default=0.0, help="seconds between the maker's steps")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.play(options["url"], pause=options["pause"])
        except DemoError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(
                f"The database of the shop on this machine does not answer: {error}"
            ) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped before the order was shipped.") from None

    def play(self, url: str, *, pause: float) -> None:
        made = make_key(f"demo {secrets.token_hex(4)}", scopes=FulfilmentKey.Scope.values, now=timezone.now())
        try:
            shopper = Shopper(url, say=self.say("shopper"), patience=self.patience("shopper"))
            maker = Maker(
                url,
                made.text,
                say=self.say("maker"),
                sleep=time.sleep,
                patience=self.patience("maker"),
                pause=pause,
            )
            follow_order(shopper, maker)
        finally:
            revoke_key(made.row, now=timezone.now())
        self.stdout.write("The order is shipped: from the mixer to the parcel, it all works.")

    def patience(self, who: str) -> Patience:
        return Patience(seconds=PATIENCE_SECONDS, say=self.say(who))

    def say(self, who: str) -> Say:
        def write(line: str) -> None:
            self.stdout.write(f"{who:<8} {line}")
            self.stdout.flush()

        return write
