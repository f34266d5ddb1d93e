"""How long a test of chance goes on: in full with `LONG=1 make test`, as `make faults` does; else for a part of it."""

import os

LONG = os.environ.get("LONG", "") not in ("", "0")


def long_or_short(long: int, short: int) -> int:
    return long if LONG else short
