"""How many orders a second are sold and handed off, and what memory it takes: `python -m benchmarks.handoff`.

Real processes on a real SQLite file and a real PostgreSQL: one or two that sell as fast as they can (placing and
paying, by the functions that the pages call), as many processes of the worker, the web server and the relay. An order
counts when its jobs are ready. The baseline is the same with one of each.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.faults.rig import Rig, open_rig
from tests.on_postgres import running_postgres

SECONDS = 20.0
WARM_UP_SECONDS = 5.0
WITHOUT_PAUSE = 10_000.0  # orders a second that nobody can sell
IDLE = ("visitor", "warehouse")


@contextmanager
def database(name: str) -> Iterator[str]:
    if name == "sqlite":
        yield ""
        return
    with running_postgres() as server:
        yield server.url


def memory_of(pid: int) -> int:
    """Kilobytes of memory of a process and its children that no other process shares (proportional set size)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    own = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(memory_of(int(child)) for child in children)


def sell(rig: Rig) -> dict[str, Any]:
    rig.down.update(IDLE)
    rig.raise_again(*rig.buyers)
    rig.run(WARM_UP_SECONDS)
    since = datetime.now(UTC)
    rig.run(SECONDS)
    memory = {
        name: round(memory_of(child.process.pid) / 1024)
        for name, child in rig.children.items()
        if child.is_alive and child.process is not None and name not in rig.buyers
    }
    rig.stop_buyers()
    journal = rig.folder / "bought.jsonl"
    found = rig.ask("tests.faults.figures", since=since.isoformat(), journal=journal, skip=10**9, check=0)
    return {
        "orders_per_s": round(found["orders"] / SECONDS, 1),
        "waiting": found["waiting"],
        "p99_s": found["p99"],
        "longest_s": found["longest"],
        "megabytes": memory,
    }


def main() -> None:
    rows: list[dict[str, Any]] = []
    for name in ("sqlite", "postgres"):
        for processes in (1, 2):
            settings = {"WEB_WORKERS": str(processes), "WORKER_CONCURRENCY": str(processes)}
            with (
                database(name) as url,
                open_rig(rate=WITHOUT_PAUSE, database_url=url, buyers=processes, settings=settings) as rig,
            ):
                rows.append({"database": name, "processes": processes, **sell(rig)})
    print(
        f"{'database':<10}{'of each':>8}{'orders/s':>10}{'to one':>8}{'not ready':>10}{'p99, s':>8}{'longest, s':>12}"
        "  MB of memory"
    )
    for row in rows:
        one = next(each for each in rows if each["database"] == row["database"])
        ratio = row["orders_per_s"] / one["orders_per_s"]
        memory = ", ".join(f"{name} {megabytes}" for name, megabytes in row["megabytes"].items())
        print(
            f"{row['database']:<10}{row['processes']:>8}{row['orders_per_s']:>10}{ratio:>8.2f}{row['waiting']:>10}"
            f"{row['p99_s'] or 0:>8}{row['longest_s'] or 0:>12}  {memory}"
        )
    print("\n" + "\n".join(json.dumps(row) for row in rows))


if __name__ == "__main__":
    main()
