"""The short run: every fault, one after another, under one load; `make faults` is the long one."""

import math
from contextlib import closing

import pytest

from tests.faults.faults import FAULTS, Fault, in_turn
from tests.faults.inflicting import worker_dies
from tests.faults.phases import go_through
from tests.faults.rig import Harm, Rig, open_rig

pytestmark = pytest.mark.slow

RATE = 4.0  # orders a second
PAUSE = 0.3  # seconds of the visitor before each page
BOTTLES = 8  # of each order, a job each
JOBS = 1000  # at the least
SECONDS = 3.0  # of each fault, and until it has struck
HERE = [fault for fault in FAULTS if "sqlite" in fault.databases and not fault.is_long]


def one_after_another(rig: Rig) -> Harm:
    """Where too little is sold meanwhile the worker dies on and on until it is enough."""
    yield from in_turn(HERE, seconds=SECONDS)(rig)
    with closing(worker_dies(rig)) as harm:
        while rig.count_bought() * BOTTLES <= JOBS:
            yield min(next(harm), SECONDS)


ALL = Fault(
    code="all",
    name="every fault after another",
    inflict=one_after_another,
    buyers={"dies": 0.05, "sends": 3, "bottles": BOTTLES},
)
NEVER_LATER = 60.0  # seconds; the long run holds each fault to what is promised of it


def test_nothing_is_lost_or_doubled_and_nobody_sees_an_error() -> None:
    with open_rig(rate=RATE, pause=PAUSE) as rig:
        outcome = go_through(rig, ALL, orders=10_000, most_seconds=math.inf)

    print(f"{outcome.orders} orders of {outcome.jobs} bottles, harmed {outcome.inflicted} times")
    assert outcome.inflicted >= len(HERE)
    assert outcome.jobs > JOBS
    assert (outcome.lost, outcome.waiting, outcome.doubled, outcome.offences) == (0, 0, 0, ())
    assert (outcome.crashes, outcome.broken, outcome.visits.errors, outcome.visits.gave_up) == (
        (),
        (),
        (),
        (),
    )
    assert outcome.longest < NEVER_LATER
