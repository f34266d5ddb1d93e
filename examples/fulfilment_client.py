"""A fulfilment system in one file: it claims jobs, makes them, ships them, and may die at any moment.

    python examples/fulfilment_client.py --url http://127.0.0.1:8000 --key cct_live_... --state warehouse.json

Needs Python 3.11 and httpx. The whole state is the key of the claim that it works on: every request that changes
something carries an Idempotency-Key that follows from that claim, and a body that follows from the job. So after a
crash it asks the same again and is answered the same, and nothing is made or sent twice.
"""

import argparse
import json
import random
import signal
import sys
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

API = "/api/fulfilment/v1"
LONGEST_PAUSE_SECONDS = 30.0
CLAIM = {"worker": "example", "station": "bench 1", "max_jobs": 10, "lease_seconds": 600, "wait_seconds": 10}

Json = dict[str, Any]


class RefusedError(Exception):
    """The shop understood and says no; `problem` is its answer (RFC 9457), `status` the HTTP status."""

    def __init__(self, status: int, problem: Json) -> None:
        self.status, self.problem = status, problem
        super().__init__(f"{status} {problem.get('title', '')}: {problem.get('detail', '')}")

    @property
    def kind(self) -> str:
        return str(self.problem.get("type", "")).rpartition("/")[2]


class Shop:
    """Calls of the fulfilment API that are repeated until they are answered."""

    def __init__(self, url: str, key: str, *, say: Callable[[str], None] = print) -> None:
        self.say = say
        self.http = httpx.Client(
            base_url=f"{url.rstrip('/')}{API}", headers={"Authorization": f"Bearer {key}"}, timeout=40
        )

    def call(
        self, method: str, path: str, body: Json | None = None, *, key: str = "", **headers: str
    ) -> Json:
        """The JSON of the answer; {} for an empty one. Raises RefusedError for what trying again does not mend."""
        if key:
            headers["Idempotency-Key"] = key
        tries = 0
        while True:
            try:
                response = self.http.request(method, path, json=body, headers=headers)
            except (
                httpx.TransportError
            ) as error:  # nobody knows whether it was done: so ask the very same again
                why, pause = type(error).__name__, None
            else:
                if not _is_passing(response):
                    return _read(response)
                why, pause = str(response.status_code), response.headers.get("Retry-After")
            seconds = float(pause) if pause else min(0.2 * 2.0**tries, LONGEST_PAUSE_SECONDS)
            self.say(f"{method} {path}: {why}, again in {seconds:.1f} s")
            time.sleep(seconds * random.uniform(1.0, 1.3))  # noqa: S311  # so that many do not come back at once
            tries += 1


def _is_passing(response: httpx.Response) -> bool:
    """Too many requests, a shop that is busy or away, the same request still under way: worth trying again."""
    if response.status_code in (429, 502, 503, 504):
        return True
    return response.status_code == 409 and "key-in-flight" in response.text


def _read(response: httpx.Response) -> Json:
    if response.is_success:
        answer: Json = response.json() if response.content else {}
        return answer
    try:
        problem = response.json()
    except ValueError:
        problem = {"title": response.reason_phrase}
    raise RefusedError(response.status_code, problem)


class Warehouse:
    """Works through one claim after another; `state` is the file that holds the key of the present one."""

    def __init__(self, shop: Shop, state: Path, *, say: Callable[[str], None] = print) -> None:
        self.shop, self.state, self.say = shop, state, say

    def work(self) -> int:
        """Claim, make and ship once; returns how many jobs were shipped."""
        claim = self._read_claim()
        jobs = self.shop.call("POST", "/claims", CLAIM, key=claim)["jobs"]
        made: dict[str, list[Json]] = {}
        for job in jobs:
            if self._make(job):
                made.setdefault(job["order"], []).append(job)
        shipped = sum(self._ship(parcel) for parcel in made.values())
        self.state.unlink()
        return shipped

    def _read_claim(self) -> str:
        """The claim that was under way when we last ended, else a new one, written down before it is sent."""
        if not self.state.exists():
            draft = self.state.with_suffix(".new")
            draft.write_text(str(uuid.uuid4()))
            draft.replace(self.state)
        return self.state.read_text()

    def _make(self, job: Json) -> bool:
        """Start and complete a job; False if it is not ours (any more) or was called off."""
        token = job["lease"]["token"]
        name = f"{job['order']}/{job['line']}"
        try:
            if self._is_called_off(job):
                self.say(f"{name} was called off")
                return False
            self._report(job, "start", lease_token=token)
            lots = [_weigh(part, job) for part in job["snapshot"]["parts"]]
            self._report(job, "complete", lease_token=token, batch=f"B-{job['id'][:8]}", lots=lots)
        except RefusedError as error:
            if error.status not in (404, 409):
                raise
            self.say(f"{name} is left: {error}")
            return False
        self.say(f"{name} is made: {', '.join(job['snapshot']['steps'])}")
        return True

    def _is_called_off(self, job: Json) -> bool:
        """What happened to the job since it was claimed; a cancellation is accepted, as nothing was made yet."""
        token = job["lease"]["token"]
        beat = self.shop.call(
            "POST",
            "/claims/heartbeat",
            {"jobs": [{"id": job["id"], "lease_token": token}], "lease_seconds": 600},
        )["jobs"][0]
        if beat.get("cancellation") != "requested" or beat.get("lease_lost"):
            return False
        now = self.shop.http.get(f"/jobs/{job['id']}").headers["ETag"]
        self._report(job, "cancellation", lease_token=token, decision="accept", headers={"If-Match": now})
        return True

    def _report(self, job: Json, action: str, *, headers: dict[str, str] | None = None, **body: Any) -> Json:
        key = f"{job['id']}-{job['attempt']}-{action}"
        return self.shop.call("POST", f"/jobs/{job['id']}/{action}", body, key=key, **(headers or {}))

    def _ship(self, jobs: list[Json]) -> int:
        """One parcel for the jobs of one order; its number is ours, so the same parcel is never told twice."""
        first = jobs[0]
        number = f"{first['id']}-{first['attempt']}"
        parcel = {
            "external_id": number,
            "jobs": [job["id"] for job in jobs],
            "carrier": "Example Post",
            "tracking": number[:18].upper(),
            "shipped_at": _today(),
        }
        try:
            self.shop.call("POST", "/shipments", parcel, key=f"{number}-ship-{parcel['shipped_at']}")
        except RefusedError as error:
            if (
                error.kind != "external-id-taken"
            ):  # told before a crash, on another day: the parcel is on its way
                raise
        self.say(f"{first['order']} is shipped with {len(jobs)} of its bottles")
        return len(jobs)


def _weigh(part: Json, job: Json) -> Json:
    """What went into one bottle. A real bench asks its scales; here every dose is exact."""
    return {
        "slot": part["slot"],
        "component": part["component"],
        "lot": f"{part['component'][:12].upper()}-{job['promised_on'][:7]}",
        "microlitres": part["microlitres"],
    }


def _today() -> str:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0).isoformat()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--state", type=Path, required=True, help="a file of its own for each process")
    parser.add_argument("--once", action="store_true", help="work through one claim, then end")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    warehouse = Warehouse(Shop(given.url, given.key), given.state)
    try:
        while warehouse.work() >= 0 and not given.once:
            pass
    except RefusedError as error:
        print(error, file=sys.stderr)
        print(json.dumps(error.problem, indent=2), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
