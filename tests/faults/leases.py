"""A maker dies with leases of a minute: its jobs are offered again in time, and its tokens are good for nothing."""

import time
import uuid
from typing import Any

import httpx

from tests.faults.rig import Harm, Json, Rig

READY_AGAIN_SECONDS = 75.0
API = "/api/fulfilment/v1"


def maker_dies_with_leases(rig: Rig) -> Harm:
    """Once; then the leases are waited for, and what is not as promised is noted."""
    rig.is_owed = True
    try:
        key = rig.shop.manage("create_fulfilment_key", "maker that dies").strip()
        claimed_before = rig.count_lines("claimed.jsonl")
        rig.add(
            "maker", f"python -m tests.faults.maker --url {rig.shop.url} --key {key} --journal claimed.jsonl"
        )
        rig.raise_again("maker")
        while rig.count_lines("claimed.jsonl") == claimed_before:
            yield 0.2
        rig.kill("maker", stays_down=True)
        rig.inflicted += 1
        [claimed] = rig.read_journal("claimed.jsonl", since=claimed_before)
        with httpx.Client(
            base_url=f"{rig.shop.url}{API}", headers={"Authorization": f"Bearer {key}"}, timeout=30
        ) as api:
            held = claimed["jobs"]
            while held and time.time() - claimed["at"] < READY_AGAIN_SECONDS:
                yield 0.5
                held = [job for job in held if _is_leased(api, job)]
            for job in held:
                rig.broken.append(
                    f"job {job['id']} is not ready {READY_AGAIN_SECONDS:.0f} s after it was claimed"
                )
            for job in claimed["jobs"]:
                if (status := _start(api, job).status_code) != httpx.codes.CONFLICT:
                    rig.broken.append(f"the token of a lease that ran out is answered {status}, not 409")
        rig.is_owed = False
        while True:
            yield 1.0
    finally:
        if rig.is_owed:
            rig.broken.append("the phase ended before the leases of a maker who had died were settled")
        rig.is_owed = False
        if "maker" in rig.children:
            rig.kill("maker", stays_down=True)


def _is_leased(api: httpx.Client, job: Json) -> bool:
    """Whether it is still claimed as it was; the warehouse may have it by now, in another attempt."""
    now: dict[str, Any] = api.get(f"/jobs/{job['id']}").raise_for_status().json()
    return (now["state"], now["attempt"]) == ("claimed", job["attempt"])


def _start(api: httpx.Client, job: Json) -> httpx.Response:
    body = {"lease_token": job["lease"]["token"]}
    return api.post(f"/jobs/{job['id']}/start", json=body, headers={"Idempotency-Key": str(uuid.uuid4())})
