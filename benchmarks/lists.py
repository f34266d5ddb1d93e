"""Whether staff's lists stay quick as they grow: `python -m benchmarks.lists`.

Orders and jobs are filled in by SQL up to each size, on a real SQLite file and a real PostgreSQL; then each list,
filter and search is opened as staff do, through the whole of the web application. Queries, the least time, and that
time beside the baseline: the plain list over the first size, a hundred rows on one page. Exits with 1 where a list asks
more queries than `AIMS` allow.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from tests.on_postgres import running_postgres

SIZES = ((100, 100), (10_000, 100_000), (100_000, 1_000_000))  # orders and jobs
OPENED = 9  # times each
AIMS = {"ratio": 2.0, "queries": 12}
FUNCTIONS = {  # what the two databases have different names for
    "sqlite": {"uuid": "lower(hex(randomblob(16)))", "number": "printf('%010d', {})"},
    "postgresql": {"uuid": "gen_random_uuid()", "number": "lpad(({})::text, 10, '0')"},
}
FIRST = 1_000  # the id of the first row that is filled in, above those that were really ordered


def fill(orders: int, jobs: int, *, before: tuple[int, int]) -> None:
    """Rows up to these counts, from `before`: most jobs are shipped, one of 20 is ready, few failed or are held.

    They are copies of one order that was really made and sent, with names, e-mails and labels of their own. The frozen
    recipe is left out, which no list reads.
    """
    from django.db import connection

    from orders.models import Job, Order, OrderLine

    names = FUNCTIONS[connection.vendor]
    shipped = Job.objects.get(pk__lt=FIRST)
    each = max(1, jobs // orders)
    i = "n.i"
    _copy(
        Order,
        shipped.order_id,
        (before[0], orders),
        {
            "id": f"{FIRST} + {i}",
            "number": names["number"].format(i),
            "token": f"'bench' || {i}",
            "checkout_key": names["uuid"],
            "full_name": f"'Name' || ({i} % 5000) || ' Surname' || ({i} % 977)",
            "email": f"'shopper' || {i} || '@example.org'",
        },
    )
    _copy(
        OrderLine,
        shipped.line_id,
        (before[1], jobs),
        {
            "id": f"{FIRST} + {i}",
            "order_id": f"{FIRST} + 1 + ({i} - 1) % {orders}",
            "position": f"{before[1] % 1000} + 1 + ({i} - 1) / {orders}",
            "label_name": f"'Label ' || ({i} % 1000)",
        },
    )
    is_open = f"{i} % 20 = 0"
    _copy(
        Job,
        shipped.pk,
        (before[1], jobs),
        {
            "id": f"{FIRST} + {i}",
            "public_id": names["uuid"],
            "order_id": f"{FIRST} + 1 + ({i} - 1) % {orders}",
            "line_id": f"{FIRST} + {i}",
            "state": f"CASE WHEN {i} % 1000 = 0 THEN 'failed' WHEN {is_open} THEN 'ready' ELSE source.state END",
            "shipment_id": f"CASE WHEN {is_open} THEN NULL ELSE source.shipment_id END",
            "on_hold": f"{i} % 500 = 0",
            "batch": f"'B' || ({i} / 20)",
            "snapshot": "'{}'",
        },
    )
    with connection.cursor() as cursor:
        for model in (Order, OrderLine, Job):
            cursor.execute(f"ANALYZE {model._meta.db_table}")
    print(f"  filled in {orders} orders, {jobs} jobs ({each} for each order)", file=sys.stderr, flush=True)


def _copy(model: Any, pk: int, span: tuple[int, int], own: dict[str, str]) -> None:
    """Copy a row once for each number of a span; `own` are the columns that are not copied."""
    from django.db import connection, transaction

    values = {f.column: own.get(f.column, f"source.{f.column}") for f in model._meta.concrete_fields}
    columns, expressions = ", ".join(values), ", ".join(values.values())
    table = model._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(
            f"WITH RECURSIVE n(i) AS (SELECT {span[0] + 1} UNION ALL SELECT i + 1 FROM n WHERE i < {span[1]}) "  # noqa: S608 our names
            f"INSERT INTO {table} ({columns}) SELECT {expressions} FROM {table} source, n WHERE source.id = {pk}"
        )


PAGES = {
    "orders": "/admin/orders/order/",
    "orders, page 50": "/admin/orders/order/?p=50",
    "orders, unpaid": "/admin/orders/order/?state__exact=placed",
    "orders by number": "/admin/orders/order/?q=0000000042",
    "orders by e-mail": "/admin/orders/order/?q=shopper42@example.org",
    "orders by name": "/admin/orders/order/?q=name42+surname42",
    "orders by mix": "/admin/orders/order/?q=quench",
    "orders by label": "/admin/orders/order/?q=label+77",
    "jobs": "/admin/orders/job/",
    "jobs, page 50": "/admin/orders/job/?p=50",
    "jobs, ready": "/admin/orders/job/?state__exact=ready",
    "jobs, failed": "/admin/orders/job/?state__exact=failed",
    "jobs, on hold": "/admin/orders/job/?on_hold__exact=1",
    "jobs, lapsed": "/admin/orders/job/?lapsed__exact=1",
    "jobs by promise": "/admin/orders/job/?o=2",
    "jobs by number": "/admin/orders/job/?q=0000000042",
    "jobs by batch": "/admin/orders/job/?q=B4",
    "jobs by mix": "/admin/orders/job/?q=quench",
    "jobs by label": "/admin/orders/job/?q=label+77",
}


def measure(sizes: Sequence[tuple[int, int]]) -> list[dict[str, Any]]:
    from django.utils import timezone

    from configurator.loading import SHIPPED_CATALOGUE, load_catalogue
    from tests.orders.make import make_job

    load_catalogue(SHIPPED_CATALOGUE, now=timezone.now())
    make_job("shipped")
    staff = _sign_in()
    rows: list[dict[str, Any]] = []
    before = (0, 0)
    for size in sizes:
        fill(*size, before=before)
        before = size
        for name, path in PAGES.items():
            rows.append({"list": name, "orders": size[0], "jobs": size[1], **_open(staff, path)})
            print(f"  {rows[-1]}", file=sys.stderr, flush=True)
    hundred = {row["list"]: row["ms"] for row in rows[: len(PAGES)]}
    for row in rows:
        row["ratio"] = round(row["ms"] / hundred[row["list"].split()[0].rstrip(",")], 2)
    return rows


def _sign_in() -> Any:
    """A client of staff who has passed the second factor: else every list leads to the page that sets one up."""
    from django.contrib.auth.models import User
    from django.test import Client
    from django_otp import DEVICE_ID_SESSION_KEY
    from django_otp.plugins.otp_totp.models import TOTPDevice

    user = User.objects.create_superuser("bench")
    staff = Client()
    staff.force_login(user)
    session = staff.session
    session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.create(user=user).persistent_id
    session.save()
    return staff


def _open(staff: Any, path: str) -> dict[str, Any]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        answer = staff.get(path, follow=True)
        asked = len(queries)
    shown = answer.request["PATH_INFO"]
    # `follow` is for a page that there is not yet.
    if answer.status_code != 200 or shown != path.partition("?")[0]:
        raise SystemExit(f"{path} answered {answer.status_code} at {shown}")
    taken = []
    for _ in range(OPENED):
        begun = perf_counter()
        staff.get(path, follow=True)
        taken.append(perf_counter() - begun)
        if sum(taken) > 20:
            break
    return {"ms": round(min(taken) * 1000, 1), "queries": asked}


def run_here(sizes: Sequence[tuple[int, int]]) -> None:
    """On the database that the environment names; prints the rows as JSON."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test.utils import setup_test_environment

    setup_test_environment(debug=False)
    logging.disable(logging.INFO)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    print(json.dumps({"database": connection.vendor, "rows": measure(sizes)}))


def run_on(url: str, sizes: Sequence[tuple[int, int]]) -> bool:
    """Prints a row for each list and size; whether none asked more queries than `AIMS` allow."""
    with tempfile.TemporaryDirectory(prefix="concoct-lists-") as folder:
        environment = {**os.environ, "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        if url:
            environment["DATABASE_URL"] = url
        words = [f"{orders}:{jobs}" for orders, jobs in sizes]
        command = [sys.executable, "-m", "benchmarks.lists", "--here", "--sizes", *words]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    print(
        f"\nStaff's lists on {found['database']} (aims: {AIMS['ratio']}x the first size, {AIMS['queries']} queries)"
    )
    print(f"{'list':<20}{'orders':>9}{'jobs':>10}{'queries':>9}{'ms':>9}{'ratio':>8}")
    for row in found["rows"]:
        print(
            f"{row['list']:<20}{row['orders']:>9}{row['jobs']:>10}{row['queries']:>9}{row['ms']:>9}{row['ratio']:>8}"
        )
    print(json.dumps(found), flush=True)
    for row in found["rows"]:
        if row["queries"] > AIMS["queries"]:
            print(
                f"too many queries: {row['list']}, {row['orders']} orders: {row['queries']}", file=sys.stderr
            )
    return all(row["queries"] <= AIMS["queries"] for row in found["rows"])


def main(arguments: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--here", action="store_true", help="on the database that the environment names")
    parser.add_argument("--on", choices=["sqlite", "postgresql"], help="on this one only")
    parser.add_argument(
        "--sizes", nargs="+", help="orders:jobs, such as 10000:100000; the first is the baseline"
    )
    given = parser.parse_args(arguments)
    sizes = [(int(o), int(j)) for o, j in (each.split(":") for each in given.sizes)] if given.sizes else SIZES
    if given.here:
        run_here(sizes)
        return
    is_within = True
    if given.on != "postgresql":
        is_within = run_on("", sizes)
    if given.on != "sqlite":
        with running_postgres() as server:
            is_within = run_on(server.url, sizes) and is_within
    if not is_within:
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
