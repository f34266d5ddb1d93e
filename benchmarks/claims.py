"""What a claim costs, and whether a long backlog makes it slower: `python -m benchmarks.claims`.

Claims of 10 jobs over the API at several backlogs, on a real PostgreSQL: CPU seconds of the WSGI application beside a
bare Django page of 10 kB through the same middleware, queries, and jobs a second beside a loop of one raw statement
(SKIP LOCKED, UPDATE, RETURNING) on the same rows. The last claims of a backlog are set beside its first ones: what was
claimed leaves dead entries at the head of the partial index.
"""

import argparse
import json
import os
import uuid
from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.pages import time_bare
from benchmarks.visitor import Visitor
from tests.on_postgres import running_postgres
from tests.processes import open_shop

BACKLOGS = (1_000, 100_000, 1_000_000)
CLAIMS = 60  # of 10 jobs each
JOBS = 10
AIMS = {"ratio": 1.5, "queries": 6, "kept": 0.8}
QUERIES = (
    "One finds the key, one locks the Idempotency-Key (not on SQLite), one looks for an answer under it, four claim "
    "(select, update, transitions, events), one stores the answer."
)
PATH = "/api/fulfilment/v1/claims"

RAW = """
UPDATE orders_job SET state = 'claimed', version = version + 1, attempt = attempt + 1, client_id = %s,
  lease_token = gen_random_uuid(), lease_expires_at = now() + interval '10 minutes'
WHERE id IN (SELECT id FROM orders_job
  WHERE state = 'ready' AND NOT on_hold AND cancellation = '' AND sandbox_id IS NULL
  ORDER BY promised_on, id LIMIT 10 FOR UPDATE SKIP LOCKED)
RETURNING id, public_id, snapshot
"""


def fill(count: int) -> None:
    """Ready jobs up to `count`, copies of one that was really handed off.

    Their lines repeat the position of the first one, which is two bytes wide: nobody looks at the order's page.
    """
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE orders_orderline DROP CONSTRAINT IF EXISTS line_position_once")
        cursor.execute("SELECT count(*) FROM orders_job WHERE state = 'ready'")
        missing = count - cursor.fetchone()[0]
        copy_row(cursor, "orders_orderline", "generate_series(1, %s)", {}, [missing])
        unmade = "(SELECT id FROM orders_orderline EXCEPT SELECT line_id FROM orders_job) line"
        own = {
            "line_id": "line.id",
            "public_id": "gen_random_uuid()",
            "promised_on": "source.promised_on + mod(line.id, 30)::int",
        }
        copy_row(cursor, "orders_job", unmade, own, [])
        cursor.execute("ANALYZE orders_job")


def copy_row(cursor: Any, table: str, for_each: str, own: dict[str, str], parameters: list[object]) -> None:
    """Copy the first row of a table for each row of something; `own` are the columns that are not copied."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'",
        [table],
    )
    values = {name: own.get(name, f"source.{name}") for (name,) in cursor.fetchall()}
    columns, expressions = ", ".join(values), ", ".join(values.values())
    cursor.execute(
        f"INSERT INTO {table} ({columns}) SELECT {expressions} FROM {table} source, {for_each} "  # noqa: S608 our names
        f"WHERE source.id = (SELECT min(id) FROM {table})",
        parameters or None,
    )


def put_back() -> None:
    """Every claimed job is ready again, as if nothing had been claimed."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders_job SET state = 'ready', lease_token = NULL, lease_expires_at = NULL, client_id = NULL "
            "WHERE state = 'claimed'"
        )
        cursor.execute("VACUUM orders_job")


def claim_often(visitor: Visitor, key: str) -> tuple[list[float], list[float]]:
    """CPU seconds and wall seconds of each of CLAIMS claims."""
    cpu, wall = [], []
    body = {"worker": "bench", "max_jobs": JOBS, "lease_seconds": 600}
    for _ in range(CLAIMS):
        headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": str(uuid.uuid4())}
        begun = perf_counter()
        answer = visitor.post_json(PATH, body, headers)
        wall.append(perf_counter() - begun)
        cpu.append(answer.seconds)
        if len(json.loads(answer.body)["jobs"]) != JOBS:
            raise SystemExit(answer.text[:500])
    return cpu, wall


def claim_raw(client_id: int) -> list[float]:
    from django.db import connection, transaction

    wall = []
    for _ in range(CLAIMS):
        begun = perf_counter()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(RAW, [client_id])
            found = len(cursor.fetchall())
        wall.append(perf_counter() - begun)
        if found != JOBS:
            raise SystemExit(f"the raw loop claimed {found} jobs")
    return wall


def count_queries(call: Callable[[], object]) -> list[str]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        call()
    return [query["sql"] for query in captured.captured_queries]


def measure(application: Any, host: str, backlogs: tuple[int, ...]) -> list[dict[str, Any]]:
    from django.utils import timezone

    from orders.keys import make_key
    from orders.models import FulfilmentKey
    from tests.orders.make import make_job

    make_job()
    made = make_key("bench", scopes=FulfilmentKey.Scope.values, now=timezone.now())
    visitor = Visitor(application, host)
    rows = []
    for backlog in backlogs:
        fill(backlog + 3 * CLAIMS * JOBS)
        claim_often(visitor, made.text)
        cpu, wall = claim_often(visitor, made.text)
        raw = claim_raw(made.row.pk)
        bare = median(time_bare(visitor, 10_000) for _ in range(CLAIMS))
        queries = count_queries(lambda: claim_often(visitor, made.text))
        real = [sql for sql in queries if sql.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE")]
        third = CLAIMS // 3
        rows.append(
            {
                "backlog": backlog,
                "cpu_ms": round(median(cpu) * 1000, 2),
                "bare_ms": round(bare * 1000, 2),
                "ratio": round(median(cpu) / bare, 2),
                "queries": round(len(real) / CLAIMS, 1),
                "jobs_per_s": round(JOBS / median(wall)),
                "raw_jobs_per_s": round(JOBS / median(raw)),
                "of_raw": round(median(raw) / median(wall), 3),
                "last_to_first": round(median(wall[:third]) / median(wall[-third:]), 2),
            }
        )
        put_back()
    first = rows[0]
    for row in rows:
        row["kept"] = round(row["jobs_per_s"] / first["jobs_per_s"], 2)
        row["raw_kept"] = round(row["raw_jobs_per_s"] / first["raw_jobs_per_s"], 2)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--backlogs", type=int, nargs="+", default=BACKLOGS)
    given = parser.parse_args()
    own = {"DATABASE_STATEMENT_SECONDS": "0"}  # a million rows are written in one statement
    with (
        running_postgres() as server,
        open_shop("redis", env={"DATABASE_URL": server.url, **own}) as shop,
    ):
        os.environ.update(shop.environment)
        import django

        django.setup()
        from django.conf import settings
        from django.core.wsgi import get_wsgi_application

        settings.ROOT_URLCONF = "benchmarks.bare"
        rows = measure(get_wsgi_application(), f"127.0.0.1:{shop.port}", tuple(given.backlogs))
        from django.db import connections

        connections.close_all()
    print(
        f"A claim of {JOBS} jobs on PostgreSQL (aims: {AIMS['ratio']}x a bare page of 10 kB, {AIMS['queries']} queries"
        f", {AIMS['kept']} of the first backlog's rate kept)"
    )
    most = max(row["queries"] for row in rows)
    print(
        f"{most} queries: the aim of {AIMS['queries']} is {'met' if most <= AIMS['queries'] else 'missed'}. {QUERIES}"
    )
    names = list(rows[0])
    print("  ".join(f"{name:>14}" for name in names))
    for row in rows:
        print("  ".join(f"{row[name]:>14}" for name in names))
    print("\n" + "\n".join(json.dumps(row) for row in rows))


if __name__ == "__main__":
    main()
