"""What a visitor's journal comes to: how fast a shopper was answered, how often not at all, and for how long."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """Seconds of all answers and of those to the checkout's forms; `away` is the longest time without any answer.

    `errors` are server errors but for a 503 that says when to come back, `gave_up` why visits ended before their time.
    """

    answers: int
    slowest: float
    checkouts: int
    checkout_p95: float
    checkout_slowest: float
    refused: int
    away: float
    errors: tuple[str, ...]
    gave_up: tuple[str, ...]

    @classmethod
    def read(cls, lines: Sequence[Json]) -> Self:
        answered = [line for line in lines if "status" in line]
        checkouts = sorted(line["seconds"] for line in answered if _is_checkout(line))
        return cls(
            answers=len(answered),
            slowest=round(max((line["seconds"] for line in answered), default=0.0), 3),
            checkouts=len(checkouts),
            checkout_p95=round(checkouts[int(len(checkouts) * 0.95)], 3) if checkouts else 0.0,
            checkout_slowest=round(checkouts[-1], 3) if checkouts else 0.0,
            refused=sum("refused" in line for line in lines),
            away=round(_longest_away(lines), 1),
            errors=tuple(
                sorted({f"{line['status']} {line['path']}" for line in answered if _is_error(line)})
            ),
            gave_up=tuple(line["gave_up"] for line in lines if "gave_up" in line),
        )


def _is_checkout(line: Json) -> bool:
    """The form that places the order, or the one that pays it, after which the shop tells Celery."""
    method, path = str(line["method"]), str(line["path"])
    return method == "POST" and (path == "/checkout" or path.endswith("/pay"))


def _is_error(line: Json) -> bool:
    return line["status"] >= 500 and not (line["status"] == 503 and line["retry_after"])


def _longest_away(lines: Sequence[Json]) -> float:
    """From the beginning of the first request that was refused to the end of the first that was answered again."""
    longest, since = 0.0, None
    for line in sorted((line for line in lines if "seconds" in line), key=lambda line: line["at"]):
        if "refused" in line and since is None:
            since = line["at"] - line["seconds"]
        if since is not None:
            longest = max(longest, line["at"] - since)
        if "status" in line:
            since = None
    return longest
