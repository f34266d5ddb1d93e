"""The processes of the race for jobs: each claims until nothing is ready, and prints the id of each job it got."""

import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import django

django.setup()

from django.utils import timezone  # noqa: E402

from orders.claiming import claim_jobs  # noqa: E402
from orders.models import FulfilmentKey  # noqa: E402
from tests.orders.forking import fork_racers  # noqa: E402


def claim(name: str, wait_for_start: Callable[[], None]) -> None:
    client = FulfilmentKey.objects.get(name=name)
    wait_for_start()
    while jobs := claim_jobs(client, worker=name, max_jobs=5, lease_seconds=600, now=timezone.now()):
        for job in jobs:
            print(job.public_id)
        time.sleep(
            0.03
        )  # between two claims a maker works; without a gap SQLite lets one process have them all


if __name__ == "__main__":
    sys.exit(fork_racers(Path(sys.argv[1]), {name: partial(claim, name) for name in sys.argv[2:]}))
