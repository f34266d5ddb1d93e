"""The long run: `make faults`. Orders are bought while parts of a real shop die; the tables go to docs/faults.md.

    python -m tests.faults [--orders 20000] [--rate 6] [--database sqlite|postgres|both] [--only F1 F4 F22]

Ends with exit code 1 if anything was lost or doubled, if a promise of a fault was broken, if an invariant is, if
anybody was shown a server error, if a process died that nobody had killed, or if a test of a race failed. Only a whole
run is written down; one that leaves something out is printed.
"""

import argparse
import contextlib
import math
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from config.processes import BASE_DIR
from tests.faults.faults import CALM, FAULTS, Fault
from tests.faults.phases import Outcome, go_through
from tests.faults.races import RACES, Result, run_races
from tests.faults.report import Table, show_row, write_report
from tests.faults.rig import Rig, open_rig
from tests.on_postgres import running_postgres

REPORT = BASE_DIR / "docs" / "faults.md"
WHOLE = 20_000  # orders
RATE = 6.0  # two cores sell and mail about eight a second: beyond that all is late without a fault
SECONDS_OF_A_STRIKE = 20.0  # from one to the next, on a slow machine, under the slowest of faults
SECONDS_OF_A_LEASE = 90.0
STRIKES = 100  # of all faults together, in a run of so many orders at the least
WARM_UP_SECONDS = 15.0


@contextlib.contextmanager
def database(name: str) -> Iterator[str]:
    """The address of an empty database; SQLite's is the shop's own."""
    if name == "sqlite":
        yield ""
        return
    with running_postgres() as server:
        yield server.url


def run_all(name: str, faults: Sequence[Fault], *, orders: int, rate: float) -> Table:
    """Orders of one database, a part of them under each fault."""
    if not faults:
        return []
    table: Table = []
    calm: Outcome | None = None
    each = -(-orders // len(faults))
    with database(name) as url, open_rig(rate=rate, database_url=url) as rig:
        warm_up(rig)
        for number, fault in enumerate(faults, 1):
            begun = time.monotonic()
            times = math.ceil(fault.times * orders / (WHOLE / 2))
            most = 4 * each / rate + 60 + SECONDS_OF_A_STRIKE * times + SECONDS_OF_A_LEASE * fault.is_long
            print(f"{name} {number}/{len(faults)}: {fault.code} {fault.name}, {each} orders ...", flush=True)
            outcome = go_through(rig, fault, orders=each, times=times, most_seconds=most)
            calm = outcome if fault is CALM else calm
            complaints = outcome.find_complaints(calm=calm)
            table.append((outcome, complaints))
            print(f"  {show_row(outcome)} in {time.monotonic() - begun:.0f} s", flush=True)
            for complaint in complaints:
                print(f"  NOT GOOD: {complaint}", flush=True)
    return table


def warm_up(rig: Rig) -> None:
    """Let everything be asked once, so that the first row, which others are judged by, is not that of a cold shop."""
    rig.raise_again(*rig.shoppers)
    rig.run(WARM_UP_SECONDS)
    rig.stop_shoppers()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=WHOLE)
    parser.add_argument("--rate", type=float, default=RATE, help="orders a second")
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--only", nargs="+", help="codes of faults")
    parser.add_argument("--without-tests", action="store_true", help="leave out the faults that tests play")
    given = parser.parse_args()
    names = ["sqlite", "postgres"] if given.database == "both" else [given.database]
    races = [] if given.without_tests else [race for race in RACES if is_chosen(race.code, given)]
    results: list[Result] = [result for name in names for result in run_races(name, races)]
    tables = {}
    for name in names:
        faults = [
            fault for fault in (CALM, *FAULTS) if name in fault.databases and is_chosen(fault.code, given)
        ]
        tables[name] = run_all(name, faults, orders=given.orders // len(names), rate=given.rate)
    is_whole = given.database == "both" and not given.only and not given.without_tests and given.rate == RATE
    report = write_report(tables, results, command=name_command(given.orders, is_whole=is_whole))
    print(report)
    if is_whole:
        Path(REPORT).write_text(report)
    complaints = [complaint for table in tables.values() for _outcome, found in table for complaint in found]
    struck = sum(outcome.inflicted for table in tables.values() for outcome, _found in table)
    if is_whole and struck < STRIKES * given.orders / WHOLE:
        complaints.append(f"only {struck} faults struck")
        print(f"NOT GOOD: {complaints[-1]}")
    return int(bool(complaints) or any(result.complaints for result in results))


def is_chosen(code: str, given: argparse.Namespace) -> bool:
    return not given.only or code in given.only


def name_command(orders: int, *, is_whole: bool) -> str:
    if not is_whole:
        return " ".join(["python -m tests.faults", *sys.argv[1:]])
    return "make faults" if orders == WHOLE else f"make faults ORDERS={orders}"


if __name__ == "__main__":
    sys.exit(main())
