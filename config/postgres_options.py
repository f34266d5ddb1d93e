"""How the shop uses PostgreSQL: a pool of connections in each process, and an end to every wait."""

from typing import Any

from environs import Env, validate


def read_postgres_options(env: Env) -> dict[str, Any]:
    """What goes into OPTIONS of Django's database settings; `pool` is missing where DATABASE_POOL_MAX is 0."""
    smallest = env.int("DATABASE_POOL_MIN", 1, validate=validate.Range(min=0))
    largest = env.int("DATABASE_POOL_MAX", 4, validate=validate.Range(min=0))
    pool = {
        "min_size": min(smallest, largest),
        "max_size": largest,
        "timeout": env.int("DATABASE_POOL_SECONDS", 5, validate=validate.Range(min=1)),
        "max_lifetime": env.int("DATABASE_CONNECTION_SECONDS", 1800, validate=validate.Range(min=1)),
    }
    limits = {
        "lock_timeout": env.int("DATABASE_LOCK_SECONDS", 10, validate=validate.Range(min=0)),
        "statement_timeout": env.int("DATABASE_STATEMENT_SECONDS", 30, validate=validate.Range(min=0)),
        "idle_in_transaction_session_timeout": env.int(
            "DATABASE_IDLE_SECONDS", 60, validate=validate.Range(min=0)
        ),
    }
    options: dict[str, Any] = {
        "connect_timeout": 5,
        "options": " ".join(f"-c {name}={seconds}s" for name, seconds in limits.items()),
    }
    return {**options, "pool": pool} if largest else options
