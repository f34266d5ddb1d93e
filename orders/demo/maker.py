"""The fulfilment side, played over HTTP only: claims jobs, makes them, ships them."""

import hashlib
import json
import random
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import httpx

from orders.demo.http import DemoError, Patience, Say, Sleep, connect

API = "/api/fulfilment/v1"
LEASE_SECONDS = 600
MAX_JOBS = 10
CARRIERS = ["Owl Post", "Canal Boat Parcels", "Penny Courier"]

Json = dict[str, Any]


class Maker:
    """One worker at one station. Every step is said in one line; `pause` seconds lie between steps."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        say: Say,
        sleep: Sleep,
        patience: Patience,
        pause: float = 0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self.say, self.sleep, self.patience, self.pause = say, sleep, patience, pause
        headers = {"Authorization": f"Bearer {key}"}
        self.client = connect(url, headers=headers, transport=transport)

    def introduce(self) -> None:
        """Say who we are; raises DemoError when the shop is not there or does not take the key."""
        me = self._call("GET", "/me")
        self.say(f"working for {self.client.base_url} as {me['name']} ({', '.join(me['scopes'])})")

    def work(self, max_jobs: int = MAX_JOBS) -> int:
        """One round: claim up to `max_jobs`, make them, ship them by order; how many were shipped."""
        body = {"worker": "demo", "station": "bench 1", "max_jobs": max_jobs, "lease_seconds": LEASE_SECONDS}
        jobs = self._call("POST", "/claims", body)["jobs"]
        made: defaultdict[str, list[Json]] = defaultdict(list)
        for job in jobs:
            self._step(f"claimed  {_name(job)}: {_contents(job)}; promised for {job['promised_on']}")
            if self._make(job):
                made[job["order"]].append(job)
        for parcel in made.values():
            self._ship(parcel)
        return sum(len(parcel) for parcel in made.values())

    def _make(self, job: Json) -> bool:
        if not is_intact(job):
            self.say(f"refused  {_name(job)}: its recipe does not match its hash")
            self._report(job, "fail", "failed", retryable=False, code="other", note="recipe and hash differ")
            return False
        if not self._report(job, "start", "in_production"):
            return False
        self._step(f"started  {_name(job)}: {'; '.join(job['snapshot']['steps'])}")
        lots = [_lot(part) for part in job["snapshot"]["parts"]]
        batch = f"B{datetime.now(UTC):%y%m%d}-{random.randrange(1000):03}"  # noqa: S311 an invented number
        if not self._report(job, "complete", "produced", batch=batch, lots=lots):
            return False
        self._step(f"produced {_name(job)}: batch {batch}, lots {', '.join(lot['lot'] for lot in lots)}")
        return True

    def _report(self, job: Json, action: str, to: str, **body: Any) -> bool:
        """Whether the job is in state `to` now."""
        path = f"/jobs/{job['id']}/{action}"
        response = self._send("POST", path, {"lease_token": job["lease"]["token"], **body})
        answer = _read(response)
        if response.status_code == HTTPStatus.CONFLICT:
            if answer.get("type") == "/problems/cancellation-requested":
                self._stop(job)
                return False
            self.say(f"lost     {_name(job)}: {answer.get('detail')}")
            return False
        self._check(response, answer)
        return True

    def _stop(self, job: Json) -> None:
        """Accept that a job is cancelled; nothing has gone into it yet."""
        path = f"/jobs/{job['id']}"
        etag = self._send("GET", path).headers.get("ETag", "")
        body = {"lease_token": job["lease"]["token"], "decision": "accept"}
        response = self._send("POST", f"{path}/cancellation", body, {"If-Match": etag})
        self._check(response, _read(response))
        self._step(f"stopped  {_name(job)}: its order is to be cancelled")

    def _ship(self, jobs: Sequence[Json]) -> None:
        carrier = random.choice(CARRIERS)  # noqa: S311 an invented name
        tracking = f"TR{random.randrange(10**9):09}"  # noqa: S311 an invented number
        body = {
            "external_id": f"demo-{jobs[0]['id']}-{jobs[0]['attempt']}",
            "jobs": [job["id"] for job in jobs],
            "carrier": carrier,
            "tracking": tracking,
            "shipped_at": datetime.now(UTC).isoformat(),
        }
        self._call("POST", "/shipments", body)
        self._step(f"shipped  {', '.join(_name(job) for job in jobs)}: {carrier}, {tracking}")

    def _call(self, method: str, path: str, body: Json | None = None) -> Json:
        response = self._send(method, path, body)
        answer = _read(response)
        self._check(response, answer)
        return answer

    def _send(
        self, method: str, path: str, body: Json | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """One key for all tries: what is sent again because its answer was lost is not done again."""
        key = {"Idempotency-Key": str(uuid.uuid4())} if method == "POST" else {}
        sent = {**key, **(headers or {})}
        return self.patience.send(self.client, method, f"{API}{path}", json=body, headers=sent)

    def _check(self, response: httpx.Response, answer: Json) -> None:
        if response.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            raise DemoError(
                f"The shop does not take this key ({answer.get('detail')}) "
                "`manage.py create_fulfilment_key NAME` makes one; pass it with --key or in FULFILMENT_KEY."
            )
        if not response.is_success:
            said = answer.get("detail") or response.reason_phrase
            raise DemoError(f"The shop answered {response.status_code} to {response.url.path}: {said}")

    def _step(self, line: str) -> None:
        self.say(line)
        if self.pause:
            self.sleep(self.pause)


def is_intact(job: Json) -> bool:
    """Whether a job's recipe is the one that was frozen: its hash is that of its canonical JSON."""
    text = json.dumps(job["snapshot"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return bool(hashlib.sha256(text.encode()).hexdigest() == job["snapshot_sha256"])


def _read(response: httpx.Response) -> Json:
    """The JSON object of an answer; what is no JSON (a page of a proxy, say) is empty."""
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if isinstance(answer, dict):
        return answer
    if response.is_success:
        raise DemoError(f"What answers at {response.url} is not the fulfilment API of a shop.")
    return {}


def _lot(part: Json) -> Json:
    aimed: int | None = part["microlitres"]
    return {
        "slot": part["slot"],
        "component": part["component"],
        "lot": f"{part['component'][:3].upper()}{random.randrange(10_000):04}",  # noqa: S311 an invented number
        "microlitres": aimed and max(1, round(aimed * random.uniform(0.995, 1.005))),  # noqa: S311 an invented dose
    }


def _name(job: Json) -> str:
    return f"{job['order']}/{job['line']}"


def _contents(job: Json) -> str:
    named = f" for {job['snapshot']['label_name']}" if job["snapshot"]["label_name"] else ""
    parts = " + ".join(part["name"] for part in job["snapshot"]["parts"])
    return f"{job['quantity']} x {job['snapshot']['recipe']['name']} {job['snapshot']['size']['slug']}, {parts}{named}"
