"""Reading what is the same for every visitor at most a few times a second per process.

For pages that only show something. Whatever decides (placing, paying, publishing) reads for itself.
"""

from collections.abc import Callable, Hashable
from functools import wraps
from time import monotonic
from typing import ParamSpec, TypeVar

from django.conf import settings

P = ParamSpec("P")
T = TypeVar("T")

MOST_KEPT = 500  # answers per function: recipes and days, of which a shop has some forty and one


def shared_for_a_moment(read: Callable[P, T]) -> Callable[P, T]:
    """The same function, whose answers are kept for SHARED_READING_SECONDS; what it raises is not kept."""
    kept: dict[Hashable, tuple[float, T]] = {}

    @wraps(read)
    def recently(*args: P.args, **kwargs: P.kwargs) -> T:
        key = (args, tuple(sorted(kwargs.items())))
        now = monotonic()
        if (found := kept.get(key)) is not None and now - found[0] < settings.SHARED_READING_SECONDS:
            return found[1]
        answer = read(*args, **kwargs)
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = (now, answer)
        return answer

    return recently
