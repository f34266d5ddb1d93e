"""Giving a database connection back before a long wait, so that a pool of few serves many that wait."""

from django.db import connection


def release_connection() -> None:
    """Let go of this thread's connection; the next query gets another. Inside a transaction it is kept."""
    if not connection.in_atomic_block:
        connection.close()
