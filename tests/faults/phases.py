"""One phase: a fault, so many orders bought under it, and what became of them."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from tests.faults.inflicting import Fault, suffer
from tests.faults.rig import Json, Rig

SETTLED_SECONDS = 90.0  # how long after the end of a fault the last hand-off and mail are waited for


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a phase came to; seconds from paid to ready, and of a purchase (placing and paying)."""

    fault: Fault
    inflicted: int
    orders: int
    lost: int
    doubled: int
    longest: float
    p99: float
    bought_p95: float
    bought_longest: float
    answers: int
    errors: tuple[str, ...]
    slowest_answer: float
    offences: tuple[str, ...]

    @property
    def complaints(self) -> list[str]:
        """Why the phase has failed; nothing if it has not."""
        found = [*self.offences, *self.errors]
        if self.lost or self.doubled:
            found.append(f"{self.lost} lost, {self.doubled} doubled")
        if self.longest > self.fault.within:
            found.append(f"a hand-off took {self.longest} s, promised are {self.fault.within}")
        return found


def go_through(rig: Rig, fault: Fault, *, orders: int, most_seconds: float) -> Outcome:
    """Buy `orders` orders under a fault, for at most so long; then wait until all is handed off, and count."""
    bought_before, visits_before = rig.count_bought(), len(rig.read_journal("visits.jsonl"))
    since, begun = datetime.now(UTC), time.monotonic()
    for name in rig.buyers:
        rig.set_buyer(name, **fault.buyers)
    rig.raise_again(*rig.buyers)
    suffer(
        rig,
        fault,
        until=lambda: rig.count_bought() - bought_before >= orders or time.monotonic() - begun > most_seconds,
    )
    rig.stop_buyers()
    figures = _settle(rig, since=since, skip=bought_before)
    bought = rig.read_journal("bought.jsonl", since=bought_before)
    seconds = sorted(line["placing"] + line["paying"] for line in bought)
    visits = rig.read_journal("visits.jsonl", since=visits_before)
    return Outcome(
        fault=fault,
        inflicted=rig.inflicted,
        orders=figures["orders"],
        lost=figures["lost"] + figures["waiting"],
        doubled=figures["doubled"],
        longest=figures["longest"] or 0.0,
        p99=figures["p99"] or 0.0,
        bought_p95=round(seconds[int(len(seconds) * 0.95)], 3) if seconds else 0.0,
        bought_longest=round(seconds[-1], 3) if seconds else 0.0,
        answers=len(visits),
        errors=tuple(sorted({f"{v['status']} {v['path']}" for v in visits if _is_error(v)})),
        slowest_answer=round(max((v["seconds"] for v in visits), default=0.0), 3),
        offences=tuple(figures["offences"]),
    )


def _is_error(visit: Json) -> bool:
    """A server error; a 503 that says when to come back is none."""
    return visit["status"] >= 500 and not (visit["status"] == 503 and visit["retry_after"])


def _settle(rig: Rig, *, since: datetime, skip: int) -> Json:
    deadline = time.monotonic() + SETTLED_SECONDS
    options = {"since": since.isoformat(), "journal": rig.folder / "bought.jsonl", "skip": skip}
    while time.monotonic() < deadline:
        found = rig.ask("tests.faults.figures", check=0, **options)
        if not found["waiting"] and not found["unsent"]:
            break
        rig.run(1.0)
    with rig.load_held():
        return rig.ask("tests.faults.figures", **options)
