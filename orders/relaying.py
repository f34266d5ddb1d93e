"""What the relay does beside the worker, so that a job moves on with Redis or the worker gone."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet

from configurator.busy import NO_DATABASE
from orders.baskets import drop_old_baskets
from orders.claiming import expire_leases
from orders.counting import write_counts
from orders.feed import prune_feed
from orders.idempotency import forget_old_answers
from orders.lateness import tell_of_slips
from orders.models import Order, OutboxEntry
from orders.outbox import HANDLERS, process_outbox
from orders.payments import settle_confirmed_payments
from orders.pulse import show_life
from orders.reconciling import ask_about_open_payments
from orders.unpaid_orders import let_go
from orders.watching import ask_worker, watch_invariants

logger = logging.getLogger(__name__)

LEFT_TO_CELERY_SECONDS = 2
BATCH = 200
ERRANDS = 10
UNPAID_FOR = timedelta(hours=24)
SESSIONS_WAIT = timedelta(hours=1)


def relay_outbox(*, now: datetime) -> int:
    """Do, here and now, the outbox entries that Celery has not done in time; returns how many this call did.

    Hand-offs come first, then a few of what waits for other people's servers.
    """
    return relay_hand_offs(now=now) + relay_errands(now=now)


def relay_hand_offs(*, now: datetime) -> int:
    """What is done in the database alone, and so quickly."""
    return _relay(Q(topic__in=HANDLERS), most=BATCH, now=now)


def relay_errands(*, now: datetime) -> int:
    """What goes to other people's servers, such as mails: a few, since each may take as long as they let us wait."""
    return _relay(~Q(topic__in=HANDLERS), most=ERRANDS, now=now)


def is_hand_off_due(*, now: datetime) -> bool:
    return _due(Q(topic__in=HANDLERS), now=now).exists()


def _relay(chosen: Q, *, most: int, now: datetime) -> int:
    ids = list(_due(chosen, now=now).order_by("next_attempt_at").values_list("pk", flat=True)[:most])
    return sum(process_outbox(entry_id) for entry_id in ids)


def _due(chosen: Q, *, now: datetime) -> QuerySet[OutboxEntry]:
    return OutboxEntry.objects.filter(
        chosen,
        state=OutboxEntry.State.PENDING,
        next_attempt_at__lte=now,
        created_at__lte=now - timedelta(seconds=LEFT_TO_CELERY_SECONDS),
    )


def expire_unpaid_orders(*, now: datetime) -> int:
    """Let go of orders that nobody paid for within a day; returns how many."""
    expired = 0
    unpaid = Order.objects.filter(state=Order.State.PLACED, placed_at__lt=now - UNPAID_FOR)
    for order in unpaid.order_by("placed_at")[:BATCH]:
        expired += let_go(order, now=now)
    return expired


def forget_old_sessions(*, now: datetime) -> int:
    """Delete sessions that have run out, all at once when the oldest did so SESSIONS_WAIT ago; returns how many."""
    old = Session.objects.filter(expire_date__lt=now)
    if not old.filter(expire_date__lt=now - SESSIONS_WAIT).exists():
        return 0
    return old.delete()[0]


Work = tuple[tuple[str, Callable[..., int]], ...]

# Beside hand-offs: somebody waits for what comes free.
EACH_SECOND: Work = (("leases ran out", expire_leases),)
PERIODIC_SECONDS = 15
PERIODIC: Work = (
    ("confirmed payments had not reached their orders", settle_confirmed_payments),
    ("payments were paid without a word from the provider", ask_about_open_payments),
    ("unpaid orders were cancelled", expire_unpaid_orders),
    ("baskets were forgotten", drop_old_baskets),
    ("orders turned out later than was told", tell_of_slips),
    ("sessions were forgotten", forget_old_sessions),
    ("answers were forgotten", forget_old_answers),
    ("tasks were asked for", ask_worker),
    ("rows break an invariant", watch_invariants),
    ("events were forgotten", prune_feed),
    ("counts were written down", write_counts),
)


def do_periodic_work(*, now: datetime) -> None:
    """What is due every quarter of a minute."""
    show_life("relay", now=now)
    do_each(PERIODIC, now=now)


def do_each(works: Work, *, now: datetime) -> None:
    """Each of these; they are safe to run twice at once, and none stops the others."""
    for what, work in works:
        try:
            if count := work(now=now):
                logger.info("%s %s", count, what)
        except NO_DATABASE:
            raise
        except Exception:
            logger.exception("this went wrong while looking whether %s", what)
