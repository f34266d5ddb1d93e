"""What every log line says beside its words: in which request it was written, and about which outbox entry."""

from collections.abc import Iterator
from contextlib import contextmanager

from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

from orders.models import OutboxEntry


def current_request_id() -> str:
    """The id of the request that is being answered, or that caused the entry being processed; else empty."""
    return str(get_contextvars().get("request_id", ""))


@contextmanager
def log_about(**what: object) -> Iterator[None]:
    """Log lines inside say this and nothing else, those after it again what those before it said."""
    before = get_contextvars()
    clear_contextvars()
    bind_contextvars(**what)
    try:
        yield
    finally:
        clear_contextvars()
        bind_contextvars(**before)


def log_about_entry(entry: OutboxEntry) -> None:
    """Log lines from here on name an entry's topic, its order or plan, and the request that caused it."""
    about = {"order": entry.order.number} if entry.plan_id is None else {"plan": str(entry.plan_id)}
    bind_contextvars(topic=str(entry.topic), **about)
    if entry.request_id:
        bind_contextvars(request_id=entry.request_id)
