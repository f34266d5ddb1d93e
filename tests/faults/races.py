"""The faults that tests play, in full length and on each database: which test files, and how they ended."""

import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import environ
from pathlib import Path

from config.processes import BASE_DIR

LENGTH = {"LONG": "1", "SCHEMA_EXAMPLES": "50"}
COLUMNS = ("fault", "database", "tests", "cases", "passed", "failed", "seconds")


@dataclass(frozen=True, slots=True)
class Race:
    """A fault and the files of tests/orders that play it, each with a word that their names have; "" is all of them."""

    code: str
    name: str
    files: Mapping[str, str]


RACES = (
    Race("F14", "the answer to a claim is lost", {"fulfilment/test_idempotency.py": ""}),
    Race("F15", "eight claim from one queue", {"fulfilment/test_double_claims.py": ""}),
    Race("F16", "six write the feed", {"fulfilment/test_feed_race.py": ""}),
    Race(
        "F17",
        "a payment's notice comes 20 times at once, again and in any order",
        {"test_payments.py": "notice", "test_stripe_notices.py": ""},
    ),
    Race(
        "F18",
        "one basket is ordered 50 times at once",
        {"test_checkout_at_once.py": "one_order", "test_placing_at_once.py": "one_order"},
    ),
    Race(
        "F19",
        "50 want the last bottle",
        {"test_checkout_at_once.py": "last_bottle", "test_placing_at_once.py": "last_bottle"},
    ),
    Race("F21", "recipe or price changes while she pays", {"test_checkout_changes.py": ""}),
    Race(
        "F22",
        "cancellations and holds race claims",
        {"test_cancel_at_once.py": "", "test_cancelling.py": "claim", "fulfilment/test_at_once.py": ""},
    ),
    Race("F24", "a poisoned order", {"test_outbox.py": "", "test_relay.py": "poison"}),
    Race("F28", "random operations beside a plain model", {"fulfilment/test_model.py": ""}),
    Race("F29", "made-up requests to both APIs", {"fulfilment/test_schema_fuzz.py": ""}),
)


@dataclass(slots=True)
class Result:
    """What became of the cases of one race on one database."""

    race: Race
    database: str
    passed: int = 0
    seconds: float = 0.0
    failed: list[str] = field(default_factory=list)

    @property
    def complaints(self) -> list[str]:
        if not self.passed and not self.failed:
            return ["no test of it was run"]
        return [f"{name} failed" for name in self.failed]

    def show(self) -> list[str]:
        cases = self.passed + len(self.failed)
        about = [f"{self.race.code} {self.race.name}", self.database, ", ".join(self.race.files)]
        return [*about, *map(str, (cases, self.passed, len(self.failed))), f"{self.seconds:.0f}"]


def run_races(database: str, races: Sequence[Race]) -> list[Result]:
    """Run the files of all races once on sqlite or postgres; what pytest says goes to the terminal."""
    files = sorted({f"tests/orders/{file}" for race in races for file in race.files})
    if not files:
        return []
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        options = ["--numprocesses", "auto", "--dist", "loadfile", f"--junit-xml={report}"]
        if database == "postgres":
            options += ["-p", "tests.on_postgres"]
        command = [sys.executable, "-m", "pytest", "-q", *options, *files]
        subprocess.run(command, cwd=BASE_DIR, env={**environ, **LENGTH}, check=False)
        return read_results(report, database=database, races=races)


def read_results(report: Path, *, database: str, races: Sequence[Race]) -> list[Result]:
    """What pytest's JUnit report says of each race; what was skipped does not count."""
    cases = ET.parse(report).getroot().findall(".//testcase")  # noqa: S314 # our own pytest wrote it
    results = []
    for race in races:
        result = Result(race, database)
        words = {_module(file): word for file, word in race.files.items()}
        for case in cases:
            name = case.get("name", "")
            word = words.get(case.get("classname", ""))
            if word is None or word not in name or case.find("skipped") is not None:
                continue
            result.seconds += float(case.get("time", "0"))
            if case.find("failure") is None and case.find("error") is None:
                result.passed += 1
            else:
                result.failed.append(name)
        results.append(result)
    return results


def _module(file: str) -> str:
    return f"tests.orders.{file.removesuffix('.py').replace('/', '.')}"
