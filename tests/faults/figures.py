"""What became of the orders of one phase, read beside the shop: `python -m tests.faults.figures --since TIME ...`.

Prints one JSON object: orders, lost, doubled, waiting (jobs not handed off yet), unsent (mails and the like that are
due for some seconds), done (outbox entries, ever), the longest hand-off and the 99th percentile in seconds, and what
breaks an invariant.
"""

import argparse
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db.models import Count, F, Max, Min, Q  # noqa: E402
from django.utils import timezone  # noqa: E402

from orders.invariants import find_offences  # noqa: E402
from orders.models import Job, JobTransition, Order, OutboxEntry  # noqa: E402

LATE = timedelta(seconds=5)


def read_figures(*, since: datetime, bought: list[dict[str, str]], check: bool) -> dict[str, Any]:
    orders = Order.objects.filter(placed_at__gte=since, paid_at__isnull=False)
    jobs = Job.objects.filter(order__in=orders)
    waits = sorted(_hand_off_seconds(jobs))
    missing = _missing(bought)
    offences = find_offences(now=timezone.now(), since=since) if check else ()
    return {
        "orders": orders.count(),
        "jobs": jobs.count(),
        "waiting": jobs.filter(state=Job.State.PENDING).count(),
        "unsent": OutboxEntry.objects.filter(
            state=OutboxEntry.State.PENDING, next_attempt_at__lte=timezone.now() - LATE
        ).count(),
        "done": OutboxEntry.objects.filter(state=OutboxEntry.State.DONE).count(),
        "lost": len(missing) + _without_job(orders),
        "missing": missing,
        "doubled": _doubled(orders),
        "longest": round(waits[-1], 2) if waits else None,
        "p99": round(waits[int(len(waits) * 0.99)], 2) if waits else None,
        "offences": [str(offence) for offence in offences][:20],
    }


def _missing(bought: list[dict[str, str]]) -> list[dict[str, str]]:
    """Lines of the journal: what a buyer (by its number) or the visitor (by the token of its page) was told is paid,
    and is not there, whenever it was placed.
    """
    stored = Order.objects.filter(paid_at__isnull=False).values_list("number", "token")
    numbers, tokens = {number for number, _token in stored}, {token for _number, token in stored}
    return [line for line in bought if line.get("number") not in numbers and line.get("token") not in tokens]


def _hand_off_seconds(jobs: Any) -> list[float]:
    """From paid to ready, of each job that was handed off."""
    steps = JobTransition.objects.filter(job__in=jobs, version__lte=2)
    spans = steps.values("job").annotate(paid=Min("at"), ready=Max("at", filter=Q(to_state=Job.State.READY)))
    return [(span["ready"] - span["paid"]).total_seconds() for span in spans if span["ready"]]


def _without_job(orders: Any) -> int:
    counted = orders.annotate(all_lines=Count("lines", distinct=True), all_jobs=Count("jobs", distinct=True))
    return int(counted.filter(all_jobs__lt=F("all_lines")).count())


def _doubled(orders: Any) -> int:
    """Lines with a second job, and jobs that were handed off, made or shipped a second time."""
    lines = orders.values("lines").annotate(n=Count("lines__jobs")).filter(n__gt=1).count()
    once = (Job.State.READY, Job.State.PRODUCED, Job.State.SHIPPED)
    steps = JobTransition.objects.filter(job__order__in=orders, to_state__in=once)
    first = steps.exclude(to_state=Job.State.READY, from_state=Job.State.CLAIMED)
    again = first.values("job", "to_state").annotate(n=Count("pk")).filter(n__gt=1).count()
    return int(lines + again)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--since", type=datetime.fromisoformat, required=True)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--skip", type=int, default=0, help="lines of the journal that are of earlier phases")
    parser.add_argument("--check", type=int, default=1, help="whether to look at the invariants, too")
    given = parser.parse_args()
    lines = given.journal.read_text().splitlines()[given.skip :] if given.journal.exists() else []
    bought = [json.loads(line) for line in lines if line.endswith("}")]
    print(json.dumps(read_figures(since=given.since, bought=bought, check=bool(given.check))))


if __name__ == "__main__":
    main()
