"""The feed: writing down what happened, and giving it its place once it can be seen by all."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from orders.models import FeedEvent, FeedState, Job, JobTransition, Order

NUMBERED_AT_ONCE = 1000


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
    its row was made after the earlier one was committed.
    """
    if not FeedEvent.objects.filter(seq=None).exists():
        return FeedState.objects.values_list("last_seq", flat=True).get()
    with transaction.atomic():
        state = FeedState.objects.select_for_update().get()
        unnumbered = list(FeedEvent.objects.filter(seq=None).order_by("id").only("id")[:NUMBERED_AT_ONCE])
        for event in unnumbered:
            state.last_seq += 1
            event.seq = state.last_seq
        FeedEvent.objects.bulk_update(unnumbered, ["seq"])
        state.save(update_fields=["last_seq"])
    return state.last_seq
