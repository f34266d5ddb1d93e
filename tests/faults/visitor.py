"""One process that shops over HTTP, page after page, and writes down each answer, or that none came.

    python -m tests.faults.visitor --url URL --journal FILE --bought FILE [--pause SECONDS]

A line of the journal is of a request: when it ended, method, path, seconds, then either status and Retry-After, or
`refused`, the name of the error of a connection that was refused, cut or timed out. Or it is of a visit that was
given up, and why. The token of each order that the shop has thanked for goes to the file of what was bought.
"""

import argparse
import json
import signal
import sys
import time
from pathlib import Path
from typing import TextIO

import httpx

from orders.demo.http import DemoError, Patience
from orders.demo.shopper import Shopper


class Noting(httpx.BaseTransport):
    """A transport that writes a line for every request, some seconds after the one before."""

    def __init__(self, journal: TextIO, *, pause: float) -> None:
        self.journal, self.pause, self.inner = journal, pause, httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        time.sleep(self.pause)
        begun = time.monotonic()
        about = {"method": request.method, "path": request.url.path}
        try:
            response = self.inner.handle_request(request)
            response.read()
        except httpx.TransportError as error:
            write(self.journal, **about, seconds=time.monotonic() - begun, refused=type(error).__name__)
            raise
        answer = {"status": response.status_code, "retry_after": response.headers.get("Retry-After")}
        write(self.journal, **about, seconds=time.monotonic() - begun, **answer)
        return response

    def close(self) -> None:
        self.inner.close()


def write(journal: TextIO, **line: object) -> None:
    journal.write(f"{json.dumps({'at': time.time(), **line})}\n")
    journal.flush()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--bought", type=Path, required=True)
    parser.add_argument("--pause", type=float, default=0, help="seconds before each page")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with given.journal.open("a") as journal, given.bought.open("a") as bought:
        while True:
            patience = Patience(seconds=60, say=print, sleep=lambda seconds: time.sleep(min(seconds, 1)))
            noting = Noting(journal, pause=given.pause)
            shopper = Shopper(given.url, say=lambda _line: None, patience=patience, transport=noting)
            with shopper.client:
                try:
                    write(bought, token=shopper.order().rpartition("/")[2])
                except DemoError as error:
                    write(journal, gave_up=str(error))


if __name__ == "__main__":
    main()
