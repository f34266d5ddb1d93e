"""A database of its own for a shop of real processes, on the kind of database that the tests run on."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import psycopg
from django.conf import settings


@contextmanager
def own_database() -> Iterator[dict[str, str]]:
    """What to set for `open_shop`: nothing on SQLite, where every shop has a file of its own anyway."""
    server = settings.DATABASES["default"]
    if "sqlite3" in server["ENGINE"]:
        yield {}
        return
    name = f"concoct_{secrets.token_hex(6)}"
    address = (
        f"postgres://{quote(server['USER'])}:{quote(server['PASSWORD'])}@{quote(server['HOST'], safe='')}"
    )
    address += f":{server['PORT']}" if server["PORT"] else ""
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield {"DATABASE_URL": f"{address}/{name}"}
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
