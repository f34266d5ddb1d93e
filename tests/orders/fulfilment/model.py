"""What the fulfilment API should do, as a plain model: a dictionary of jobs, and the answer to every request.

Every order has one job. An answer is "" for 200, else the last part of the problem's type.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

LEASED = ("claimed", "in_production")
OVER = ("shipped", "cancelled")
WRONG_STATE, LEASE_LOST, ON_HOLD = "wrong-state", "lease-lost", "on-hold"


@dataclass
class ModelJob:
    promised_on: date
    number: int
    state: str = "pending"
    cancellation: str = ""
    was_asked: bool = False  # the order keeps in mind that the shopper asked
    holds: set[str] = field(default_factory=set)
    attempt: int = 0
    version: int = 1
    client: str = ""
    token: str | None = None
    expires_at: datetime | None = None
    lapsed: bool = False

    def move(self, state: str) -> None:
        self.state = state
        self.version += 1
        if state == "ready":
            self.client, self.token, self.expires_at = "", None, None
            if self.cancellation == "rejected":
                self.cancellation = ""

    def is_leased(self, now: datetime) -> bool:
        return (
            self.state in LEASED and not self.lapsed and self.expires_at is not None and self.expires_at > now
        )

    def leave_bench(self, state: str) -> None:
        """Off the bench; if the shop had asked to cancel it, that is settled now."""
        self.move(state)
        if self.cancellation == "requested":
            self.move("cancelled")
            self.cancellation = "accepted"


class Model:
    def __init__(self) -> None:
        self.jobs: dict[str, ModelJob] = {}

    def claimable(self, most: int) -> list[str]:
        ready = [
            (job.promised_on, job.number, name)
            for name, job in self.jobs.items()
            if job.state == "ready" and not job.holds and not job.cancellation
        ]
        return [name for _day, _number, name in sorted(ready)[:most]]

    def claim(self, name: str, *, client: str, token: str, expires_at: datetime) -> None:
        job = self.jobs[name]
        job.move("claimed")
        job.attempt += 1
        job.client, job.token, job.expires_at, job.lapsed = client, token, expires_at, False

    def report(self, name: str, action: str, *, client: str, token: str | None, now: datetime) -> str:
        job = self.jobs[name]
        if job.token != token or job.client != client:
            return LEASE_LOST
        if job.state not in LEASED:
            return WRONG_STATE
        if not job.is_leased(now):
            return LEASE_LOST
        refused: str = getattr(self, f"_{action}")(job)
        return refused

    def _start(self, job: ModelJob) -> str:
        if job.state != "claimed":
            return WRONG_STATE
        if job.holds:
            return ON_HOLD
        if job.cancellation == "requested":
            return "cancellation-requested"
        job.move("in_production")
        return ""

    def _complete(self, job: ModelJob) -> str:
        if job.state != "in_production":
            return WRONG_STATE
        job.move("produced")
        if job.cancellation == "requested":
            job.cancellation = "rejected"
        return ""

    def _retry(self, job: ModelJob) -> str:
        if job.state != "claimed":
            return WRONG_STATE
        job.leave_bench("ready")
        return ""

    _release = _retry

    def _fail(self, job: ModelJob) -> str:
        job.leave_bench("failed")
        return ""

    def _accept(self, job: ModelJob) -> str:
        if job.cancellation != "requested":
            return "no-cancellation"
        job.move("cancelled")
        job.cancellation = "accepted"
        return ""

    def _reject(self, job: ModelJob) -> str:
        if job.cancellation != "requested":
            return "no-cancellation"
        job.cancellation = "rejected"
        return ""

    def heartbeat(self, name: str, *, client: str, token: str | None, now: datetime, seconds: int) -> bool:
        """Whether the lease still runs; it then lasts `seconds` or longer."""
        job = self.jobs[name]
        if job.token != token or job.client != client or not job.is_leased(now) or job.expires_at is None:
            return False
        job.expires_at = max(job.expires_at, now + timedelta(seconds=seconds))
        return True

    def reclaim(self, name: str, *, now: datetime) -> str:
        job = self.jobs[name]
        return "" if job.state == "in_production" and not job.is_leased(now) else WRONG_STATE

    def ship(self, name: str) -> str:
        job = self.jobs[name]
        if job.state != "produced":
            return WRONG_STATE
        if job.holds:
            return ON_HOLD
        job.move("shipped")
        return ""

    def ask_to_cancel(self, name: str) -> bool:
        """False if it is too late."""
        job = self.jobs[name]
        if job.state in ("pending", "ready", "failed"):
            job.move("cancelled")
        elif job.state in LEASED and not job.was_asked:
            job.cancellation, job.was_asked = "requested", True
        elif job.state == "produced":
            job.was_asked = True
        return job.state != "shipped" or job.was_asked

    def expire(self, now: datetime) -> None:
        for job in self.jobs.values():
            if job.state in LEASED and not job.is_leased(now) and not job.lapsed:
                if job.state == "claimed":
                    job.leave_bench("ready")
                else:
                    job.lapsed = True
