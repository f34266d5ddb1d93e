"""Timing: a call repeated until the clock can see it, several runs of that, and ratios between two figures."""

import gc
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from time import perf_counter

MICROSECONDS = 1e6
RUNS = 5
LEAST_SECONDS = 0.05  # of one run, so that the clock's own grain does not show


@dataclass(frozen=True, slots=True)
class Figure:
    """What one call took, in microseconds: the least and the median of several runs."""

    name: str
    least_us: float
    median_us: float

    def times_faster_than(self, other: "Figure") -> float:
        return other.least_us / self.least_us

    def as_json(self, **more: object) -> str:
        return json.dumps({**asdict(self), **more})


def measure(name: str, call: Callable[[], object], *, calls: int = 1, runs: int = RUNS) -> Figure:
    """Times `call`, which itself does `calls` of what is asked about; figures are for one of these."""
    call()
    started = perf_counter()
    call()
    once = perf_counter() - started
    repeats = max(1, int(LEAST_SECONDS / max(once, 1e-9)))
    taken = [_run(call, repeats) / repeats / calls * MICROSECONDS for _ in range(runs)]
    return Figure(name, min(taken), median(taken))


def _run(call: Callable[[], object], repeats: int) -> float:
    collecting = gc.isenabled()
    gc.disable()
    try:
        started = perf_counter()
        for _ in range(repeats):
            call()
        return perf_counter() - started
    finally:
        if collecting:
            gc.enable()
