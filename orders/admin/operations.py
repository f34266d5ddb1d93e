"""The page for whoever runs the shop: what is alive, what waits, what was given up, each figure with its list."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from orders.admin.figure import Figure, list_of
from orders.admin.made_anew import NOT_MADE_ANEW
from orders.admin.outbox import way_on
from orders.figures import HOUR, OPEN, Figures, read_figures
from orders.health import PENDING_LONG, Part, Status, read_health
from orders.models import Job, Order, OutboxEntry, Pulse, WebhookDelivery, WebhookEndpoint

MOST_SHOWN = 20
LOOKING = timedelta(minutes=1)  # a look at the invariants takes no longer


@dataclass(frozen=True, slots=True)
class Invariants:
    """When they were last looked at; `hold` is None while that is not known."""

    asked_at: datetime | None
    hold: bool | None


@never_cache
@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """For staff who may see jobs; each list behind a figure asks for its own permission."""
    if not request.user.has_perm("orders.view_job"):
        raise PermissionDenied
    now = timezone.now()
    figures = read_figures(now=now)
    context = {
        **admin.site.each_context(request),
        "title": _("Operations"),
        "at": now,
        "parts": [(part, _name(part), _state(part), _way_on(part)) for part in read_health().parts],
        "jobs": _with_open_lists(request, _job_rows(figures)),
        "outbox": _with_open_lists(request, _outbox_rows(figures)),
        "sales": _with_open_lists(request, _sale_rows(figures)),
        "moves": figures.moves,
        "within_5_s": figures.moves.within[5],
        "within_10_s": figures.moves.within[10],
        "mean_seconds": figures.moves.seconds / figures.moves.hand_offs if figures.moves.hand_offs else None,
        "feed_seq": figures.feed_seq,
        "webhooks": _with_open_lists(request, _webhook_rows(figures)),
        "dead": _dead_entries(),
        "most_shown": MOST_SHOWN,
        "dead_list": list_of(OutboxEntry, state__exact=OutboxEntry.State.DEAD),
        "may_see_outbox": request.user.has_perm("orders.view_outboxentry"),
        "may_retry": request.user.has_perm("orders.change_outboxentry"),
        "failures": _failed_deliveries(),
        "invariants": _read_invariants(figures.pulses.get("invariants"), now=now),
    }
    return render(request, "admin/orders/operations.html", context)


def _with_open_lists(request: HttpRequest, rows: list[Figure]) -> list[Figure]:
    """The rows; those whose list she may not open have no address."""
    closed = tuple(
        list_of(model)
        for model in (Job, Order, OutboxEntry, WebhookEndpoint)
        if not request.user.has_perm(f"orders.view_{model._meta.model_name}")
    )
    return [replace(row, address="") if row.address.startswith(closed) else row for row in rows]


def _job_rows(figures: Figures) -> list[Figure]:
    real = {"sandbox__isnull": True, **NOT_MADE_ANEW}
    rows = [
        Figure(
            name=str(Job.State(state).label),
            value=str(figures.jobs[state].jobs),
            address=list_of(Job, state__exact=state, **real),
            hint=_("Decide: make them again, or cancel them.") if state == Job.State.FAILED else "",
            is_alarm=state == Job.State.FAILED and figures.jobs[state].jobs > 0,
        )
        for state in OPEN
    ]
    still_open = {"state__in": ",".join(OPEN), **real}
    held = list_of(Job, on_hold__exact=1, **still_open)
    late = list_of(Job, promised_on__lt=timezone.localdate(figures.at).isoformat(), **still_open)
    return [
        *rows,
        Figure(_("on hold"), str(figures.held), held, _("Each goes on when its last hold is released.")),
        Figure(
            _("late: promised before today"),
            str(figures.late),
            late,
            _("Their shoppers were told; make them first."),
            is_alarm=figures.late > 0,
        ),
        Figure(
            _("time ran out while it was made"),
            str(figures.lapsed),
            list_of(Job, lapsed__exact=1, **still_open),
            _("Ask the maker what became of it: who has what was begun goes on, else it is called off."),
            is_alarm=figures.lapsed > 0,
        ),
    ]


def _outbox_rows(figures: Figures) -> list[Figure]:
    rows = [
        Figure(
            name=str(OutboxEntry.Topic(topic).label),
            value=str(count),
            address=list_of(OutboxEntry, state__exact=OutboxEntry.State.PENDING, topic__exact=topic),
        )
        for topic, count in figures.pending.by_topic.items()
    ]
    return [*rows, _oldest_row(figures), _unsent_row(figures)]


def _unsent_row(figures: Figures) -> Figure:
    return Figure(
        _("not sent to the worker today"),
        str(figures.unsent),
        hint=_("Redis did not take them. The relay has seen to what they were about.")
        if figures.unsent
        else "",
    )


def _oldest_row(figures: Figures) -> Figure:
    """How old the oldest pending entry is; an alarm from the age on at which the outbox is called not well."""
    name, oldest = _("the oldest of them"), figures.pending.oldest_at
    if oldest is None:
        return Figure(name, "-")
    seconds = figures.oldest_pending_seconds
    is_old = seconds > PENDING_LONG.total_seconds()
    return Figure(
        name,
        timesince(oldest, figures.at) if is_old else _("%(seconds)s s") % {"seconds": round(seconds)},
        list_of(OutboxEntry, state__exact=OutboxEntry.State.PENDING),
        _("Its last error says why it is not done.") if is_old else "",
        is_alarm=is_old,
    )


def _sale_rows(figures: Figures) -> list[Figure]:
    since = (figures.at - HOUR).isoformat()
    return [
        Figure(
            _("placed within the last hour"),
            str(figures.placed),
            list_of(Order, placed_at__gt=since, sandbox__isnull=True),
        ),
        Figure(
            _("paid within the last hour"),
            str(figures.paid),
            list_of(Order, paid_at__gt=since, sandbox__isnull=True),
        ),
    ]


def _webhook_rows(figures: Figures) -> list[Figure]:
    return [
        Figure(
            _("failing"),
            str(figures.webhooks_failing),
            list_of(WebhookEndpoint, failing_since__isnull=False, disabled_at__isnull=True),
            _("They are tried again by themselves; the maker's server has to answer."),
            is_alarm=figures.webhooks_failing > 0,
        ),
        Figure(
            _("switched off"),
            str(figures.webhooks_off),
            list_of(WebhookEndpoint, disabled_at__isnull=False),
            _("The maker can read the feed meanwhile and misses nothing."),
        ),
    ]


def _dead_entries() -> list[tuple[OutboxEntry, str]]:
    dead = (
        OutboxEntry.objects.filter(state=OutboxEntry.State.DEAD)
        .select_related("order", "plan__recipe")
        .order_by("-id")
    )
    return [(entry, way_on(entry)) for entry in dead[:MOST_SHOWN]]


def _failed_deliveries() -> list[WebhookDelivery]:
    failed = WebhookDelivery.objects.exclude(status__range=(200, 299), error="")
    return list(failed.select_related("endpoint__client").order_by("-id")[:10])


def _read_invariants(pulse: Pulse | None, *, now: datetime) -> Invariants:
    if pulse is None or pulse.asked_at is None:
        return Invariants(None, None)
    if pulse.seen_at is not None and pulse.seen_at >= pulse.asked_at:
        return Invariants(pulse.asked_at, hold=True)
    return Invariants(pulse.asked_at, hold=None if now - pulse.asked_at < LOOKING else False)


def _name(part: Part) -> str:
    names = {
        "database": _("Database"),
        "broker": _("Redis"),
        "worker": _("Worker"),
        "relay": _("Relay"),
        "outbox": _("Outbox"),
        "dead entries": _("Entries given up"),
    }
    return names[part.name]


def _state(part: Part) -> str:
    if part.status is Status.OK:
        return _("well")
    return _("down") if part.status is Status.DOWN else _("not as it should be")


def _way_on(part: Part) -> str:
    """What to do about a part that is not well."""
    if part.status is Status.OK:
        return ""
    ways = {
        "database": _("Nobody can buy. Start the database, or run the migrations."),
        "broker": _("Start Redis again. Nothing is lost: the relay hands off meanwhile, a little later."),
        "worker": _("Start the worker again. Nothing is lost: the relay does its work meanwhile."),
        "relay": _("Start the relay again: without it nothing is caught up, and leases do not end."),
        "outbox": _(
            "Something has waited for more than a minute: see below what, and why in its last error."
        ),
        "dead entries": _("Look at each below: mend what its error says, then try it again."),
    }
    return ways[part.name]
