"""HTTP for the demo: connecting to a shop, and trying again while it is busy or away."""

import logging
import random
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import httpx

Say = Callable[[str], None]
Sleep = Callable[[float], None]

TRY_AGAIN = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
IN_FLIGHT = "/problems/key-in-flight"
LONGEST_WAIT_SECONDS = 30.0
OWN_MACHINE = {"127.0.0.1", "localhost", "::1"}


class DemoError(Exception):
    """Why the demo cannot go on, in one sentence for the person who started it."""


def connect(url: str, **options: Any) -> httpx.Client:
    """A client for the shop at `url`; a proxy from the environment is not asked for this machine."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise DemoError(f"{url!r} is not the address of a shop: it should look like http://127.0.0.1:8000.")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # the demo says itself what it does
    trust_env = parts.hostname not in OWN_MACHINE
    return httpx.Client(base_url=url.rstrip("/"), timeout=30, trust_env=trust_env, **options)


class Patience:
    """Sends requests again that met a busy or absent shop, for up to `seconds`, waiting longer each time.

    `say` is told of every wait; Retry-After is honoured. `sleep` and `clock` are there for tests.
    """

    def __init__(
        self,
        *,
        seconds: float,
        say: Say,
        sleep: Sleep = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seconds, self.say, self.sleep, self.clock = seconds, say, sleep, clock

    def send(self, client: httpx.Client, method: str, path: str, **options: Any) -> httpx.Response:
        """The first answer that is neither 429 nor 503, nor says that our first try is still being answered.

        Raises DemoError when patience ends.
        """
        deadline = self.clock() + self.seconds
        tries = 0
        while True:
            try:
                response = client.request(method, path, **options)
            except httpx.TransportError as error:
                why = f"there is no answer from {client.base_url} ({type(error).__name__})"
                wait = backoff(tries)
            else:
                if not (response.status_code in TRY_AGAIN or is_in_flight(response)):
                    return response
                why = f"the shop is busy ({response.status_code})"
                wait = retry_after(response) or backoff(tries)
            if self.clock() + wait > deadline:
                raise DemoError(f"Giving up: {why}. Is the shop running? `make run` starts it.")
            self.say(f"{why}; trying again in {wait:.1f} s")
            self.sleep(wait)
            tries += 1


def is_in_flight(response: httpx.Response) -> bool:
    """Whether a request with the same idempotency key is being answered at this moment."""
    return response.status_code == HTTPStatus.CONFLICT and IN_FLIGHT in response.text


def backoff(tries: int) -> float:
    """0.5, 1, 2 ... 30 seconds, shaken by a fifth so that many clients do not come back at once."""
    return min(0.5 * 2.0 ** min(tries, 10), LONGEST_WAIT_SECONDS) * random.uniform(0.8, 1.2)  # noqa: S311 no secret


def retry_after(response: httpx.Response) -> float | None:
    """The seconds that an answer asks to wait; None if it does not say (dates are not used by the shop)."""
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else None
