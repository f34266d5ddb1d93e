"""The frozen recipe of a job as its page shows it: in words, and under them as fulfilment gets it."""

import json
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from configurator.mixing.spec import Spec
from orders.bench_work import Part, millilitres, read_work
from orders.models import Job
from orders.snapshot import read_snapshot


def show_recipe(job: Job, *, sold_as: Spec) -> SafeString:
    """What to make, and what went in if it is made; `sold_as` gives the names of what it contains.

    "-" while the job is not handed off.
    """
    frozen = read_snapshot(job)
    if not frozen:
        return SafeString("-")
    names = {flag.slug: flag.name for flag in sold_as.flags}
    work = read_work(job, now=timezone.now())
    context = {
        "frozen": frozen,
        "work": work,
        "flags": [names.get(slug, slug) for slug in frozen["flags"]],
        "rows": _rows(work.parts, job.made_of or []),
        "is_made": bool(job.made_of),
        "sha256": job.snapshot_sha256,
        "stored": json.dumps(frozen, ensure_ascii=False, indent=2),
    }
    return render_to_string("admin/orders/job/_recipe.html", context)


def _rows(parts: tuple[Part, ...], made_of: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each part with its lot and with how much of it really went in, if that is known."""
    lots = {lot["slot"]: lot for lot in made_of}
    return [
        {
            "part": part,
            "lot": lots.get(part.slot, {}).get("lot", ""),
            "ml": millilitres(lots.get(part.slot, {}).get("microlitres")),
        }
        for part in parts
    ]
