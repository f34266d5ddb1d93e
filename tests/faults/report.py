"""What a run of `make faults` writes down: a table for each database, and one of the faults that tests play."""

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from tests.faults import races
from tests.faults.phases import Outcome

Table = list[tuple[Outcome, list[str]]]  # what became of each phase, and why it has failed

COLUMNS = (
    "fault", "times", "orders", "jobs", "lost", "not handed off", "doubled", "longest hand-off, s", "99 % of them, s",
    "checkouts", "checkout p95, s", "slowest checkout, s", "answers", "slowest answer, s", "refused", "longest away, s",
    "crashes",
)  # fmt: skip

HOW_IT_IS_MEASURED = """
Two processes place and pay orders by the functions that the pages call, and a visitor orders over HTTP without a pause;
what either was told is paid must be in the database at the end. A warehouse makes and ships meanwhile over the API. A
hand-off is the time from paid to ready. A checkout is either of the visitor's two forms, the one that places the order
and the one that pays it, after which the shop tells Celery: under F4 and F6 their p95 may be 0.1 s above that under no
fault, under F5 none may take more than 1.5 s. Answers are all that the visitor got; none was a server error but for a
503 with `Retry-After`, unless it is named below its table. Crashes are processes that ended though nobody had killed
them.

Refused are requests that nobody answered: connections refused, cut or timed out. F25 and F27 end the only group of web
processes that the rig has, as an embedded shop has; until it has started again the shop is closed, which is what
*longest away* measures. That is an outage. Two groups that are restarted one after the other behind nginx, as
[deploy.md](deploy.md) has it, have none; this run does not show that.

All processes of the shop share their cores with those who buy, six orders a second and what the visitor manages: two
cores do not do much more, and what is too much for a machine is late without a fault, too.
"""


def show_row(outcome: Outcome) -> str:
    visits = outcome.visits
    return _row(
        f"{outcome.fault.code} {outcome.fault.name}", outcome.inflicted, outcome.orders, outcome.jobs, outcome.lost,
        outcome.waiting, outcome.doubled, outcome.longest, outcome.p99, visits.checkouts, visits.checkout_p95,
        visits.checkout_slowest, visits.answers, visits.slowest, visits.refused, visits.away, len(outcome.crashes),
    )  # fmt: skip


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _head(columns: Sequence[str]) -> list[str]:
    return [_row(*columns), f"|{' --- |' * len(columns)}"]


def write_report(tables: Mapping[str, Table], results: Sequence[races.Result], *, command: str) -> str:
    lines = ["# What faults cost", "", _summarise(tables, command), HOW_IT_IS_MEASURED.rstrip()]
    for name, table in tables.items():
        if not table:
            continue
        lines += ["", f"## {name}", "", *_head(COLUMNS), *(show_row(outcome) for outcome, _found in table)]
        lines += [f"\n{outcome.fault.code}: {complaint}." for outcome, found in table for complaint in found]
    if results:
        lines += ["", "## Played by tests", "", RACES_ARE, "", *_head(races.COLUMNS)]
        lines += [_row(*result.show()) for result in results]
        lines += [
            f"\n{result.race.code}: {complaint}." for result in results for complaint in result.complaints
        ]
    return "\n".join([*lines, ""])


RACES_ARE = """
Files of `tests/orders` with `LONG=1` and `SCHEMA_EXAMPLES=50`: a case may be 200 runs of a race, 2,000 jobs for eight
claimers or 3,000 events of six writers. What no database changes runs on SQLite.
""".strip()


def _summarise(tables: Mapping[str, Table], command: str) -> str:
    every = [outcome for table in tables.values() for outcome, _found in table]
    return (
        f"Written by `{command}` on {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python "
        f"{platform.python_version()}. {sum(o.orders for o in every)} orders of {sum(o.jobs for o in every)} bottles "
        f"were bought while parts of a real shop were killed, stopped or emptied {sum(o.inflicted for o in every)} "
        f"times: {sum(o.lost for o in every)} lost, {sum(o.waiting for o in every)} not handed off, "
        f"{sum(o.doubled for o in every)} doubled, "
        f"{sum(len(o.offences) for o in every)} rows that break an invariant."
    )
