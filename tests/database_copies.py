"""A copy of the test's database with what the test has stored so far, though it has committed none of it."""

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from django.db import connection
from psycopg.sql import SQL, Identifier

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
COUNTERS = "SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"

_numbers = itertools.count(1)


@contextmanager
def copied_database(folder: Path) -> Iterator[tuple[str, str]]:
    """Its name as Django's settings have it, and its DATABASE_URL; on SQLite a file in that folder."""
    with copied_sqlite(folder) if connection.vendor == "sqlite" else copied_postgres() as copy:
        yield copy


@contextmanager
def copied_sqlite(folder: Path) -> Iterator[tuple[str, str]]:
    file = folder / "shop.sqlite3"
    file.write_bytes(connection.connection.serialize())
    opened = sqlite3.connect(file)
    opened.execute("PRAGMA journal_mode=WAL")  # who changes it while others open the file is refused at once
    opened.close()
    yield str(file), f"sqlite:///{quote(str(file))}"


@contextmanager
def emptied_copy() -> Iterator[None]:
    """PostgreSQL copies only what is committed, so this keeps a database with the tables alone for those to come."""
    if connection.vendor != "postgresql":
        yield
        return
    original = str(connection.settings_dict["NAME"])
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    with made_database(_emptied(original), like=original):
        with psycopg.connect(dbname=_emptied(original), **_server()) as emptied:
            tables = SQL(", ").join(Identifier(name) for (name,) in emptied.execute(TABLES))
            emptied.execute("SET session_replication_role = replica")  # no trigger minds
            emptied.execute(SQL("TRUNCATE {}").format(tables))
        yield


@contextmanager
def copied_postgres() -> Iterator[tuple[str, str]]:
    connection.ensure_connection()
    server = _server()
    original = str(connection.settings_dict["NAME"])
    name = f"{original}_{next(_numbers)}"
    with made_database(name, like=_emptied(original)):
        with psycopg.connect(dbname=name, **server) as target:
            _copy_rows(connection.connection, target)
        password = f":{quote(server['password'], safe='')}" if server["password"] else ""
        place = f"{quote(server['host'], safe='')}:{server['port']}"
        yield name, f"postgres://{server['user']}{password}@{place}/{name}"


@contextmanager
def made_database(name: str, *, like: str) -> Iterator[None]:
    drop_database(name)
    create_like(name, like=like)
    try:
        yield
    finally:
        drop_database(name)


def create_like(name: str, *, like: str) -> None:
    """A copy of a database that nobody is connected to."""
    with psycopg.connect(dbname="postgres", autocommit=True, **_server()) as control:
        control.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(like)))


def drop_database(name: str) -> None:
    with psycopg.connect(dbname="postgres", autocommit=True, **_server()) as control:
        control.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def _emptied(original: str) -> str:
    return f"{original}_empty"


def _server() -> dict[str, Any]:
    settings = connection.settings_dict
    names = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    return {name: settings[key] for name, key in names.items()}


def _copy_rows(source: psycopg.Connection, target: psycopg.Connection) -> None:
    target.execute(
        "SET session_replication_role = replica"
    )  # neither triggers nor the order of tables matter
    for (table,) in source.execute(TABLES).fetchall():
        read = SQL("COPY {} TO STDOUT (FORMAT binary)").format(Identifier(table))
        write = SQL("COPY {} FROM STDIN (FORMAT binary)").format(Identifier(table))
        with source.cursor().copy(read) as rows, target.cursor().copy(write) as copies:
            for block in rows:
                copies.write(block)
    for name, last in source.execute(COUNTERS).fetchall():
        target.execute("SELECT setval(%s, %s)", [name, last])
