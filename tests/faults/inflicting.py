"""The faults: each is a generator that does harm to a rig. `FAULTS` says what is promised under it.

What it has put down it puts up again when it is closed. `rig.inflicted` counts the harm done.
"""

import random
import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import psycopg
import redis

from tests.faults.leases import maker_dies_with_leases
from tests.faults.rig import Harm, Rig

SOLD_BETWEEN_DEATHS = 3
AWAY_SECONDS = 15.0  # for so long nobody listens while a web server that is alone starts


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One kind of fault, and what is promised under it, in seconds.

    `within`: the longest hand-off. `away`: how long the web server may answer nobody. `checkout_slower`: the p95 of
    the checkout beside that under no fault. `checkout_within`: the slowest checkout. `times`: how often it strikes in
    20,000 orders at the least. `is_long`: it takes too long for the short run.
    """

    code: str
    name: str
    inflict: Callable[[Rig], Harm]
    within: float = 10.0
    away: float = 0.0
    checkout_slower: float | None = None
    checkout_within: float | None = None
    times: int = 1
    is_long: bool = False
    databases: tuple[str, ...] = ("sqlite", "postgres")
    buyers: dict[str, float] = field(default_factory=dict)


def nothing(rig: Rig) -> Harm:
    while True:
        yield 1.0


def worker_dies(rig: Rig) -> Harm:
    while True:
        yield random.uniform(4, 8)
        rig.kill("worker")
        rig.inflicted += 1


def pool_child_dies(rig: Rig) -> Harm:
    while True:
        yield random.uniform(1, 3)
        rig.inflicted += rig.kill_child_of("worker")


def redis_is_emptied(rig: Rig) -> Harm:
    while True:
        yield random.uniform(2, 5)
        with redis.Redis.from_url(rig.shop.environment["REDIS_URL"], socket_timeout=2) as server:
            server.flushall()
        rig.inflicted += 1


def redis_dies(rig: Rig) -> Harm:
    try:
        while True:
            yield random.uniform(2, 5)
            rig.kill("redis", stays_down=True)
            rig.inflicted += 1
            yield random.uniform(1, 9)
            rig.raise_again("redis")
    finally:
        rig.raise_again("redis")


def redis_hangs(rig: Rig) -> Harm:
    try:
        while True:
            yield 2.0
            rig.freeze("redis")
            rig.inflicted += 1
            yield 30.0
            rig.thaw("redis")
    finally:
        rig.thaw("redis")


def no_redis(rig: Rig) -> Harm:
    try:
        rig.kill("redis", stays_down=True)
        rig.kill("worker", stays_down=True)
        rig.inflicted += 1
        while True:
            yield 1.0
    finally:
        rig.raise_again("redis", "worker")


def relay_alone(rig: Rig) -> Harm:
    try:
        rig.kill("worker", stays_down=True)
        rig.inflicted += 1
        while True:
            yield 1.0
    finally:
        rig.raise_again("worker")


def connections_are_cut(rig: Rig) -> Harm:
    while True:
        yield random.uniform(2, 4)
        with psycopg.connect(rig.shop.environment["DATABASE_URL"], autocommit=True) as database:
            database.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        rig.inflicted += 1


def two_relays(rig: Rig) -> Harm:
    try:
        rig.raise_again("relay-2")
        rig.inflicted += 1
        while True:
            yield 1.0
    finally:
        rig.kill("relay-2", stays_down=True)


def warehouse_dies(rig: Rig) -> Harm:
    while True:
        yield random.uniform(1, 4)
        rig.kill("warehouse")
        rig.inflicted += 1


def everything_is_restarted(rig: Rig) -> Harm:
    while True:
        for name in ("web", "worker", "relay"):
            yield random.uniform(1, 3)
            stopped = rig.children[name].process
            rig.ask_to_stop(name)
            rig.inflicted += 1
            while rig.children[name].process is stopped:
                yield 0.5


def everything_dies(rig: Rig) -> Harm:
    """kill -9 of all that writes, in the middle of selling; the file must be whole each time."""
    while True:
        before = rig.count_bought()
        while rig.count_bought() < before + SOLD_BETWEEN_DEATHS:
            yield 0.1
        yield random.uniform(0, 0.5)
        for name in ("web", "worker", "relay", *rig.buyers):
            rig.kill(name)
        rig.inflicted += 1
        with closing(sqlite3.connect(rig.folder / "shop.sqlite3", timeout=20)) as database:
            [said] = database.execute("PRAGMA integrity_check").fetchone()
        assert said == "ok", f"after {rig.inflicted} times the database is not whole: {said}"


CALM = Fault(code="-", name="nothing", inflict=nothing, times=0)
FAULTS = (
    Fault(code="F1", name="the worker's tree is killed", inflict=worker_dies),
    Fault(code="F2", name="a process of the worker is killed", inflict=pool_child_dies),
    Fault(code="F3", name="Redis is emptied", inflict=redis_is_emptied, times=5),
    Fault(
        code="F4",
        name="Redis is killed, away for 1 to 9 s, back empty",
        inflict=redis_dies,
        within=5.0,
        checkout_slower=0.1,
    ),
    Fault(code="F5", name="Redis hangs for 30 s", inflict=redis_hangs, within=5.0, checkout_within=1.5),
    Fault(code="F6", name="there is no Redis", inflict=no_redis, within=5.0),
    Fault(code="F7", name="the relay is alone", inflict=relay_alone, within=5.0),
    Fault(
        code="F8",
        name="who has sold dies before it publishes",
        inflict=nothing,
        buyers={"dies": 0.05},
    ),
    Fault(
        code="F9",
        name="all connections to the database are cut",
        inflict=connections_are_cut,
        databases=("postgres",),
        times=6,
    ),
    Fault(code="F11", name="tasks come three times, two relays", inflict=two_relays, buyers={"sends": 3}),
    Fault(code="F13", name="the warehouse is killed at work", inflict=warehouse_dies),
    Fault(
        code="F13",
        name="a maker dies with leases of 60 s",
        inflict=maker_dies_with_leases,
        is_long=True,
    ),
    Fault(
        code="F25",
        name="all parts are restarted in turn, the only web group too",
        inflict=everything_is_restarted,
        away=AWAY_SECONDS,
    ),
    Fault(
        code="F27",
        name="everything that writes is killed",
        inflict=everything_dies,
        databases=("sqlite",),
        within=15.0,
        away=AWAY_SECONDS,
        times=50,
    ),
)


def in_turn(faults: Sequence[Fault], *, seconds: float) -> Callable[[Rig], Harm]:
    """Each of the faults for about so long, and until it has struck once; then it is over."""

    def inflict(rig: Rig) -> Harm:
        for fault in faults:
            print(f"{fault.code}: {fault.name}", flush=True)
            harm, before, begun = fault.inflict(rig), rig.inflicted, time.monotonic()
            with closing(harm):
                while time.monotonic() - begun < seconds or (rig.inflicted == before and not fault.buyers):
                    yield min(next(harm), seconds)

    return inflict


def suffer(rig: Rig, fault: Fault, *, until: Callable[[], bool]) -> None:
    """Inflict a fault on a rig until that has borne enough or the fault is over, then put everything up again."""
    harm = fault.inflict(rig)
    rig.inflicted = 0
    try:
        pause = next(harm)
        while not until():
            begun = time.monotonic()
            rig.run(min(pause, 0.5))
            pause -= time.monotonic() - begun
            if pause <= 0 and (pause := next(harm, -1.0)) < 0:
                return
    finally:
        harm.close()
