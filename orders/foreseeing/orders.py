"""What a decision would do to each of some orders: cancelled, asked to be stopped, refunded, held, released.

Each function takes orders whose `jobs`, `payments` and `outbox_entries` may have been read with them, and gives one
answer for each, in their order. By the time of the click it may be otherwise: the decision itself looks again under
its locks.
"""

from collections.abc import Sequence
from itertools import islice

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from payments import PaymentStatus

from configurator.days import written_day_and_time
from configurator.money import written
from orders.cancelling import MADE, Outlook, make_outlook
from orders.foreseeing.jobs import releasing as releasing_jobs
from orders.foreseeing.told import Foreseen, stays, will
from orders.models import Job, Order, OutboxEntry

PLACED, CANCELLED = Order.State.PLACED, Order.State.CANCELLED


def outlook_of(order: Order) -> Outlook:
    """What `cancelling.read_outlook` says, from what was read with the order."""
    confirmed = sum(payment.status == PaymentStatus.CONFIRMED for payment in order.payments.all())
    return make_outlook(order, jobs=jobs_of(order), confirmed=confirmed)


def jobs_of(order: Order) -> list[Job]:
    return sorted(order.jobs.all(), key=lambda job: job.pk)


def cancelling(orders: Sequence[Order]) -> list[Foreseen]:
    return [_cancelling(order, outlook_of(order)) for order in orders]


def _cancelling(order: Order, outlook: Outlook) -> Foreseen:
    if order.state == CANCELLED:
        return _is_cancelled(order)
    if order.state == PLACED:
        says = _(
            "Order %(number)s is not paid: it is let go, and what was set aside for it is free again. Nothing was"
            " charged."
        )
        return will(says % {"number": order.number})
    if outlook.begun:
        return stays(too_late(order, outlook.begun), instead="ask" if outlook.can_ask else "refund")
    count = sum(job.state in Job.UNMADE for job in jobs_of(order))
    says = ngettext(
        "Order %(number)s is cancelled with its %(count)s job, %(amount)s is given back, and a mail says so.",
        "Order %(number)s is cancelled with its %(count)s jobs, %(amount)s is given back, and a mail says so.",
        count,
    )
    return will(says % {"number": order.number, "count": count, "amount": written(outlook.refund)})


def too_late(order: Order, begun: Sequence[Job]) -> str:
    states = ", ".join(str(job.get_state_display()) for job in begun)
    return _("Order %(number)s stays as it is, for the bench has begun: %(states)s.") % {
        "number": order.number,
        "states": states,
    }


def asking(orders: Sequence[Order]) -> list[Foreseen]:
    """Of asking the bench to stop."""
    return [_asking(order, outlook_of(order)) for order in orders]


def _asking(order: Order, outlook: Outlook) -> Foreseen:
    if order.state == CANCELLED:
        return _is_cancelled(order)
    if order.state == PLACED or not outlook.begun:
        return _cancelling(order, outlook)
    named = {"number": order.number, "amount": written(outlook.refund)}
    if order.cancel_asked_at:
        says = _("Order %(number)s was asked to be cancelled on %(when)s; see below what became of it.")
        return stays(says % {**named, "when": written_day_and_time(order.cancel_asked_at)})
    if not outlook.can_ask:
        says = _("Everything of order %(number)s is sent, so nothing is left to stop. It can be refunded.")
        return stays(says % named, instead="refund")
    if any(job.state in MADE for job in jobs_of(order)):
        says = _(
            "Something of order %(number)s is made already, so the bench is not asked to stop. It is written down that"
            " the order is to be cancelled, and you decide about each of its jobs, and write to her."
        )
        return will(says % named)
    says = _(
        "The makers of order %(number)s are asked to stop. If they can, it is cancelled and %(amount)s is given back;"
        " if it is too late, it goes on. A mail says which."
    )
    return will(says % named)


def refunding(orders: Sequence[Order]) -> list[Foreseen]:
    """Of giving the money back for an order that stays what it is."""
    return [_refunding(order) for order in orders]


def _refunding(order: Order) -> Foreseen:
    named = {"number": order.number}
    if order.state == CANCELLED:
        return stays(_("Order %(number)s is cancelled; what was paid was given back with that.") % named)
    if order.state == PLACED:
        return stays(
            _("Order %(number)s is not paid: there is nothing to give back.") % named, instead="cancel"
        )
    is_open = [job for job in jobs_of(order) if job.state not in Job.OVER]
    if is_open:
        says = _(
            "Something of order %(number)s is still to be made or sent. Cancel it: that stops the bench and gives the"
            " money back."
        )
        return stays(says % named, instead="ask" if outlook_of(order).begun else "cancel")
    confirmed = [each for each in order.payments.all() if each.status == PaymentStatus.CONFIRMED]
    if not confirmed:
        return stays(_("What was paid for order %(number)s was given back before.") % named)
    asked = {e.key for e in order.outbox_entries.all() if e.topic == OutboxEntry.Topic.REFUND}
    fresh = [payment for payment in confirmed if str(payment.pk) not in asked]
    if not fresh:
        return stays(_("The refund of order %(number)s is written down already and on its way.") % named)
    says = _(
        "%(amount)s is given back for order %(number)s, the way it was paid. The order stays as it is. No mail says so:"
        " write to her yourself."
    )
    return will(says % {**named, "amount": written(len(fresh) * order.total)})


def holding(orders: Sequence[Order]) -> list[Foreseen]:
    return [_holding(order) for order in orders]


def _holding(order: Order) -> Foreseen:
    if order.state == PLACED:
        return stays(
            _("Order %(number)s is not paid, so nothing of it is made yet.") % {"number": order.number}
        )
    count = sum(job.state not in Job.OVER for job in jobs_of(order))
    if not count:
        says = _("Everything of order %(number)s is shipped or cancelled, so there is nothing to hold.")
        return stays(says % {"number": order.number})
    says = ngettext(
        "Order %(number)s: its %(count)s open job is not claimed, begun or shipped until the hold is released.",
        "Order %(number)s: its %(count)s open jobs are not claimed, begun or shipped until the holds are released.",
        count,
    )
    return will(says % {"number": order.number, "count": count})


def releasing(orders: Sequence[Order]) -> list[Foreseen]:
    jobs = [jobs_of(order) for order in orders]
    told = iter(releasing_jobs([job for each in jobs for job in each]))
    return [_releasing(order, list(islice(told, len(own)))) for order, own in zip(orders, jobs, strict=True)]


def _releasing(order: Order, told: Sequence[Foreseen]) -> Foreseen:
    released = [each for each in told if each.happens]
    if not released:
        return stays(_("No job of order %(number)s is on hold.") % {"number": order.number})
    holds = tuple(hold for each in released for hold in each.holds)
    return will(" ".join(each.says for each in released), holds=holds)


def renewing(orders: Sequence[Order]) -> list[Foreseen]:
    """Of giving an order's pages a new address."""
    mailed = _(
        "The page of order %(number)s gets a new address, and the old one leads nowhere from then on. The confirmation"
        " is mailed anew with it."
    )
    silent = _(
        "The page of order %(number)s gets a new address, and the old one leads nowhere from then on. No mail goes out,"
        " for it is not paid or is cancelled."
    )
    return [
        will(
            (mailed if order.state == Order.State.PAID else silent) % {"number": order.number},
            mark=order.token,
        )
        for order in orders
    ]


def _is_cancelled(order: Order) -> Foreseen:
    return stays(_("Order %(number)s is cancelled already.") % {"number": order.number})
