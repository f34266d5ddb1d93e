"""One process of the race for jobs: claims until nothing is ready, and prints the id of each job it got."""

import sys
import time
from pathlib import Path

import django

django.setup()

from django.utils import timezone  # noqa: E402

from orders.claiming import claim_jobs  # noqa: E402
from orders.models import FulfilmentKey  # noqa: E402


def main(name: str, start: Path) -> None:
    client = FulfilmentKey.objects.get(name=name)
    print("there", flush=True)
    while not start.exists():
        time.sleep(0.001)
    while jobs := claim_jobs(client, worker=name, max_jobs=5, lease_seconds=600, now=timezone.now()):
        for job in jobs:
            print(job.public_id, flush=True)
        time.sleep(
            0.03
        )  # between two claims a maker works; without a gap SQLite lets one process have them all


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
