"""How long a test of chance goes on: in full with `LONG=1 make test`, as `make faults` does; else for a part of it."""

import os
from typing import TypeVar

T = TypeVar("T")

LONG = os.environ.get("LONG", "") not in ("", "0")


def long_or_short(long: T, short: T) -> T:
    return long if LONG else short
