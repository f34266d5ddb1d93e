"""Whether a rolling restart turns anybody away: `python -m benchmarks.restarts`.

The nginx of docs/deploy in front of two groups of web processes on a real PostgreSQL. While shoppers look at a mix and
put it into a basket, one group is stopped as systemd does (SIGTERM) and started again, and when it answers the other.
Prints how many requests there were, what they were answered and how long the slowest took; exits with 1 if one got no
answer or an error. Needs nginx and openssl.
"""

import argparse
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from config.processes import Child, read_procfile
from orders.demo.shopper import CHOICES, MIX
from tests.behind_nginx import missing_programs, write_nginx_config
from tests.on_postgres import running_postgres
from tests.processes import Shop, find_free_port, open_shop

START_SECONDS = 120.0
STOP_SECONDS = 30.0  # TimeoutStopSec of concoct-web@.service
CALM_SECONDS = 2.0


@dataclass(slots=True)
class Seen:
    """What shoppers were answered, by method and status (or kind of error), and the slowest answer in seconds."""

    answers: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, client: httpx.Client, method: str, path: str, **options: dict[str, str]) -> None:
        begun = time.monotonic()
        try:
            answer: object = client.request(method, path, **options).status_code  # type: ignore[arg-type]
        except httpx.HTTPError as error:
            answer = type(error).__name__
        with self.lock:
            self.answers[f"{method} {answer}"] += 1
            self.slowest = max(self.slowest, time.monotonic() - begun)

    @property
    def failed(self) -> int:
        fine = {"GET 200", "POST 302", "POST 303"}
        return sum(count for answer, count in self.answers.items() if answer not in fine)


def shop_around(url: str, seen: Seen, over: threading.Event) -> None:
    """A new shopper again and again: looks at a mix and puts it into the basket."""
    while not over.is_set():
        with httpx.Client(base_url=url, verify=False, timeout=60, trust_env=False) as client:  # noqa: S501 our own
            seen.ask(client, "GET", f"/mix/{MIX}")
            seen.ask(
                client, "POST", "/basket/add", data=CHOICES, headers={"Origin": url, "Referer": f"{url}/"}
            )


def make_group(shop: Shop, port: int) -> Child:
    environment = {**shop.environment, "PORT": str(port), "WEB_WORKERS": "2"}
    return Child(f"web-{port}", read_procfile()["web"], environment=environment, log_dir=shop.var_dir / "log")


def start(child: Child) -> None:
    """Returns when it answers, whatever it answers."""
    child.start()
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{child.environment['PORT']}/healthz", timeout=30, trust_env=False)
        except httpx.TransportError as error:
            if not child.is_alive or time.monotonic() > deadline:
                raise SystemExit(child.log.read_text(errors="replace")[-2000:]) from error
            time.sleep(0.1)
        else:
            return


@contextmanager
def open_groups() -> Iterator[tuple[str, list[Child]]]:
    """The address that nginx listens on, and the two groups behind it."""
    plain, tls, fulfilment, *ports = (find_free_port() for _port in range(5))
    url = f"https://127.0.0.1:{tls}"
    with ExitStack() as stack:
        server = stack.enter_context(running_postgres())
        settings = {"DATABASE_URL": server.url, "BASE_URL": url, "NUM_PROXIES": "1"}
        shop = stack.enter_context(open_shop("redis", env=settings))
        groups = [make_group(shop, port) for port in ports]
        for group in groups:
            stack.callback(group.stop, STOP_SECONDS)
            start(group)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="concoct-nginx-")))
        folder.chmod(0o755)  # its workers run as another user
        config = write_nginx_config(folder, plain=plain, tls=tls, pages=ports, fulfilment=fulfilment)
        nginx = Child(
            "nginx", f"nginx -p {folder} -c {config}", environment=shop.environment, log_dir=folder / "log"
        )
        nginx.start()
        stack.callback(nginx.stop, STOP_SECONDS)
        yield url, groups


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--shoppers", type=int, default=4)
    given = parser.parse_args()
    if missing := missing_programs("nginx", "openssl"):
        raise SystemExit(f"Not on this machine: {', '.join(missing)}.")
    seen, over = Seen(), threading.Event()
    with open_groups() as (url, groups):
        people = [
            threading.Thread(target=shop_around, args=(url, seen, over)) for _each in range(given.shoppers)
        ]
        time.sleep(CALM_SECONDS)
        for person in people:
            person.start()
        for group in groups:
            time.sleep(CALM_SECONDS)
            group.stop(STOP_SECONDS)
            start(group)
        time.sleep(CALM_SECONDS)
        over.set()
        for person in people:
            person.join()
    print(
        f"{seen.answers.total()} requests while both groups were restarted, {seen.failed} without a right answer; "
        f"the slowest took {seen.slowest:.1f} s: {dict(seen.answers)}"
    )
    raise SystemExit(bool(seen.failed))


if __name__ == "__main__":
    main()
