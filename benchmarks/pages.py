"""What the shop's pages cost the server, beside a plain Django page of the same size: `python -m benchmarks.pages`.

CPU seconds of the WSGI application alone, middleware included, in one process; the bare page goes through the same
middleware in the same run. Placing an order is set beside a one-row insert in a transaction. Bytes are as sent,
queries as Django counts them, savepoints and commits included.
"""

import gc
import json
import os
from collections import defaultdict
from collections.abc import Callable
from statistics import median
from time import process_time
from typing import Any
from urllib.parse import urlsplit

from benchmarks.visitor import Answer, Visitor
from tests.processes import open_shop

RUNS = 60
MIX = {
    "recipe": "shampoo",
    "base": "warm-hearth",
    "main": "mend",
    "second": "quench",
    "size": "250ml",
    "label": "Ada",
}
ADDRESS = {
    "email": "ada@example.org",
    "full_name": "Ada Lovelace",
    "postcode": "LS1 4DY",
    "address_line1": "12 Calverley Street",
    "town": "Leeds",
}
PAYS = {"status": "confirmed", "fraud_status": "unknown", "gateway_response": "3ds-disabled"}
HTMX = {"HX-Request": "true"}
WRITE, WHOLE = "place order", "a whole purchase"
AIMS = {
    "mixer page": 2.0,
    "choice": 1.0,
    WHOLE: 12.0,
}  # times the CPU of a bare page of that size


def look(visitor: Visitor) -> dict[str, Answer]:
    """The pages that change nothing."""
    return {
        "home": visitor.get("/"),
        "mixer page": visitor.get("/mix/shampoo/warm-hearth/mend/quench?label=Ada"),
        "choice": visitor.get(
            "/mix/shampoo/?base=warm-hearth&main=mend&second=quench&size=250ml&label=", HTMX
        ),
    }


def buy(visitor: Visitor) -> dict[str, Answer]:
    """A guest's purchase, request by request; stops with SystemExit where the shop does not play along."""
    seen = {"mixer page": visitor.get("/mix/shampoo/warm-hearth/mend/quench?label=Ada")}
    seen["add to basket"] = visitor.post("/basket/add", MIX)
    seen["basket"] = visitor.get("/basket")
    seen["checkout"] = visitor.get("/checkout")
    seen["place order"] = visitor.post("/checkout", seen["checkout"].hidden() | ADDRESS)
    paying = urlsplit(seen["place order"].location).path
    seen["pay page"] = visitor.get(paying)
    seen["pay"] = visitor.post(paying, seen["pay page"].hidden() | PAYS)
    seen["thanks"] = visitor.get(urlsplit(seen["pay"].location).path)
    if seen["thanks"].status != 200 or b"Thank you" not in seen["thanks"].body:
        raise SystemExit("\n".join(f"{name}: {each.status} {each.location}" for name, each in seen.items()))
    return seen


def timed(
    walk: Callable[[], dict[str, Answer]], stranger: Visitor, *, runs: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Step -> median CPU seconds over `runs` walks, their sum per walk as WHOLE; and the same of their baselines.

    A baseline is taken after each walk: what else the machine does then slows both.
    """
    found: defaultdict[str, list[float]] = defaultdict(list)
    beside: defaultdict[str, list[float]] = defaultdict(list)
    gc.collect()
    gc.disable()
    for _ in range(runs):
        answers = walk()
        for name, answer in answers.items():
            found[name].append(answer.seconds)
            beside[name].append(time_insert() if name == WRITE else time_bare(stranger, len(answer.body)))
        found[WHOLE].append(sum(each.seconds for each in answers.values()))
        beside[WHOLE].append(beside["mixer page"][-1])
    gc.enable()
    return (
        {name: median(seconds) for name, seconds in found.items()},
        {name: median(seconds) for name, seconds in beside.items()},
    )


def count_queries(walk: Callable[[], dict[str, Answer]]) -> dict[str, int]:
    """Step -> queries; Django forgets them at the start of each request, so they are read at its end."""
    from django.core.signals import request_finished
    from django.db import connection

    counted: list[int] = []

    def note(**kwargs: object) -> None:
        counted.append(len(connection.queries_log))

    request_finished.connect(note)
    connection.force_debug_cursor = True
    try:
        names = list(walk())
    finally:
        request_finished.disconnect(note)
        connection.force_debug_cursor = False
    return dict(zip(names, counted, strict=True))


def time_bare(visitor: Visitor, size: int) -> float:
    """CPU seconds of the bare page of about `size` bytes, and of 200 at least."""
    return visitor.get(f"/bare/{max(size, 200)}").seconds


def time_insert() -> float:
    """CPU seconds of one row inserted in a transaction of its own."""
    from django.db import transaction
    from django.utils import timezone

    from orders.models import Basket

    started = process_time()
    with transaction.atomic():
        Basket.objects.create(created_at=timezone.now(), touched_at=timezone.now())
    return process_time() - started


def measure_shop(application: Callable[..., Any], host: str) -> list[dict[str, Any]]:
    """One row per step: CPU milliseconds, its ratio to the baseline, bytes, queries."""

    def visit(walk: Callable[[Visitor], dict[str, Answer]]) -> Callable[[], dict[str, Answer]]:
        return lambda: walk(Visitor(application, host))

    stranger = Visitor(application, host)
    visit(buy)()
    sizes = {name: len(answer.body) for name, answer in {**visit(look)(), **visit(buy)()}.items()}
    bought = count_queries(visit(buy))
    queries = {**count_queries(visit(look)), **bought, WHOLE: sum(bought.values())}
    buying, beside_buying = timed(visit(buy), stranger, runs=RUNS)
    looking, beside_looking = timed(visit(look), stranger, runs=RUNS)
    seconds = {**looking, **buying, "mixer page": looking["mixer page"]}
    beside = {**beside_looking, **beside_buying, "mixer page": beside_looking["mixer page"]}
    return [
        _row(name, seconds[name], beside[name], size=sizes.get(name, 0), queries=queries[name])
        for name in [*sizes, WHOLE]
    ]


def _row(name: str, seconds: float, bare: float, *, size: int, queries: int) -> dict[str, Any]:
    return {
        "name": name,
        "cpu_ms": round(seconds * 1000, 2),
        "baseline": "one-row insert" if name == WRITE else "bare page of its size",
        "baseline_ms": round(bare * 1000, 2),
        "ratio": round(seconds / bare, 2),
        "aim": AIMS.get(name),
        "bytes": size,
        "queries": queries,
    }


def main() -> None:
    """Open a shop's folder and Redis, load Django on it, and print the table and one JSON line per row."""
    with open_shop("redis") as shop:
        os.environ.update(shop.environment)
        import django

        django.setup()
        from django.conf import settings
        from django.core.wsgi import get_wsgi_application

        settings.ROOT_URLCONF = "benchmarks.bare"
        rows = measure_shop(get_wsgi_application(), f"127.0.0.1:{shop.port}")
    print(
        f"{'request':<18}{'CPU ms':>9}{'baseline':>24}{'ms':>8}{'ratio':>8}{'aim':>6}{'bytes':>8}{'queries':>9}"
    )
    for row in rows:
        print(
            f"{row['name']:<18}{row['cpu_ms']:>9}{row['baseline']:>24}{row['baseline_ms']:>8}{row['ratio']:>8}"
            f"{row['aim'] or '':>6}{row['bytes']:>8}{row['queries']:>9}"
        )
    print("\n" + "\n".join(json.dumps(row) for row in rows))


if __name__ == "__main__":
    main()
