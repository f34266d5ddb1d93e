"""Changing what the database refuses to change: for tests of what would come of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

GUARD = "orders_jobtransition_no_update"


@contextmanager
def steps_may_change() -> Iterator[None]:
    """Nothing refuses to change a step of a job meanwhile. Use it inside a test's transaction."""
    with connection.cursor() as cursor:
        if (
            connection.vendor == "postgresql"
        ):  # a trigger cannot be dropped while checks of its table are deferred
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            cursor.execute("SET LOCAL session_replication_role = origin")
        else:
            cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s", [GUARD])
            [made_by] = cursor.fetchone()
            cursor.execute(f"DROP TRIGGER {GUARD}")
            yield
            cursor.execute(made_by)
