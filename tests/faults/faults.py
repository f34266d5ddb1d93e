"""The faults that a rig suffers, and what is promised under each."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from tests.faults import inflicting
from tests.faults.leases import maker_dies_with_leases
from tests.faults.rig import Harm, Rig

AWAY_SECONDS = 15.0  # for so long nobody listens while a web server that is alone starts


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One kind of fault, and what is promised under it, in seconds.

    `within`: the longest hand-off. `away`: how long the web server may answer nobody. `checkout_slower`: the p95 of
    the checkout beside that under no fault. `checkout_within`: the slowest checkout. `times`: how often it strikes in
    20,000 orders at the least. `is_long`: it takes too long for the short run.
    """

    code: str
    name: str
    inflict: Callable[[Rig], Harm]
    within: float = 10.0
    away: float = 0.0
    checkout_slower: float | None = None
    checkout_within: float | None = None
    times: int = 1
    is_long: bool = False
    databases: tuple[str, ...] = ("sqlite", "postgres")
    buyers: dict[str, float] = field(default_factory=dict)


CALM = Fault(code="-", name="nothing", inflict=inflicting.nothing, times=0)
FAULTS = (
    Fault(code="F1", name="the worker's tree is killed", inflict=inflicting.worker_dies),
    Fault(code="F2", name="a process of the worker is killed", inflict=inflicting.pool_child_dies),
    Fault(code="F3", name="Redis is emptied", inflict=inflicting.redis_is_emptied, times=5),
    Fault(
        code="F4",
        name="Redis is killed, away for 1 to 9 s, back empty",
        inflict=inflicting.redis_dies,
        within=5.0,
        checkout_slower=0.1,
    ),
    Fault(
        code="F5",
        name="Redis hangs for 30 s",
        inflict=inflicting.redis_hangs,
        within=5.0,
        checkout_within=1.5,
    ),
    Fault(
        code="F6",
        name="there is no Redis",
        inflict=inflicting.no_redis,
        within=5.0,
        checkout_slower=0.1,
    ),
    Fault(code="F7", name="the relay is alone", inflict=inflicting.relay_alone, within=5.0),
    Fault(
        code="F8",
        name="who has sold dies before it publishes",
        inflict=inflicting.nothing,
        within=5.0,
        buyers={"dies": 0.05},
    ),
    Fault(
        code="F9",
        name="all connections to the database are cut",
        inflict=inflicting.connections_are_cut,
        databases=("postgres",),
        times=6,
    ),
    Fault(
        code="F11",
        name="tasks come three times, two relays",
        inflict=inflicting.two_relays,
        buyers={"sends": 3},
    ),
    Fault(code="F13", name="the warehouse is killed at work", inflict=inflicting.warehouse_dies),
    Fault(
        code="F13",
        name="a maker dies with leases of 60 s",
        inflict=maker_dies_with_leases,
        is_long=True,
    ),
    Fault(
        code="F25",
        name="all parts are restarted in turn, the only web group too",
        inflict=inflicting.everything_is_restarted,
        away=AWAY_SECONDS,
    ),
    Fault(
        code="F27",
        name="everything that writes is killed",
        inflict=inflicting.everything_dies,
        databases=("sqlite",),
        within=60.0,  # with nobody alive nothing is promised but that it comes
        away=AWAY_SECONDS,
        times=50,
    ),
)


def in_turn(faults: Sequence[Fault], *, seconds: float) -> Callable[[Rig], Harm]:
    """Each of the faults for about so long, and until it has struck once; then it is over.

    What a fault does it does when it is asked for its next step; where buyers do it, it happens in between.
    """

    def inflict(rig: Rig) -> Harm:
        for fault in faults:
            print(f"{fault.code}: {fault.name}", flush=True)
            harm, before, begun, has_struck = fault.inflict(rig), rig.inflicted, time.monotonic(), False
            with closing(harm):
                while time.monotonic() - begun < seconds or not has_struck:
                    since = before if fault.buyers else rig.inflicted
                    pause = next(harm)
                    has_struck = has_struck or rig.inflicted > since
                    yield min(pause, seconds)

    return inflict


def suffer(rig: Rig, fault: Fault, *, until: Callable[[], bool]) -> None:
    """Inflict a fault on a rig until that has borne enough or the fault is over, then put everything up again."""
    harm = fault.inflict(rig)
    rig.inflicted = 0
    try:
        pause = next(harm)
        while not until():
            begun = time.monotonic()
            rig.run(min(pause, 0.5))
            pause -= time.monotonic() - begun
            if pause <= 0 and (pause := next(harm, -1.0)) < 0:
                return
    finally:
        harm.close()
