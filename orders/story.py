"""An order's story in words: each line cites one stored event, and the last says what comes next."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from configurator.days import written_day
from orders.models import Job, Order, OrderEvent, Shipment, Slip

S = Job.State
K = OrderEvent.Kind


@dataclass(frozen=True, slots=True)
class Line:
    """What happened, and when."""

    text: str
    at: datetime


def lines_of(
    events: Iterable[OrderEvent], shipments: Iterable[Shipment], slips: Iterable[Slip]
) -> tuple[Line, ...]:
    """What happened to an order beside its stages, in the order of time."""
    told = {f"{slip.number}": slip for slip in slips}
    lines = [Line(_words(event, told), event.at) for event in events]
    for shipment in shipments:
        sent = {"carrier": shipment.carrier, "number": shipment.tracking}
        lines.append(Line(_("With %(carrier)s, number %(number)s.") % sent, shipment.shipped_at))
    return tuple(sorted(lines, key=lambda line: line.at))


def _words(event: OrderEvent, told: Mapping[str, Slip]) -> str:
    """Notes of staff and makers are not for her: of notes only our own amounts and numbers are read."""
    if event.kind == K.LATE and event.note in told:
        slip = told[event.note]
        return _("We told you that it comes later, by %(day)s, because %(reason)s.") % {
            "day": written_day(slip.expected_on),
            "reason": slip.get_reason_display(),
        }
    if event.kind == K.REFUNDED and event.note:
        return _("%(amount)s was given back to you, the way you paid.") % {"amount": event.note}
    return {
        K.ADDRESS_CORRECTED: _("The address was corrected."),
        K.CANCELLED: _("The order was cancelled."),
        K.CANCEL_ASKED: _("You asked us to stop and to cancel it."),
        K.CANCEL_REFUSED: _("It was too late to stop: your order goes on and comes to you."),
        K.REFUNDED: _("What you paid was given back to you, the way you paid."),
        K.LATE: _("We told you that it comes later."),
        K.WAITS: _("You chose to wait."),
    }[K(event.kind)]


def next_step(order: Order, jobs: Sequence[Job], *, is_late: bool) -> str:
    """What happens next to a paid order, by the states of those of its jobs that count; empty if they are cancelled."""
    states = {job.state for job in jobs} - {S.CANCELLED}
    if not states:
        return ""
    if S.FAILED in states:
        return _("Something went wrong while it was made. We look into it and make it again.")
    if any(job.on_hold for job in jobs):
        return _("We look at it once more before it is made.")
    if states == {S.SHIPPED}:
        return _("The carrier brings it, by %(day)s.") % {"day": written_day(order.expected_on)}
    return _before_it_leaves(order, states, is_late=is_late)


def _before_it_leaves(order: Order, states: Set[str], *, is_late: bool) -> str:
    if states <= {S.PRODUCED, S.SHIPPED}:
        return _("It is packed and given to the carrier.")
    if S.IN_PRODUCTION in states:
        return _("It is finished, gets its batch number and is packed.")
    if is_late:
        return _("It is made as soon as the bench gets to it.")
    return _("It is made, planned for %(day)s.") % {"day": written_day(order.made_on)}
