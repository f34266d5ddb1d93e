"""How harm is done to a rig: a generator for each fault.

What it has put down it puts up again when it is closed. `rig.inflicted` counts the harm done.
"""

import random
import sqlite3
from contextlib import closing

import psycopg
import redis

from tests.faults.rig import Harm, Rig

SOLD_BETWEEN_DEATHS = 3


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
    """kill -9 of all that writes, in the middle of selling; the file must be whole each time.

    In the middle of it: the buyers have sold again since they last died, and the web server has answered.
    """
    while True:
        sold, answered = rig.count_bought(), rig.count_answers()
        while rig.count_bought() < sold + SOLD_BETWEEN_DEATHS or rig.count_answers() == answered:
            yield 0.3
        yield random.uniform(0, 0.5)
        for name in ("web", "worker", "relay", *rig.buyers):
            rig.kill(name)
        rig.inflicted += 1
        with closing(sqlite3.connect(rig.folder / "shop.sqlite3", timeout=20)) as database:
            [said] = database.execute("PRAGMA integrity_check").fetchone()
        assert said == "ok", f"after {rig.inflicted} times the database is not whole: {said}"
