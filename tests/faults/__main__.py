"""The long run: `make faults`. Orders are bought while parts of a real shop die; the table goes to docs/faults.md.

    python -m tests.faults [--orders 20000] [--rate 15] [--database sqlite|postgres|both] [--only F1 F4]

Ends with exit code 1 if anything was lost or doubled, if a hand-off took longer than is promised under its fault, if
an invariant is broken, or if anybody was shown a server error.
"""

import argparse
import contextlib
import os
import platform
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from config.processes import BASE_DIR
from tests.faults.inflicting import CALM, FAULTS, Fault
from tests.faults.phases import Outcome, go_through
from tests.faults.rig import open_rig
from tests.on_postgres import running_postgres

REPORT = BASE_DIR / "docs" / "faults.md"
COLUMNS = (
    "fault", "times", "orders", "lost", "doubled", "longest hand-off, s", "99 % of them, s", "purchase p95, s",
    "slowest purchase, s", "answers", "slowest answer, s",
)  # fmt: skip

HOW_IT_IS_MEASURED = (
    "A hand-off is the time from paid to ready. A purchase is placing and paying, by the functions that the pages "
    "call, in processes of their own; what was acknowledged there must be in the database at the end. Answers are "
    "pages and forms of a visitor over HTTP; none was a server error other than a 503 with `Retry-After`, unless it "
    "is named below its table. A warehouse makes and ships meanwhile over the API."
)


@contextlib.contextmanager
def database(name: str) -> Iterator[str]:
    """The address of an empty database; SQLite's is the shop's own."""
    if name == "sqlite":
        yield ""
        return
    with running_postgres() as server:
        yield server.url


def show_row(outcome: Outcome) -> str:
    cells = (
        f"{outcome.fault.code} {outcome.fault.name}", outcome.inflicted, outcome.orders, outcome.lost,
        outcome.doubled, outcome.longest, outcome.p99, outcome.bought_p95, outcome.bought_longest,
        outcome.answers, outcome.slowest_answer,
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


def run_all(name: str, faults: list[Fault], *, orders: int, rate: float) -> list[Outcome]:
    outcomes = []
    each = -(-orders // len(faults))
    with database(name) as url, open_rig(rate=rate, database_url=url) as rig:
        rig.run(3.0)
        for number, fault in enumerate(faults, 1):
            begun = time.monotonic()
            print(f"{name} {number}/{len(faults)}: {fault.code} {fault.name}, {each} orders ...", flush=True)
            outcome = go_through(rig, fault, orders=each, most_seconds=4 * each / rate + 60)
            outcomes.append(outcome)
            print(f"  {show_row(outcome)} in {time.monotonic() - begun:.0f} s", flush=True)
            for complaint in outcome.complaints:
                print(f"  NOT GOOD: {complaint}", flush=True)
    return outcomes


def _summary(every: list[Outcome], command: str) -> str:
    return (
        f"Written by `{command}` on {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}. {sum(o.orders for o in every)} orders were bought while parts of a real shop "
        f"were killed, stopped or emptied {sum(o.inflicted for o in every)} times: {sum(o.lost for o in every)} "
        f"lost, {sum(o.doubled for o in every)} doubled, {sum(len(o.offences) for o in every)} rows that break an "
        "invariant."
    )


def write_report(tables: dict[str, list[Outcome]], *, command: str) -> str:
    every = [outcome for outcomes in tables.values() for outcome in outcomes]
    lines = ["# What faults cost", "", _summary(every, command), "", HOW_IT_IS_MEASURED]
    for name, outcomes in tables.items():
        lines += ["", f"## {name}", "", f"| {' | '.join(COLUMNS)} |", f"|{' --- |' * len(COLUMNS)}"]
        lines += [show_row(outcome) for outcome in outcomes]
        lines += [f"\n{o.fault.code}: {complaint}." for o in outcomes for complaint in o.complaints]
    return "\n".join([*lines, ""])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--rate", type=float, default=15.0, help="orders a second")
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--only", nargs="+", help="codes of faults; the table is then only printed")
    given = parser.parse_args()
    names = ["sqlite", "postgres"] if given.database == "both" else [given.database]
    tables = {}
    for name in names:
        faults = [CALM, *(fault for fault in FAULTS if name in fault.databases)]
        if given.only:
            faults = [fault for fault in faults if fault.code in given.only]
        tables[name] = run_all(name, faults, orders=given.orders // len(names), rate=given.rate)
    command = "make faults" if given.orders == 20_000 else f"make faults ORDERS={given.orders}"
    report = write_report(tables, command=command)
    print(report)
    if not given.only:
        Path(REPORT).write_text(report)
    return int(any(outcome.complaints for outcomes in tables.values() for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
