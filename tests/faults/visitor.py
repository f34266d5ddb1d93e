"""One process that shops over HTTP, page after page, and writes down each answer: status and seconds.

python -m tests.faults.visitor --url URL --journal FILE
"""

import argparse
import json
import signal
import sys
import time
from pathlib import Path

import httpx

from orders.demo.http import DemoError, Patience
from orders.demo.shopper import Shopper

BETWEEN_PURCHASES_SECONDS = 0.5


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--journal", type=Path, required=True)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with given.journal.open("a") as journal:

        def note(response: httpx.Response) -> None:
            begun = response.request.extensions["begun"]
            line = {
                "status": response.status_code,
                "path": response.request.url.path,
                "seconds": time.monotonic() - begun,
                "retry_after": response.headers.get("Retry-After"),
            }
            journal.write(f"{json.dumps(line)}\n")
            journal.flush()

        def begin(request: httpx.Request) -> None:
            request.extensions["begun"] = time.monotonic()

        while True:
            patience = Patience(seconds=60, say=print, sleep=lambda seconds: time.sleep(min(seconds, 1)))
            shopper = Shopper(given.url, say=lambda _line: None, patience=patience)
            shopper.client.event_hooks = {"request": [begin], "response": [note]}
            try:
                with shopper.client:
                    shopper.order()
            except DemoError as error:
                print(f"visitor: {error}", flush=True)
            time.sleep(BETWEEN_PURCHASES_SECONDS)


if __name__ == "__main__":
    main()
