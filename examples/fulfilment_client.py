"""A fulfilment system in one file: it claims jobs, makes them, ships them, and may die at any moment.

    python examples/fulfilment_client.py --url http://127.0.0.1:8000 --key cct_live_... --state warehouse.json

Needs Python 3.11 and httpx. Its whole memory is a file with the key of the claim that it works on, and the parcels
that are packed and not yet reported. Every request that changes something carries an Idempotency-Key that follows from
that claim, and a body that follows from the job. So after a crash it asks the same again and is answered the same, and
nothing is made or sent twice.
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
LEASE_SECONDS = 600
CLAIM = {
    "worker": "example",
    "station": "bench 1",
    "max_jobs": 10,
    "lease_seconds": LEASE_SECONDS,
    "wait_seconds": 10,
}

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
        """The JSON of the answer. Raises RefusedError for what trying again does not mend."""
        return self.ask(method, path, body, key=key, **headers).json()  # type: ignore[no-any-return]

    def ask(
        self, method: str, path: str, body: Json | None = None, *, key: str = "", **headers: str
    ) -> httpx.Response:
        """The same, with the headers of the answer."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if key:
            sent["Idempotency-Key"] = key
        tries = 0
        while True:
            try:
                response = self.http.request(method, path, json=body, headers=sent)
            except httpx.TransportError as error:
                # Nobody knows whether it was done: so ask the very same again.
                why, seconds = type(error).__name__, None
            else:
                if not _is_passing(response):
                    return _check(response)
                why, seconds = str(response.status_code), wanted_pause(response)
            pause = min(0.2 * 2.0 ** min(tries, 10), LONGEST_PAUSE_SECONDS) if seconds is None else seconds
            self.say(f"{method} {path}: {why}, again in {pause:.1f} s")
            time.sleep(pause * random.uniform(1.0, 1.3))  # noqa: S311  # so that many do not come back at once
            tries += 1


def wanted_pause(response: httpx.Response) -> float | None:
    """The seconds that the shop asks to wait; None if it does not say."""
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isdigit() else None


def _is_passing(response: httpx.Response) -> bool:
    """Too many requests, a shop that is busy or away, the same request still under way: worth trying again."""
    if response.status_code == 429 or response.status_code >= 500:
        return True
    return response.status_code == 409 and "/problems/key-in-flight" in response.text


def _check(response: httpx.Response) -> httpx.Response:
    if response.is_success:
        return response
    try:
        problem = response.json()
    except ValueError:
        problem = {"title": response.reason_phrase}
    raise RefusedError(response.status_code, problem)


class Notebook:
    """What must outlive us, in one file: the key of the claim under way, and the parcels that are packed.

    It is written before what it says is sent. `refused` are parcels that the shop does not take: for a person.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        kept = json.loads(file.read_text()) if file.exists() else {}
        self.claim: str = kept.get("claim") or str(uuid.uuid4())
        self.parcels: list[Json] = kept.get("parcels", [])
        self.refused: list[Json] = kept.get("refused", [])
        self.save()

    def save(self) -> None:
        """All of it or nothing: the draft takes the file's place at once."""
        draft = self.file.with_suffix(".new")
        draft.write_text(
            json.dumps({"claim": self.claim, "parcels": self.parcels, "refused": self.refused}, indent=2)
        )
        draft.replace(self.file)

    def close_claim(self, parcels: list[Json]) -> None:
        """The claim is worked through: its parcels are to be sent, and the next claim is another one."""
        self.parcels += parcels
        self.claim = str(uuid.uuid4())
        self.save()


class Warehouse:
    """Works through one claim after another."""

    def __init__(self, shop: Shop, notebook: Notebook, *, say: Callable[[str], None] = print) -> None:
        self.shop, self.notebook, self.say = shop, notebook, say

    def work(self) -> int:
        """Claim, make and ship once; returns how many parcels were sent."""
        answer = self.shop.ask("POST", "/claims", CLAIM, key=self.notebook.claim)
        jobs = answer.json()["jobs"]
        made: dict[str, list[Json]] = {}
        for place, job in enumerate(jobs):
            if self._make(job, waiting=jobs[place + 1 :]):
                made.setdefault(job["order"], []).append(job)
        # Without jobs the key stays: an earlier request under it, of ours before we died, may still get some.
        if jobs:
            self.notebook.close_claim([_pack(group) for group in made.values()])
        sent = sum(self._send(parcel) for parcel in list(self.notebook.parcels))
        if not jobs:  # too many wait for work already: the shop says when to come back
            time.sleep(wanted_pause(answer) or 0)
        return sent

    # Making ----------------------------------------------------------------------------------------------------------

    def _make(self, job: Json, *, waiting: list[Json]) -> bool:
        """Start and complete a job; False if it is not ours (any more), was called off or is held."""
        name = f"{job['order']}/{job['line']}"
        try:
            token = self._hold_on_to(job, waiting=waiting)
            self._report(job, "start", lease_token=token)
            lots = [_weigh(part, job) for part in job["snapshot"]["parts"]]
            self._report(job, "complete", lease_token=token, batch=f"B-{job['id'][:8]}", lots=lots)
        except RefusedError as error:
            return self._leave(job, error)
        self.say(f"{name} is made: {', '.join(job['snapshot']['steps'])}")
        return True

    def _hold_on_to(self, job: Json, *, waiting: list[Json]) -> str:
        """The token that the job is under now; makes its lease longer, and those of the jobs that wait for their turn.

        Whoever makes something for longer than a moment sends this heartbeat every minute or so meanwhile.
        """
        token: str = job["lease"]["token"]
        leases = [{"id": each["id"], "lease_token": each["lease"]["token"]} for each in (job, *waiting)]
        beats = self.shop.call("POST", "/claims/heartbeat", {"jobs": leases, "lease_seconds": LEASE_SECONDS})
        beat = beats["jobs"][0]
        if beat["lease_lost"]:  # made before we died, or lost
            return self._reclaim(job, token)
        if beat["cancellation"] == "requested":
            self._decide(job, token)
        return token

    def _reclaim(self, job: Json, token: str) -> str:
        """The token to go on with: a new one if the lease ran out while we were away and the goods stand on our bench.

        The key follows from the token that was lost, so after a crash the same answer leads to the same new token.
        """
        now = self.shop.call("GET", f"/jobs/{job['id']}")
        if now["state"] == "in_production" and now["attempt"] == job["attempt"]:
            body = {"worker": CLAIM["worker"], "station": CLAIM["station"], "lease_seconds": LEASE_SECONDS}
            try:
                again = self.shop.call(
                    "POST", f"/jobs/{job['id']}/reclaim", body, key=f"{job['id']}-reclaim-{token}"
                )
            except RefusedError as error:
                if error.kind != "wrong-state":  # it runs under a lease: somebody else's
                    raise
            else:
                return str(again["lease"]["token"])
        return token

    def _leave(self, job: Json, error: RefusedError) -> bool:
        """What the shop said no to is not ours to make; what is held, or was called off just now, is given back."""
        if error.status not in (404, 409):
            raise error
        try:
            if error.kind == "cancellation-requested":
                self._decide(job, job["lease"]["token"])
            elif error.kind == "on-hold":
                self._report(job, "release", lease_token=job["lease"]["token"])
        except RefusedError as again:
            error = again
        self.say(f"{job['order']}/{job['line']} is left: {error}")
        return False

    def _decide(self, job: Json, token: str) -> None:
        """Answer the shop's wish to cancel: yes if nothing is made yet, no if the bottle stands here half full."""
        while True:
            read = self.shop.ask("GET", f"/jobs/{job['id']}")
            if read.json()["cancellation"] != "requested":
                return
            decision = "accept" if read.json()["state"] == "claimed" else "reject"
            try:
                self._report(
                    job, "cancellation", lease_token=token, decision=decision, etag=read.headers["ETag"]
                )
            except RefusedError as error:
                if error.kind != "version-stale":  # it changed between reading and deciding: read it again
                    raise
            else:
                self.say(f"{job['order']}/{job['line']} was to be cancelled: {decision}ed")
                return

    def _report(self, job: Json, action: str, *, etag: str = "", **body: Any) -> Json:
        key = f"{job['id']}-{job['attempt']}-{action}"
        headers = {"If_Match": etag} if etag else {}
        return self.shop.call("POST", f"/jobs/{job['id']}/{action}", body, key=key, **headers)

    # Shipping --------------------------------------------------------------------------------------------------------

    def _send(self, parcel: Json) -> bool:
        """Report a parcel. Its number is ours, so the same parcel is never told twice; one that is held waits."""
        try:
            self.shop.call("POST", "/shipments", parcel, key=f"ship-{parcel['external_id']}")
        except RefusedError as error:
            if error.status not in (404, 409, 422):
                raise
            self.say(f"parcel {parcel['external_id']} is not taken: {error}")
            if error.kind == "on-hold":
                return False
            self.notebook.refused.append({**parcel, "problem": error.problem})
        else:
            self.say(f"parcel {parcel['external_id']} is sent with {len(parcel['jobs'])} jobs")
        self.notebook.parcels.remove(parcel)
        self.notebook.save()
        return parcel["external_id"] not in {each["external_id"] for each in self.notebook.refused}


def _weigh(part: Json, job: Json) -> Json:
    """What went into one bottle. A real bench asks its scales; here every dose is exact."""
    return {
        "slot": part["slot"],
        "component": part["component"],
        "lot": f"{part['component'][:12].upper()}-{job['promised_on'][:7]}",
        "microlitres": part["microlitres"],
    }


def _pack(jobs: list[Json]) -> Json:
    """One parcel for the jobs of one order."""
    number = f"{jobs[0]['id']}-{jobs[0]['attempt']}"
    return {
        "external_id": number,
        "jobs": [job["id"] for job in jobs],
        "carrier": "Example Post",
        "tracking": number[:18].upper(),
        "shipped_at": datetime.now(UTC).isoformat(),
    }


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
    warehouse = Warehouse(Shop(given.url, given.key), Notebook(given.state))
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
