"""What every page is checked for: the register that the modules in `checks/` fill, and who is wrong by it.

A check is a function under `@check(of=...)` that gets a sample to which it applies, and asserts.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.pages.samples import Kind, Sample

Run = Callable[[Sample], None]

CHECKS = Path(__file__).parent / "checks"


@dataclass(frozen=True, slots=True)
class Check:
    applies: Callable[[Sample], bool]
    run: Run

    @property
    def name(self) -> str:
        return self.run.__name__.replace("_", " ")


_checks: list[Check] = []


def check(*, of: Callable[[Sample], bool]) -> Callable[[Run], Run]:
    """A decorator that leaves the function as it is."""

    def register(run: Run) -> Run:
        _checks.append(Check(of, run))
        return run

    return register


@cache
def all_checks() -> tuple[Check, ...]:
    """Those in `checks/`."""
    for module in sorted(CHECKS.glob("*.py")):
        importlib.import_module(f"tests.pages.checks.{module.stem}")
    return tuple(_checks)


def find_wrong(sample: Sample, *, checks: tuple[Check, ...] | None = None) -> list[str]:
    """What a sample fails, each with the name of the check and what it found; all checks are made."""
    found = []
    for each in all_checks() if checks is None else checks:
        if each.applies(sample):
            try:
                each.run(sample)
            except Exception as error:  # noqa: BLE001  # what is not there at all breaks a check, too
                found.append(f"{sample.id}: {each.name}: {type(error).__name__}: {error}")
    return found


def is_anything(sample: Sample) -> bool:
    return True


def is_page(sample: Sample) -> bool:
    return sample.kind is Kind.PAGE


def takes_only_forms(sample: Sample) -> bool:
    return sample.kind is Kind.POSTED


def is_readable(sample: Sample) -> bool:
    return not takes_only_forms(sample)
