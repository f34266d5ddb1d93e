"""Whether a rolling restart turns anybody away or loses anything: `python -m benchmarks.restarts`.

The nginx of docs/deploy in front of two groups of web processes and two of the fulfilment API on a real PostgreSQL,
with a worker and a relay. While shoppers order and pay, makers make and ship what they have bought and a reader follows
the feed, all over HTTP, one part after the other is stopped as systemd does (SIGTERM, then kill -9) and started again,
the next when it answers.

Prints what everybody was answered, how long the slowest took and how long each part was away. Exits with 1 if a request
had no answer or a server error that does not say when to come back, if somebody gave up, if what people were told is
not what is stored (an order or an event lost, or there twice), or if an invariant is broken. Needs nginx, openssl and
PostgreSQL; two or three minutes.
"""

import argparse
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Self

import httpx

from config.processes import Child, read_procfile
from config.readiness import answers
from orders.demo.http import DemoError, Patience, connect
from orders.demo.maker import API, Maker
from orders.demo.shopper import Shopper
from tests.behind_nginx import DEPLOY, missing_programs, open_nginx, read_settings
from tests.faults.rig import ENDLESS
from tests.on_postgres import running_postgres
from tests.processes import Shop, find_free_port, open_shop, run_python

START_SECONDS = 120.0
STOP_SECONDS = {
    "web": 30.0,
    "fulfilment": 40.0,
    "worker": 40.0,
    "relay": 30.0,
}  # TimeoutStopSec of their units
CALM_SECONDS = 3.0
PATIENCE_SECONDS = 60.0
SHIPPED_WITHIN_SECONDS = 120.0
WAIT_SECONDS = 20  # as long as a reader of the feed may ask for
CLAIMED_AT_ONCE = 3

READ = """
import json
import django; django.setup()
from orders.models import FeedEvent, Job, Order
print(json.dumps({
    "placed": list(Order.objects.values_list("token", flat=True)),
    "paid": list(Order.objects.filter(paid_at__isnull=False).values_list("token", flat=True)),
    "jobs": Job.objects.count(),
    "shipped": Job.objects.filter(state=Job.State.SHIPPED).count(),
    "events": list(FeedEvent.objects.filter(seq__isnull=False).order_by("seq").values_list("seq", flat=True)),
}))
"""


@dataclass(slots=True)
class Seen:
    """What requests of one kind were answered, by method and status (or kind of error), and the slowest, in seconds."""

    answers: Counter[str] = field(default_factory=Counter)
    bad: list[str] = field(default_factory=list)
    slowest: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(
        self, request: httpx.Request, answer: httpx.Response | httpx.TransportError, *, seconds: float
    ) -> None:
        said = str(answer.status_code) if isinstance(answer, httpx.Response) else type(answer).__name__
        with self.lock:
            self.answers[f"{request.method} {said}"] += 1
            self.slowest = max(self.slowest, seconds)
            if not is_right(answer):
                self.bad.append(f"{request.method} {request.url.path}: {said}")

    def __str__(self) -> str:
        answers = dict(sorted(self.answers.items()))
        return f"{self.answers.total()} requests, the slowest {self.slowest:.1f} s: {answers}"


def is_right(answer: httpx.Response | httpx.TransportError) -> bool:
    """Whether it is an answer, and one that a restart may give: of the server's errors only when to come back."""
    if isinstance(answer, httpx.TransportError):
        return False
    if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        return "Retry-After" in answer.headers
    return answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR


class Noting(httpx.BaseTransport):
    """A transport that notes every answer, and takes nginx's certificate, which is of our own making."""

    def __init__(self, seen: Seen) -> None:
        self.seen, self.inner = seen, httpx.HTTPTransport(verify=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        begun = time.monotonic()
        try:
            response = self.inner.handle_request(request)
            response.read()
        except httpx.TransportError as error:
            self.seen.note(request, error, seconds=time.monotonic() - begun)
            raise
        self.seen.note(request, response, seconds=time.monotonic() - begun)
        return response

    def close(self) -> None:
        self.inner.close()


@dataclass(slots=True)
class Told:
    """What people were told over HTTP: tokens of orders that were paid, jobs that were shipped, numbers of events."""

    bought: list[str] = field(default_factory=list)
    shipped: list[int] = field(default_factory=list)
    events: list[int] = field(default_factory=list)
    gave_up: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database has."""

    placed: list[str]
    paid: list[str]
    jobs: int
    shipped: int
    events: list[int]

    @classmethod
    def read(cls, shop: Shop) -> Self:
        return cls(**json.loads(run_python("-c", READ, environment=shop.environment)))


def compare(told: Told, stored: Stored) -> Iterator[str]:
    """In what they differ, a sentence for each; each order is of one job."""
    bought = set(told.bought)
    if lost := bought - set(stored.paid):
        yield f"{len(lost)} orders that shoppers were thanked for are not stored as paid."
    if len(told.bought) > len(bought):
        yield "Two shoppers were thanked for the same order."
    if not told.gave_up and (extra := set(stored.placed) - bought):
        yield f"{len(extra)} orders are stored that nobody was thanked for: somebody's was placed twice."
    if stored.jobs != len(stored.paid):
        yield f"{len(stored.paid)} paid orders have {stored.jobs} jobs."
    if stored.shipped != stored.jobs:
        yield f"Of {stored.jobs} jobs {stored.shipped} are shipped."
    if sum(told.shipped) != stored.shipped:
        yield f"The makers were told of {sum(told.shipped)} shipped jobs, {stored.shipped} are stored."
    if told.events != stored.events:
        missed = len(set(stored.events) - set(told.events))
        yield f"The reader of the feed has {len(told.events)} events, of {len(stored.events)} it misses {missed}."


def make_patience() -> Patience:
    return Patience(seconds=PATIENCE_SECONDS, say=lambda _line: None)


def shop_around(url: str, seen: Seen, told: Told, over: threading.Event) -> None:
    """A new shopper again and again, who orders a mix and pays; whoever has begun when it is over ends."""
    while not over.is_set():
        shopper = Shopper(url, say=lambda _line: None, patience=make_patience(), transport=Noting(seen))
        with shopper.client:
            told.bought.append(shopper.order().rpartition("/")[2])


def make_and_ship(url: str, key: str, seen: Seen, told: Told, over: threading.Event) -> None:
    """A maker who takes a few jobs at a time."""
    maker = Maker(
        url, key, say=lambda _line: None, sleep=time.sleep, patience=make_patience(), transport=Noting(seen)
    )
    with maker.client:
        while not over.is_set():
            if shipped := maker.work(CLAIMED_AT_ONCE):
                told.shipped.append(shipped)
            else:
                over.wait(0.3)


def follow_feed(url: str, key: str, seen: Seen, told: Told, over: threading.Event) -> None:
    """Reads from the first event on, waits for the next ones, and reads what is left when it is over."""
    patience, after, is_last = make_patience(), 0, False
    with connect(url, headers={"Authorization": f"Bearer {key}"}, transport=Noting(seen)) as client:
        while not is_last:
            is_over = over.is_set()
            asked = {"after": after, "limit": 1000, "wait_seconds": 0 if is_over else WAIT_SECONDS}
            answer = patience.send(client, "GET", f"{API}/events", params=asked)
            if not answer.is_success:
                raise DemoError(f"The feed answered {answer.status_code} after {after}.")
            page = answer.json()
            told.events.extend(event["seq"] for event in page["events"])
            after, is_last = page["next_after"], is_over and not page["has_more"]


class People:
    """Threads of one kind; whoever gives up says so in `told`."""

    def __init__(self, count: int, act: Callable[..., None], *given: object, told: Told) -> None:
        self.seen, self.over, self.told = Seen(), threading.Event(), told
        self.threads = [threading.Thread(target=self._run, args=(act, given)) for _each in range(count)]
        for thread in self.threads:
            thread.start()

    def _run(self, act: Callable[..., None], given: Iterable[object]) -> None:
        try:
            act(*given, self.seen, self.told, self.over)
        except DemoError as error:
            self.told.gave_up.append(str(error))

    def leave(self) -> None:
        """Returns when each has ended what she was doing."""
        self.over.set()
        for thread in self.threads:
            thread.join()


def make_group(shop: Shop, unit: str, port: int) -> Child:
    """A web group as that unit starts it; its name begins with web, so that it is asked as one."""
    environment = {**shop.environment, "WEB_WORKERS": "2", **read_settings(DEPLOY / unit, port=port)}
    return Child(f"web-{port}", read_procfile()["web"], environment=environment, log_dir=shop.var_dir / "log")


def start(child: Child) -> None:
    """Returns when it answers."""
    child.start()
    deadline = time.monotonic() + START_SECONDS
    while not answers(child):
        if not child.is_alive or time.monotonic() > deadline:
            raise SystemExit(f"{child.name}:\n{child.log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)


@contextmanager
def open_parts() -> Iterator[tuple[Shop, str, list[tuple[str, Child]]]]:
    """(the shop; the address that nginx listens on; its parts, each with its kind, in the order of a restart)."""
    tls, *ports = (find_free_port() for _port in range(5))
    pages, fulfilment = ports[:2], ports[2:]
    url = f"https://127.0.0.1:{tls}"
    with ExitStack() as stack:
        server = stack.enter_context(running_postgres())
        settings = {
            "DATABASE_URL": server.url,
            "BASE_URL": url,
            "NUM_PROXIES": "1",
            "SHOP_API_RATE": "100000/min",
            "FULFILMENT_API_RATE": "100000/min",
        }
        shop = stack.enter_context(open_shop("redis", "worker", "relay", env=settings))
        run_python("-c", ENDLESS, environment=shop.environment)
        groups = [
            *(("web", make_group(shop, "concoct-web@.service", port)) for port in pages),
            *(("fulfilment", make_group(shop, "concoct-fulfilment@.service", port)) for port in fulfilment),
        ]
        for kind, group in groups:
            stack.callback(group.stop, STOP_SECONDS[kind])
            start(group)
        stack.enter_context(open_nginx(tls=tls, pages=pages, fulfilment=fulfilment))
        yield shop, url, [*groups, *((name, shop.children[name]) for name in ("worker", "relay"))]


def restart(kind: str, child: Child) -> str:
    """How long it was away, or that it had to be killed."""
    begun = time.monotonic()
    ended = child.stop(STOP_SECONDS[kind])
    stopped = time.monotonic() - begun
    start(child)
    how = "stopped after" if ended else "was killed after"
    return f"{kind} {child.name} {how} {stopped:.1f} s and answered after {time.monotonic() - begun:.1f} s"


def await_all_shipped(shop: Shop) -> Stored:
    """What is stored when every paid order is shipped, or SHIPPED_WITHIN_SECONDS later."""
    deadline = time.monotonic() + SHIPPED_WITHIN_SECONDS
    while True:
        stored = Stored.read(shop)
        if stored.shipped == stored.jobs == len(stored.paid) or time.monotonic() > deadline:
            return stored
        time.sleep(1)


def find_broken(shop: Shop) -> Iterator[str]:
    try:
        shop.manage("check_invariants")
    except AssertionError as error:
        yield str(error)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--shoppers", type=int, default=3)
    parser.add_argument("--makers", type=int, default=2)
    given = parser.parse_args()
    if missing := missing_programs("nginx", "openssl"):
        raise SystemExit(f"Not on this machine: {', '.join(missing)}.")
    told = Told()
    with open_parts() as (shop, url, parts):
        key = shop.manage("create_fulfilment_key", "bench").strip()
        reader = People(1, follow_feed, url, key, told=told)
        makers = People(given.makers, make_and_ship, url, key, told=told)
        shoppers = People(given.shoppers, shop_around, url, told=told)
        try:
            for part in parts:
                time.sleep(CALM_SECONDS)
                print(restart(*part), flush=True)
            time.sleep(CALM_SECONDS)
        finally:
            shoppers.leave()
            await_all_shipped(shop)
            makers.leave()
            reader.leave()
        wrong = [*told.gave_up, *compare(told, Stored.read(shop)), *find_broken(shop)]
    for name, people in (("shoppers", shoppers), ("makers", makers), ("reader", reader)):
        print(f"{name}: {people.seen}")
        wrong += people.seen.bad
    print(
        f"{len(told.bought)} orders were bought, {sum(told.shipped)} jobs shipped, {len(told.events)} events read."
    )
    print(
        "\n".join(wrong)
        or "Nobody was turned away, nothing was lost or is there twice, and the invariants hold."
    )
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
