"""The feed: writing down what happened, giving it its place once it can be seen by all, reading and forgetting it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet

from orders.models import FeedEvent, FeedState, FulfilmentKey, Job, JobTransition, Order

NUMBERED_AT_ONCE = 1000
KEPT_FOR = timedelta(days=30)
PRUNED_AT_ONCE = 1000
PRUNED_AT_MOST = 20  # batches in one go: the rest waits for the next
MOVED_AT_ONCE = 10_000  # so that no statement takes too long

TABLE = FeedEvent._meta.db_table

# The ids are chosen first: both databases walk the index of unnumbered events and stop at the limit. (It begins with
# UPDATE, not WITH: Python's SQLite counts no rows otherwise.)
NUMBER = f"""
    UPDATE {TABLE} SET seq = numbered.place
    FROM (
        SELECT id, %s + ROW_NUMBER() OVER (ORDER BY id) AS place
        FROM (SELECT id FROM {TABLE} WHERE seq IS NULL ORDER BY id LIMIT %s) AS chosen
    ) AS numbered
    WHERE {TABLE}.id = numbered.id
"""  # noqa: S608  # the one name in it is the table's


class CursorExpiredError(Exception):
    """The events after the cursor have been forgotten; `pruned_to` is the last number that has."""

    def __init__(self, pruned_to: int) -> None:
        self.pruned_to = pruned_to
        super().__init__(f"events up to {pruned_to} are forgotten")


class CursorAheadError(ValueError):
    """The cursor is beyond the last event; `last_seq` is that one's number."""

    def __init__(self, last_seq: int) -> None:
        self.last_seq = last_seq
        super().__init__(f"the last event is {last_seq}")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPage:
    """Events in their order; true if there are any.

    Whoever goes on after `next_after` misses none; `last_seq` is the end of the feed.
    """

    events: tuple[FeedEvent, ...]
    last_seq: int
    next_after: int
    has_more: bool

    def __bool__(self) -> bool:
        return bool(self.events)


def note_moves(transitions: Iterable[JobTransition]) -> None:
    """Write down transitions as events. Call it inside the transaction that wrote them."""
    FeedEvent.objects.bulk_create(
        FeedEvent(
            kind=FeedEvent.Kind.MOVED,
            job=transition.job,
            order_id=transition.job.order_id,
            transition=transition,
            sandbox_id=transition.job.sandbox_id,
            data={"from": transition.from_state or None, "to": transition.to_state},
            at=transition.at,
        )
        for transition in transitions
    )


def note_event(kind: str, *, order: Order, job: Job | None = None, now: datetime, **data: Any) -> None:
    """Write down something that is no transition. Call it inside the transaction that did it."""
    FeedEvent.objects.create(kind=kind, order=order, job=job, sandbox_id=order.sandbox_id, data=data, at=now)


def number_events() -> int:
    """Give the next numbers to committed events that have none, in the order of their ids; returns the last number.

    Locks the one row of FeedState, so that one hand numbers at a time; who comes second sees what the first has done.
    Nothing is locked when there is nothing to number. An event of one job never comes before an earlier one of it:
    its row was made after the earlier one was committed. Call it outside a transaction: the numbers are for all.
    """
    if not FeedEvent.objects.filter(seq=None).exists():
        return FeedState.objects.values_list("last_seq", flat=True).get()
    numbered = NUMBERED_AT_ONCE
    while numbered == NUMBERED_AT_ONCE:
        with transaction.atomic(), connection.cursor() as cursor:
            state = FeedState.objects.select_for_update().get()
            cursor.execute(NUMBER, [state.last_seq, NUMBERED_AT_ONCE])
            numbered = cursor.rowcount
            state.last_seq += numbered
            state.save(update_fields=["last_seq"])
    return state.last_seq


def events_for(client: FulfilmentKey) -> QuerySet[FeedEvent]:
    """What a client may see: with a test key the events of its own sandbox, else those of no sandbox."""
    return FeedEvent.objects.filter(sandbox=client if client.is_test else None, order__isnull=False)


def read_feed(client: FulfilmentKey, *, after: int | None, limit: int) -> FeedPage:
    """At most `limit` of the client's events with numbers above `after`; None: from the oldest that is kept.

    Raises CursorExpiredError for a cursor whose next events may be forgotten, CursorAheadError for one beyond the end.
    """
    last_seq = number_events()  # before the events are read: then all up to it are among them
    if after is not None and after > last_seq:
        raise CursorAheadError(last_seq)
    wanted = events_for(client).filter(seq__gt=after or 0).select_related("job", "order")
    found = list(wanted.order_by("seq")[: limit + 1])
    pruned_to = FeedState.objects.values_list(
        "pruned_to", flat=True
    ).get()  # after: then none of them is missing
    if after is not None and after < pruned_to:
        raise CursorExpiredError(pruned_to)
    events, has_more = tuple(found[:limit]), len(found) > limit
    end = max([last_seq, *(event.seq for event in events if event.seq)])
    next_after = events[-1].seq if has_more else None
    return FeedPage(events=events, last_seq=end, next_after=next_after or end, has_more=has_more)


def prune_feed(*, now: datetime) -> int:
    """Forget numbered events older than KEPT_FOR, in batches, each in a transaction of its own; returns how many.

    Whoever asks for what comes after a forgotten number is told so. Locks the one row of FeedState.
    """
    pruned = 0
    for _batch in range(PRUNED_AT_MOST):
        with transaction.atomic():
            state = FeedState.objects.select_for_update().get()
            oldest = FeedEvent.objects.filter(seq__gt=state.pruned_to).order_by("seq")[:PRUNED_AT_ONCE]
            old = []
            for event in oldest.only("id", "seq", "at"):
                if event.at >= now - KEPT_FOR:
                    break
                old.append(event)
            if not old:
                break
            FeedEvent.objects.filter(pk__in=[event.pk for event in old]).delete()
            state.pruned_to = old[-1].seq or 0
            state.save(update_fields=["pruned_to"])
        pruned += len(old)
    return pruned


def begin_feed_anew(*, now: datetime) -> int:
    """Give all events numbers that were never given before; returns the number below them, the feed's new beginning.

    For a database that was restored: it knows of no event after its backup, and would give their numbers to others.
    Whoever has kept a number, up to the backup or beyond it, is told that what comes after it is forgotten. The events
    stay, in their order. The new beginning is the clock's, in milliseconds since 1970: whatever a feed has counted, at
    fewer than 1,000 events a second, is below it, and when the same backup is restored twice, the second beginning is
    above what was counted after the first. (A jump from the last number known would be the same both times.)

    Locks the one row of FeedState.
    """
    with transaction.atomic():
        state = FeedState.objects.select_for_update().get()
        beginning = max(int(now.timestamp() * 1000), state.last_seq)
        moved_by = beginning - state.pruned_to
        for before in range(state.pruned_to, state.last_seq, MOVED_AT_ONCE):
            upto = min(before + MOVED_AT_ONCE, state.last_seq)
            FeedEvent.objects.filter(seq__gt=before, seq__lte=upto).update(seq=F("seq") + moved_by)
        state.last_seq += moved_by
        state.pruned_to = beginning
        state.save(update_fields=["last_seq", "pruned_to"])
    return beginning
