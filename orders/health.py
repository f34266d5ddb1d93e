"""Which parts of the shop are well, and since when not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import DatabaseError
from django.utils import timezone

from configurator.shared_reading import shared_for_a_moment
from orders.figures import count_dead, read_pending, read_pulses
from orders.models import Pulse
from orders.probing import broker_answers, database_answers

RELAY_SILENT = timedelta(seconds=60)  # it shows life every 15
WORKER_SILENT = timedelta(seconds=90)  # it is asked every 30
PENDING_LONG = timedelta(seconds=60)


class Status(StrEnum):
    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Part:
    """`since`: from when it is as it is, as far as this process or the rows know; `note` says why, for staff."""

    name: str
    status: Status
    since: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """`status` is down when nobody can buy, degraded when something is not as it should be."""

    status: Status
    parts: tuple[Part, ...]

    @property
    def shoppers_can_buy(self) -> bool:
        return self.status is not Status.DOWN


@dataclass(frozen=True, slots=True)
class _Finding:
    name: str
    status: Status = Status.OK
    since: datetime | None = None
    note: str = ""


_known: dict[str, tuple[Status, datetime]] = {}  # of this process: the status of a part, and when that began


@shared_for_a_moment
def read_health() -> Health:
    """Ask every part, in at most 1.3 s and five queries. Only the database is needed to buy: the rest is caught up."""
    now = timezone.now()
    findings = [_Finding("database"), _look_at_broker()]
    try:
        if not database_answers():
            raise DatabaseError
        findings += _look_at_rows(now=now)
    except DatabaseError:
        findings[0] = _Finding("database", Status.DOWN, note="no answer in time, or migrations are missing")
        findings += [
            _Finding(name, Status.DEGRADED, note="not known while the database is down") for name in IN_ROWS
        ]
    parts = tuple(_as_part(finding, now=now) for finding in findings)
    status = Status.OK if all(part.status is Status.OK for part in parts) else Status.DEGRADED
    return Health(Status.DOWN if parts[0].status is Status.DOWN else status, parts)


IN_ROWS = ("worker", "relay", "outbox", "dead entries")


def _look_at_broker() -> _Finding:
    if broker_answers():
        return _Finding("broker")
    return _Finding("broker", Status.DOWN, note="no answer to a ping; the relay does what the worker would")


def _look_at_rows(*, now: datetime) -> list[_Finding]:
    pulses = read_pulses()
    oldest = read_pending().oldest_at
    dead = count_dead()
    outbox = _Finding("outbox")
    if oldest is not None and now - oldest > PENDING_LONG:
        outbox = _Finding("outbox", Status.DEGRADED, oldest, "the oldest pending entry was made then")
    return [
        _look_at_worker(pulses.get("worker"), now=now),
        _look_at_relay(pulses.get("relay"), now=now),
        outbox,
        _Finding("dead entries", Status.DEGRADED, note="they wait for staff")
        if dead
        else _Finding("dead entries"),
    ]


def _look_at_relay(pulse: Pulse | None, *, now: datetime) -> _Finding:
    if pulse is None or pulse.seen_at is None:
        return _Finding("relay", Status.DOWN, note="never seen")
    if now - pulse.seen_at > RELAY_SILENT:
        return _Finding("relay", Status.DOWN, pulse.seen_at, "last seen then")
    return _Finding("relay")


def _look_at_worker(pulse: Pulse | None, *, now: datetime) -> _Finding:
    """It is the relay that asks: a worker that was not asked lately may be well or not."""
    if pulse is None or pulse.asked_at is None:
        return _Finding("worker", Status.DEGRADED, note="never asked: the relay does that")
    seen = pulse.seen_at
    if seen is not None and now - seen <= WORKER_SILENT:
        return _Finding("worker")
    if now - pulse.asked_at > WORKER_SILENT:
        return _Finding("worker", Status.DEGRADED, pulse.asked_at, "not asked since: the relay does that")
    if seen is None:
        return _Finding("worker", Status.DOWN, note="it has never done a task")
    return _Finding("worker", Status.DOWN, seen, "it has done no task since")


def _as_part(found: _Finding, *, now: datetime) -> Part:
    known = _known.get(found.name)
    if known is None or known[0] is not found.status:
        known = _known[found.name] = (found.status, now)
    return Part(found.name, found.status, found.since or known[1], found.note)
