"""How many orders a second are sold and handed off, and what memory it takes: `python -m benchmarks.handoff`.

Real processes on a real SQLite file and a real PostgreSQL: a web server with one process or two, as many children of
the Celery worker and as many relays. Buyers do over HTTP what a browser does (look at a mix, basket, checkout,
payment), a few for each web process, as fast as they are answered; they share the cores with the shop. An order counts
when its job was handed off within the time that is measured. The baseline is the same with one of each. About a minute
for each of the four; `--databases` and `--processes` ask for fewer.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from config.processes import BASE_DIR, Child, read_procfile
from tests.faults.rig import ENDLESS
from tests.on_postgres import running_postgres
from tests.processes import Shop, open_shop, run_python

SECONDS = 20.0
WARM_UP_SECONDS = 8.0
BUYERS = 3  # for each web process, which has two threads
PARTS = ("redis", "web", "worker", "relay")
RATES = {"SHOP_API_RATE": "100000/min"}

BUYER = """
import sys
from orders.demo.http import Patience
from orders.demo.shopper import Shopper
while True:
    shopper = Shopper(sys.argv[1], say=lambda line: None, patience=Patience(seconds=60, say=print))
    with shopper.client:
        shopper.order()
"""

READ = """
import json, sys
from datetime import datetime
import django; django.setup()
from django.db.models import Max, Min, Q
from orders.models import Job, JobTransition, Order
since, until = map(datetime.fromisoformat, sys.argv[1:])
steps = JobTransition.objects.filter(version__lte=2).values("job", "job__order")
spans = steps.annotate(paid=Min("at"), ready=Max("at", filter=Q(to_state=Job.State.READY)))
rows = [row for row in spans if row["ready"] and since <= row["ready"] < until]
waits = sorted((row["ready"] - row["paid"]).total_seconds() for row in rows)
print(json.dumps({
    "handed_off": len({row["job__order"] for row in rows}),
    "paid": Order.objects.filter(paid_at__gte=since, paid_at__lt=until).count(),
    "pending": Job.objects.filter(state=Job.State.PENDING).count(),
    "p99": waits[int(len(waits) * 0.99)] if waits else 0,
    "longest": waits[-1] if waits else 0,
}))
"""


@contextmanager
def database(name: str) -> Iterator[dict[str, str]]:
    if name == "sqlite":
        yield {}
        return
    with running_postgres() as server:
        yield {"DATABASE_URL": server.url}


def memory_of(pid: int) -> int:
    """Kilobytes of memory of a process and its children that no other process shares (proportional set size)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    own = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(memory_of(int(child)) for child in children)


@contextmanager
def buying(shop: Shop, count: int) -> Iterator[None]:
    """So many buyers, each a process; SystemExit if one gave up."""
    buyers = [
        subprocess.Popen([sys.executable, "-c", BUYER, shop.url], cwd=BASE_DIR, env=shop.environment)
        for _buyer in range(count)
    ]
    try:
        yield
        if any(buyer.poll() is not None for buyer in buyers):
            raise SystemExit("A buyer gave up: the figures are of fewer.")
    finally:
        for buyer in buyers:
            buyer.kill()
            buyer.wait()


@contextmanager
def open_with(processes: int, settings: dict[str, str]) -> Iterator[tuple[Shop, list[Child]]]:
    """A shop with stock and capacity without end, so many processes of each kind, and all that there is to weigh."""
    count = str(processes)
    settings = {**settings, **RATES, "WEB_WORKERS": count, "WORKER_CONCURRENCY": count}
    with open_shop(*PARTS, env=settings) as shop, ExitStack() as stack:
        run_python("-c", ENDLESS, environment=shop.environment)
        relays = [
            Child(
                f"relay-{number}",
                read_procfile()["relay"],
                environment=shop.environment,
                log_dir=shop.var_dir / "log",
            )
            for number in range(2, processes + 1)
        ]
        for relay in relays:
            relay.start()
            stack.callback(relay.stop, 20)
        yield shop, [*shop.children.values(), *relays]


def sell(shop: Shop, parts: list[Child], *, buyers: int, seconds: float) -> dict[str, Any]:
    with buying(shop, buyers):
        time.sleep(WARM_UP_SECONDS)
        since = datetime.now(UTC)
        time.sleep(seconds)
        memory = {
            part.name: round(memory_of(part.process.pid) / 1024)
            for part in parts
            if part.is_alive and part.process is not None
        }
    if len(memory) < len(parts):
        raise SystemExit(f"Of the shop only {', '.join(memory)} are alive.")
    until = since + timedelta(seconds=seconds)
    found = json.loads(
        run_python("-c", READ, since.isoformat(), until.isoformat(), environment=shop.environment)
    )
    return {
        "handed_off_per_s": round(found["handed_off"] / seconds, 1),
        "paid_per_s": round(found["paid"] / seconds, 1),
        "pending": found["pending"],
        "p99_s": round(found["p99"], 2),
        "longest_s": round(found["longest"], 2),
        "megabytes": memory,
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "--databases", nargs="+", choices=("sqlite", "postgres"), default=("sqlite", "postgres")
    )
    parser.add_argument("--processes", nargs="+", type=int, default=(1, 2))
    parser.add_argument("--seconds", type=float, default=SECONDS, help="that are measured of each")
    given = parser.parse_args(arguments)
    rows: list[dict[str, Any]] = []
    for name in given.databases:
        for processes in given.processes:
            with database(name) as settings, open_with(processes, settings) as (shop, parts):
                found = sell(shop, parts, buyers=BUYERS * processes, seconds=given.seconds)
                rows.append({"database": name, "processes": processes, **found})
    print(
        f"{'database':<10}{'of each':>8}{'handed off/s':>14}{'to the first':>14}{'paid/s':>8}{'pending':>9}"
        f"{'p99, s':>8}{'longest, s':>12}  MB of memory"
    )
    for row in rows:
        first = next(each for each in rows if each["database"] == row["database"])
        ratio = row["handed_off_per_s"] / first["handed_off_per_s"] if first["handed_off_per_s"] else 0
        memory = ", ".join(f"{name} {megabytes}" for name, megabytes in row["megabytes"].items())
        print(
            f"{row['database']:<10}{row['processes']:>8}{row['handed_off_per_s']:>14}{ratio:>14.2f}"
            f"{row['paid_per_s']:>8}{row['pending']:>9}{row['p99_s']:>8}{row['longest_s']:>12}  {memory}"
        )
    print("\n" + "\n".join(json.dumps(row) for row in rows))


if __name__ == "__main__":
    main()
