"""One process that claims a few jobs for a minute, writes down their tokens, and does nothing more: it is to be killed.

python -m tests.faults.maker --url URL --key KEY --journal FILE
"""

import argparse
import json
import time
import uuid
from pathlib import Path

import httpx

LEASE_SECONDS = 60
CLAIM = {"worker": "dies", "max_jobs": 3, "lease_seconds": LEASE_SECONDS, "wait_seconds": 10}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--journal", type=Path, required=True)
    given = parser.parse_args()
    with httpx.Client(headers={"Authorization": f"Bearer {given.key}"}, timeout=30) as client:
        jobs: list[dict[str, object]] = []
        while not jobs:
            headers = {"Idempotency-Key": str(uuid.uuid4())}
            answer = client.post(f"{given.url}/api/fulfilment/v1/claims", json=CLAIM, headers=headers)
            jobs = answer.raise_for_status().json()["jobs"]
    claimed = json.dumps({"at": time.time(), "jobs": jobs})
    with given.journal.open("a") as journal:
        journal.write(f"{claimed}\n")
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
