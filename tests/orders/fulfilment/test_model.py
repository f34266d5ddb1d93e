"""Random operations on the API, step by step beside a plain model of it: both must always say the same.

`LONG=1` plays many more.
"""

import uuid
from datetime import UTC, datetime
from typing import Any

import hypothesis.strategies as st
import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from orders.cancelling import SHOPPER, TooLateError, ask_to_cancel
from orders.claiming import expire_leases
from orders.invariants import find_offences
from orders.models import Job, OutboxEntry
from orders.outbox import process_outbox
from orders.staff_decisions import make_again
from tests.length import long_or_short
from tests.orders.fulfilment.api import Caller, as_json
from tests.orders.fulfilment.model import Model, ModelJob
from tests.orders.make import lots_of, make_client, make_order

pytestmark = [pytest.mark.slow, pytest.mark.both_databases, pytest.mark.usefixtures("catalogue")]

MOST_JOBS = 4
LEASE_SECONDS = 600
START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PLAYED = settings(
    max_examples=long_or_short(200, 15 if connection.vendor == "sqlite" else 4),
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
CLIENTS = st.sampled_from(["acme", "bolt"])
REPORTS = ("start", "complete", "retry", "fail", "release", "accept", "reject")
OPERATIONS = [
    *("claim", "start", "complete", "ship") * 3,
    *("replay", "hold", "ask_to_cancel", "hand_off", "heartbeat") * 2,
    *(
        "retry",
        "fail",
        "release",
        "accept",
        "reject",
        "release_hold",
        "reclaim",
        "make_again",
        "decide_unread",
    ),
    *("place_and_pay", "pass_time", "expire_leases"),
]
IS_LATE = st.sampled_from([False] * 7 + [True])


class Play(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.callers: dict[str, Caller] = {}
        self.orders: dict[str, Any] = {}
        self.tokens: list[tuple[str, str, str]] = []  # every (client, job, token) that was ever given
        self.answered: list[tuple[str, str, dict[str, Any], str, str, bytes]] = []
        self.made = 0

    @initialize()
    def open(self) -> None:
        self.clock = time_machine.travel(START, tick=False)
        self.time = self.clock.start()
        self.shop = transaction.atomic()
        self.shop.__enter__()
        self.callers = {name: Caller(make_client(name=name)) for name in ("acme", "bolt")}
        for _job in range(2):
            self.place_and_pay()
            self.hand_off(0)
        self.claim(0, "acme")

    def teardown(self) -> None:
        if not self.callers:
            return
        try:
            for name in self.model.jobs:
                self.compare(name)
            for entry in OutboxEntry.objects.filter(state=OutboxEntry.State.PENDING).order_by("pk"):
                process_outbox(entry.pk, now=timezone.now())
            assert [str(offence) for offence in find_offences(now=timezone.now())] == []
        finally:
            transaction.set_rollback(True)
            self.shop.__exit__(None, None, None)
            self.clock.stop()

    @rule(
        operation=st.sampled_from(OPERATIONS),
        place=st.integers(0, 99),
        client=CLIENTS,
        is_late=IS_LATE,
        other=IS_LATE,
    )
    def do(self, *, operation: str, place: int, client: str, is_late: bool, other: bool) -> None:
        """One rule for all: of many, hypothesis leaves some out for a whole run, and those that matter seldom meet."""
        if operation in REPORTS:
            self.report(operation, place, is_late=is_late, other=other)
        elif operation in ("decide_unread", "heartbeat"):
            getattr(self, operation)(place, is_late=is_late)
        elif operation in ("claim", "reclaim", "hold", "release_hold", "ship"):
            getattr(self, operation)(place, client)
        elif operation == "replay":
            self.replay(place, is_other=is_late)
        else:
            getattr(self, operation)(place)

    # What the shop does -----------------------------------------------------------------------------------------------

    def place_and_pay(self, _place: int = 0) -> None:
        if len(self.model.jobs) == MOST_JOBS:
            return
        order = make_order(paid=True, now=timezone.now())
        job = order.jobs.get()
        name = str(job.public_id)
        self.orders[name] = order
        self.model.jobs[name] = ModelJob(job.promised_on, len(self.orders))
        self.compare(name)

    def hand_off(self, place: int) -> None:
        if (name := self.pick(place, "pending")) is None:
            return
        entry = self.orders[name].outbox_entries.get(topic=OutboxEntry.Topic.HANDOFF)
        assert process_outbox(entry.pk, now=timezone.now())
        self.model.jobs[name].move("ready")
        self.compare(name)

    def ask_to_cancel(self, place: int) -> None:
        if (name := self.pick(place)) is None:
            return
        may = self.model.ask_to_cancel(name)
        try:
            ask_to_cancel(self.orders[name], by=SHOPPER, now=timezone.now())
        except TooLateError:
            assert not may
        else:
            assert may
        self.compare(name)

    def make_again(self, place: int) -> None:
        if (name := self.pick(place, "failed")) is None:
            return
        make_again(Job.objects.get(public_id=name), by="Grace", now=timezone.now())
        self.model.jobs[name].move("ready")
        self.compare(name)

    def pass_time(self, place: int) -> None:
        self.time.shift((30, 30, 300, 700)[place % 4])

    def expire_leases(self, _place: int) -> None:
        expire_leases(now=timezone.now())
        self.model.expire(timezone.now())
        for name in self.model.jobs:
            self.compare(name)

    # What fulfilment does ---------------------------------------------------------------------------------------------

    def claim(self, place: int, client: str) -> None:
        most = place % 3 + 1
        body = {"worker": "w", "max_jobs": most, "lease_seconds": LEASE_SECONDS}
        expected = self.model.claimable(most)
        response = self.send(client, "/claims", body, keep=bool(expected))
        jobs = response.json()["jobs"]
        assert [job["id"] for job in jobs] == expected
        for job in jobs:
            expires_at = datetime.fromisoformat(job["lease"]["expires_at"])
            assert (expires_at - timezone.now()).total_seconds() == LEASE_SECONDS
            self.model.claim(job["id"], client=client, token=job["lease"]["token"], expires_at=expires_at)
            self.tokens.append((client, job["id"], job["lease"]["token"]))
            self.compare(job["id"])

    def report(self, action: str, place: int, *, is_late: bool, other: bool) -> None:
        if not self.tokens:
            return
        wanted = "in_production" if action == "complete" else "claimed"
        client, name, token = self.pick_lease(place, is_late=is_late, other=other, state=wanted)
        body: dict[str, Any] = {"lease_token": token}
        path, headers = action, {}
        if action == "complete":
            body |= {"batch": "B1", "lots": as_json(lots_of(Job.objects.get(public_id=name)))}
        elif action in ("retry", "fail"):
            path = "fail"
            body |= {"retryable": action == "retry", "code": "damaged"}
        elif action in ("accept", "reject"):
            path, headers = "cancellation", {"If_Match": self.read(name)["ETag"]}
            body |= {"decision": action}
        refused = self.model.report(name, action, client=client, token=token, now=timezone.now())
        self.send(client, f"/jobs/{name}/{path}", body, refused=refused, **headers)
        self.compare(name)

    def decide_unread(self, place: int, *, is_late: bool) -> None:
        if not self.tokens:
            return
        client, name, token = self.pick_lease(place, is_late=is_late, other=False)
        body = {"lease_token": token, "decision": "accept"}
        self.send(client, f"/jobs/{name}/cancellation", body, refused="version-missing")
        self.send(client, f"/jobs/{name}/cancellation", body, refused="version-stale", If_Match='"old"')
        self.compare(name)

    def heartbeat(self, place: int, *, is_late: bool) -> None:
        if not self.tokens:
            return
        seconds = (60, 1200)[place % 2]
        client, name, token = self.pick_lease(place, is_late=is_late, other=False)
        runs = self.model.heartbeat(name, client=client, token=token, now=timezone.now(), seconds=seconds)
        body = {"jobs": [{"id": name, "lease_token": token}], "lease_seconds": seconds}
        status, answer = self.callers[client].post("/claims/heartbeat", body)
        assert (status, answer["jobs"][0]["lease_lost"]) == (200, not runs)
        if runs:
            expires_at = self.model.jobs[name].expires_at
            assert expires_at is not None
            assert answer["jobs"][0]["seconds_left"] == (expires_at - timezone.now()).total_seconds()
        self.compare(name)

    def reclaim(self, place: int, client: str) -> None:
        if (name := self.pick(place, "in_production") or self.pick(place)) is None:
            return
        refused = self.model.reclaim(name, now=timezone.now())
        body = {"worker": "w", "lease_seconds": LEASE_SECONDS}
        response = self.send(client, f"/jobs/{name}/reclaim", body, refused=refused)
        if not refused:
            job, lease = self.model.jobs[name], response.json()["lease"]
            job.client, job.token, job.lapsed = client, lease["token"], False
            job.expires_at = datetime.fromisoformat(lease["expires_at"])
            self.tokens.append((client, name, lease["token"]))
        self.compare(name)

    def hold(self, place: int, client: str) -> None:
        states = ("claimed",) if place % 2 else ()
        if (name := self.pick(place, *states) or self.pick(place)) is None:
            return
        job = self.model.jobs[name]
        refused = "wrong-state" if job.state in ("shipped", "cancelled") else ""
        response = self.send(client, f"/jobs/{name}/holds", {"reason": "quality"}, refused=refused)
        if not refused:
            job.holds.add(response.json()["id"])
        self.compare(name)

    def release_hold(self, place: int, client: str) -> None:
        held = [(name, hold) for name, job in self.model.jobs.items() for hold in sorted(job.holds)]
        if not held:
            return
        name, hold = held[place % len(held)]
        status, _answer = self.callers[client].send("DELETE", f"/jobs/{name}/holds/{hold}")
        assert status == 200
        self.model.jobs[name].holds.discard(hold)
        self.compare(name)

    def ship(self, place: int, client: str) -> None:
        if (name := self.pick(place, "produced") or self.pick(place)) is None:
            return
        self.made += 1
        body = {
            "external_id": f"P{self.made}",
            "jobs": [name],
            "carrier": "Owl Post",
            "tracking": "TR1",
            "shipped_at": timezone.now().isoformat(),
        }
        self.send(client, "/shipments", body, refused=self.model.ship(name))
        self.compare(name)

    def replay(self, place: int, *, is_other: bool) -> None:
        if not self.answered:
            return
        client, path, body, key, etag, content = self.answered[place % len(self.answered)]
        headers = {"Idempotency_Key": key, **({"If_Match": etag} if etag else {})}
        if is_other:
            body = {**body, "note": "something else"}
            if path == "/claims":
                body = {**body, "max_jobs": 9}
                del body["note"]
        response = self.callers[client].ask(path, body, **headers)
        if response.status_code == 200:
            assert not is_other
            assert (response.content, response["Idempotent-Replayed"]) == (content, "true")
        else:
            assert is_other
            assert response.status_code == 422
        for name in self.model.jobs:
            self.compare(name)

    # How -------------------------------------------------------------------------------------------------------------

    def pick(self, place: int, *states: str) -> str | None:
        names = [name for name, job in self.model.jobs.items() if not states or job.state in states]
        return names[place % len(names)] if names else None

    def pick_lease(self, place: int, *, is_late: bool, other: bool, state: str = "") -> tuple[str, str, str]:
        """A present lease if there is one and no late one is wanted; `other`: in the hands of another client."""
        present = [each for each in self.tokens if self.model.jobs[each[1]].token == each[2]]
        present = [each for each in present if self.model.jobs[each[1]].state == state] or present
        chosen = self.tokens if is_late or not present else present
        client, name, token = chosen[place % len(chosen)]
        return ("bolt" if client == "acme" else "acme") if other else client, name, token

    def read(self, name: str) -> Any:
        return self.callers["acme"].http.get(f"/api/fulfilment/v1/jobs/{name}")

    def send(
        self, client: str, path: str, body: dict[str, Any], *, refused: str = "", keep: bool = True, **headers: str
    ) -> Any:  # fmt: skip
        """Send a request with a new key; it must be answered as the model says."""
        key = str(uuid.UUID(int=len(self.answered) + 1_000 * self.made))
        self.made += 1
        response = self.callers[client].ask(path, body, Idempotency_Key=key, **headers)
        answer = response.json()
        assert (response.status_code, answer.get("type", "").rpartition("/")[2]) == (
            response.status_code if refused else 200,
            refused,
        ), answer
        if not refused and keep:
            self.answered.append((client, path, body, key, headers.get("If_Match", ""), response.content))
        return response

    def compare(self, name: str) -> None:
        job, shown = self.model.jobs[name], self.read(name).json()
        assert (
            shown["state"], shown["version"], shown["attempt"], shown["cancellation"], shown["on_hold"],
            bool(shown["lease"] and shown["lease"]["lapsed"]), {hold["id"] for hold in shown["holds"]},
        ) == (
            job.state, job.version, job.attempt, job.cancellation, bool(job.holds), job.lapsed, job.holds,
        )  # fmt: skip


def test_whatever_is_done_in_whatever_order_the_api_answers_as_the_model_does() -> None:
    run_state_machine_as_test(Play, settings=PLAYED)
