"""One phase: a fault, so many orders bought under it, and what became of them."""

import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.faults.faults import Fault, suffer
from tests.faults.rig import Json, Rig
from tests.faults.visits import Visits

STUCK_SECONDS = 60.0  # how long nothing may be handed off or sent while something waits for it
LOOK_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a phase came to; seconds from paid to ready."""

    fault: Fault
    asked: int  # orders, at the least
    times: int  # strikes, at the least
    inflicted: int
    orders: int
    jobs: int
    lost: int
    waiting: int
    doubled: int
    longest: float
    p99: float
    visits: Visits
    crashes: tuple[str, ...]
    broken: tuple[str, ...]
    offences: tuple[str, ...]

    def find_complaints(self, *, calm: "Outcome | None") -> list[str]:
        """Why the phase has failed, beside the one under no fault of the same run; nothing if it has not."""
        found = [*self.offences, *self.visits.errors, *self.visits.gave_up, *self.crashes, *self.broken]
        if self.orders < self.asked or self.inflicted < self.times:
            found.append(
                f"it ended before its time: {self.orders} of {self.asked} orders,"
                f" {self.inflicted} of {self.times} strikes"
            )
        if self.lost or self.waiting or self.doubled:
            found.append(f"{self.lost} lost, {self.waiting} not handed off, {self.doubled} doubled")
        if self.longest > self.fault.within:
            found.append(f"a hand-off took {self.longest} s, promised are {self.fault.within}")
        return [*found, *self._complain_of_answers(calm)]

    def _complain_of_answers(self, calm: "Outcome | None") -> list[str]:
        found, visits, fault = [], self.visits, self.fault
        if visits.away > fault.away:
            found.append(
                f"{visits.refused} requests had no answer, for up to {visits.away} s; allowed are {fault.away}"
            )
        if (fault.checkout_within or fault.checkout_slower) and not visits.checkouts:
            found.append("there was no checkout to be measured")
        if fault.checkout_within and visits.checkout_slowest > fault.checkout_within:
            found.append(f"a checkout took {visits.checkout_slowest} s, promised are {fault.checkout_within}")
        if fault.checkout_slower and calm is not None:
            allowed = round(calm.visits.checkout_p95 + fault.checkout_slower, 3)
            if visits.checkout_p95 > allowed:
                found.append(
                    f"the checkout's p95 is {visits.checkout_p95} s, promised are {allowed}:"
                    f" {fault.checkout_slower} more than under no fault"
                )
        return found


def go_through(rig: Rig, fault: Fault, *, orders: int, times: int = 0, most_seconds: float) -> Outcome:
    """Buy `orders` orders under a fault that strikes at least so often, for at most so long; then count.

    Before it counts it waits until all is handed off and sent.
    """
    bought_before, visits_before = rig.count_bought(), rig.count_lines("visits.jsonl")
    since, begun = datetime.now(UTC), time.monotonic()
    rig.crashes.clear()
    rig.broken.clear()
    for name in rig.buyers:
        rig.set_buyer(name, **fault.buyers)
    rig.raise_again(*rig.shoppers)

    def is_over() -> bool:
        enough = rig.count_bought() - bought_before >= orders and rig.inflicted >= times
        if enough and rig.is_owed and not rig.down.issuperset(rig.shoppers):
            rig.stop_shoppers()  # to wait for it nobody has to buy
        return (enough and not rig.is_owed) or time.monotonic() - begun > most_seconds

    suffer(rig, fault, until=is_over)
    rig.stop_shoppers()
    figures = _settle(rig, since=since, skip=bought_before)
    if figures["missing"]:
        rig.broken.append(f"paid and not in the database: {figures['missing']}")
    return Outcome(
        fault=fault,
        asked=orders,
        times=times,
        inflicted=rig.inflicted,
        orders=figures["orders"],
        jobs=figures["jobs"],
        lost=figures["lost"],
        waiting=figures["waiting"],
        doubled=figures["doubled"],
        longest=figures["longest"] or 0.0,
        p99=figures["p99"] or 0.0,
        visits=Visits.read(rig.read_journal("visits.jsonl", since=visits_before)),
        crashes=tuple(rig.crashes),
        broken=tuple(rig.broken),
        offences=tuple(figures["offences"]),
    )


def _settle(rig: Rig, *, since: datetime, skip: int) -> Json:
    """The figures when nothing waits any more, or when for long enough nothing has been done."""
    options = {"since": since.isoformat(), "journal": rig.folder / "bought.jsonl", "skip": skip}
    most_done, stuck_at = -1, math.inf
    while True:
        found = rig.ask("tests.faults.figures", check=0, **options)
        if found["done"] > most_done:
            most_done, stuck_at = found["done"], time.monotonic() + STUCK_SECONDS
        if not found["waiting"] + found["unsent"]:
            break
        if time.monotonic() > stuck_at:
            rig.broken.append(
                f"nothing moved for {STUCK_SECONDS:.0f} s: {found['waiting']} waiting, {found['unsent']} unsent"
            )
            break
        rig.run(LOOK_SECONDS)
    with rig.warehouse_held():
        return rig.ask("tests.faults.figures", **options)
