"""Everything that happened to an order, for staff: one moment for each stored row, in the order of time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext as _
from payments import PaymentStatus

from configurator.days import written_day, written_day_and_time
from configurator.money import written
from orders.models import FeedEvent, Hold, Job, JobTransition, Order, OrderEvent, OutboxEntry, Slip

SHOP, SHOPPER, FULFILMENT = "shop", "shopper", "fulfilment"
BESIDE_STEPS = (  # the other kinds of the feed have rows of their own
    FeedEvent.Kind.CANCELLATION_REQUESTED,
    FeedEvent.Kind.CANCELLATION_DECIDED,
    FeedEvent.Kind.LAPSED,
    FeedEvent.Kind.RECLAIMED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What happened, when, and by whom or what; `job` is the one that it happened to, None if it is the order.

    `note` is what was written with it. `is_trouble` is for what somebody has to look at.
    """

    at: datetime
    what: str
    by: str
    note: str = ""
    job: Job | None = None
    is_trouble: bool = False


def read_timeline(order: Order) -> tuple[Moment, ...]:
    """From placing to now, in eleven queries however much happened. What is of one moment stands as it was caused."""
    rows = order.jobs.select_related("line").defer("snapshot", "made_of", "line__mix")
    jobs = {job.pk: job for job in rows.order_by("id")}
    moments = [
        *_of_placing(order),
        *_of_payments(order),
        *_of_events(order),
        *_of_jobs(jobs),
        *_of_holds(jobs),
        *_of_the_feed(order, jobs),
        *_of_parcels(order),
        *_of_outbox(order.outbox_entries.order_by("id")),
        *_of_staff(order, jobs),
    ]
    return tuple(sorted(moments, key=lambda moment: moment.at))


def _of_placing(order: Order) -> Iterator[Moment]:
    yield Moment(
        at=order.placed_at,
        by=SHOPPER,
        what=_("Placed, over %(amount)s; promised for %(day)s.")
        % {"amount": written(order.total), "day": written_day(order.promised_on)},
    )
    if order.cancelled_at and not order.events.filter(kind=OrderEvent.Kind.CANCELLED).exists():
        yield Moment(at=order.cancelled_at, by=SHOP, what=_("Let go: it was not paid in time."))


def _of_payments(order: Order) -> Iterator[Moment]:
    for payment in order.payments.order_by("id"):
        yield Moment(
            at=payment.created,
            by=SHOPPER,
            what=_("Payment %(id)s begun, over %(total)s %(currency)s.")
            % {"id": payment.pk, "total": payment.total, "currency": payment.currency},
            note=_("It stands at: %(status)s.") % {"status": payment.status},
        )
        if payment.status in (PaymentStatus.REJECTED, PaymentStatus.ERROR):
            yield Moment(
                at=payment.modified,
                by="payment",
                what=_("Payment %(id)s failed; nothing was charged.") % {"id": payment.pk},
            )
    if order.paid_at:
        yield Moment(at=order.paid_at, by="payment", what=_("Paid."))


def _of_events(order: Order) -> Iterator[Moment]:
    """With each slip where she was told of it."""
    slips = {f"{slip.number}": slip for slip in order.slips.order_by("number")}
    for event in order.events.order_by("id"):
        slip = slips.pop(event.note, None) if event.kind == OrderEvent.Kind.LATE else None
        if slip is not None:
            yield _slip(slip, by=event.by)
        elif event.kind == OrderEvent.Kind.WAITS:
            waits = _("Chose to wait, after delay %(number)s.") % {"number": event.note}
            yield Moment(at=event.at, by=event.by, what=waits)
        else:
            what = _sentence(event.get_kind_display())
            yield Moment(at=event.at, by=event.by, what=what, note=event.note)
    for slip in slips.values():
        yield _slip(slip, by=SHOP)


def _slip(slip: Slip, *, by: str) -> Moment:
    said = {
        "number": slip.number,
        "before": written_day(slip.told_before),
        "now": written_day(slip.expected_on),
        "reason": slip.get_reason_display(),
    }
    what = _("Delay %(number)s: told for %(before)s, now expected %(now)s, because %(reason)s.") % said
    return Moment(at=slip.at, by=by, what=what)


def _of_jobs(jobs: Mapping[int, Job]) -> Iterator[Moment]:
    names = dict(Job.State.choices)
    for step in JobTransition.objects.filter(job__in=jobs).order_by("id"):
        job = jobs[step.job_id]
        if step.from_state:
            said = {"before": names[step.from_state], "after": names[step.to_state]}
            what = _("%(before)s → %(after)s") % said
        elif job.remake_of_id:
            what = _("Made anew, in place of job %(job)s.") % {"job": job.remake_of_id}
        else:
            what = _sentence(names[step.to_state])
        is_trouble = step.to_state == Job.State.FAILED == job.state
        yield Moment(at=step.at, by=step.by, what=what, note=step.note, job=job, is_trouble=is_trouble)


def _of_holds(jobs: Mapping[int, Job]) -> Iterator[Moment]:
    for hold in Hold.objects.filter(job__in=jobs).order_by("id"):
        said, job = {"reason": hold.get_reason_display()}, jobs[hold.job_id]
        yield Moment(
            at=hold.placed_at,
            by=hold.placed_by,
            what=_("On hold: %(reason)s.") % said,
            note=hold.note,
            job=job,
            is_trouble=hold.released_at is None,
        )
        if hold.released_at:
            what = _("Hold released: %(reason)s.") % said
            yield Moment(at=hold.released_at, by=hold.released_by, what=what, job=job)


def _of_the_feed(order: Order, jobs: Mapping[int, Job]) -> Iterator[Moment]:
    """What the feed alone knows; it forgets what is old. Its events do not say which maker it was."""
    for event in order.feed_events.filter(kind__in=BESIDE_STEPS).order_by("id"):
        job = jobs.get(event.job_id) if event.job_id else None
        what, by, note = _sentence(event.get_kind_display()), SHOP, ""
        decision = str(event.data.get("decision", ""))
        if event.kind == FeedEvent.Kind.RECLAIMED:
            by = FULFILMENT
        elif decision == "withdrawn":
            what = _("The shop does not ask to cancel the job any more.")
        elif decision:
            by, note = FULFILMENT, ", ".join(filter(None, [decision, job.cancellation_note if job else ""]))
        yield Moment(at=event.at, by=by, what=what, note=note, job=job)


def _of_parcels(order: Order) -> Iterator[Moment]:
    for parcel in order.shipments.select_related("client").order_by("id"):
        said = {"carrier": parcel.carrier, "number": parcel.tracking}
        what = _("Sent with %(carrier)s, number %(number)s.") % said
        yield Moment(at=parcel.shipped_at, by=f"{FULFILMENT}: {parcel.client.name}", what=what)


def _of_outbox(entries: Iterable[OutboxEntry]) -> Iterator[Moment]:
    """Mails, hand-offs and refunds: when each was written down to be done, how it stands, and when it was done."""
    for entry in entries:
        name = _sentence(entry.get_topic_display()).removesuffix(".")
        queued = _("%(what)s: to be done.") % {"what": name}
        is_dead = entry.state == OutboxEntry.State.DEAD
        yield Moment(at=entry.created_at, by=SHOP, what=queued, note=_standing(entry), is_trouble=is_dead)
        if entry.done_at:
            done = _("%(what)s: done.") % {"what": name}
            yield Moment(at=entry.done_at, by=SHOP, what=done, note=entry.error)


def _standing(entry: OutboxEntry) -> str:
    failures = {
        "attempts": entry.attempts,
        "error": entry.error,
        "when": written_day_and_time(entry.next_attempt_at),
    }
    if entry.state == OutboxEntry.State.DEAD:
        return _("Given up after %(attempts)s failures: %(error)s") % failures
    if entry.state == OutboxEntry.State.PENDING and entry.attempts:
        return _("Failed %(attempts)s times, is tried again on %(when)s: %(error)s") % failures
    if entry.state == OutboxEntry.State.PENDING:
        return _("It waits.")
    return ""


def _of_staff(order: Order, jobs: Mapping[int, Job]) -> Iterator[Moment]:
    """What the admin wrote down by itself."""
    kinds = ContentType.objects.get_for_models(Order, Job)
    about = Q(content_type=kinds[Order], object_id=str(order.pk)) | Q(
        content_type=kinds[Job], object_id__in=[str(pk) for pk in jobs]
    )
    for entry in LogEntry.objects.filter(about).select_related("user").order_by("id"):
        job = jobs.get(int(entry.object_id or 0)) if entry.content_type_id == kinds[Job].pk else None
        by = f"staff: {entry.user}"
        yield Moment(
            at=entry.action_time,
            by=by,
            what=_("Decided in the admin."),
            note=str(entry.get_change_message()),
            job=job,
        )


def _sentence(words: object) -> str:
    text = str(words)
    return f"{text[:1].upper()}{text[1:]}."
