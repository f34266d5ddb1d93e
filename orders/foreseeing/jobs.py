"""What a decision would do to each of some jobs: made again, called off, cancelled, held, released.

Each function takes jobs with their order and gives one answer for each, in their order, after a fixed number of
queries. By the time of the click it may be otherwise: the decision itself looks again under its locks.
"""

from collections import defaultdict
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from payments import PaymentStatus

from configurator.money import written
from orders.foreseeing.told import Foreseen, stays, will
from orders.models import Hold, Job, Order, Payment


def making_again(jobs: Sequence[Job]) -> list[Foreseen]:
    says = _("Order %(number)s: the failed job goes back to the makers as it is.")
    return [will(says % _named(job)) if job.state == Job.State.FAILED else stay_as_it_is(job) for job in jobs]


def calling_off(jobs: Sequence[Job]) -> list[Foreseen]:
    says = _("Order %(number)s: the job counts as failed, so that it can be made again or cancelled.")
    return [will(says % _named(job)) if job.lapsed else stay_as_it_is(job) for job in jobs]


def giving_up(jobs: Sequence[Job]) -> list[Foreseen]:
    """With the last job of an order the order goes; what is chosen before counts as gone."""
    orders = {job.order_id for job in jobs}
    left = defaultdict[int, set[int]](set)
    alive = Job.objects.filter(order__in=orders).exclude(state=Job.State.CANCELLED)
    for order, pk in alive.values_list("order_id", "pk"):
        left[order].add(pk)
    refunds = _count_confirmed(orders)
    return [_giving_up(job, left[job.order_id], payments=refunds[job.order_id]) for job in jobs]


def _giving_up(job: Job, left: set[int], *, payments: int) -> Foreseen:
    if job.state not in Job.UNMADE:
        return stay_as_it_is(job)
    left.discard(job.pk)
    if left or job.order.state != Order.State.PAID:
        return will(
            _("Order %(number)s: the job is cancelled and its stock is free again. The order goes on.")
            % _named(job)
        )
    says = _(
        "Order %(number)s: the job is cancelled and its stock is free again. It is the order's last one, so the order"
        " is cancelled with it: %(amount)s is given back, and a mail says so."
    )
    return will(says % {**_named(job), "amount": written(payments * job.order.total)})


def _count_confirmed(orders: set[int]) -> dict[int, int]:
    counts = dict.fromkeys(orders, 0)
    confirmed = Payment.objects.filter(order__in=orders, status=PaymentStatus.CONFIRMED)
    for order in confirmed.values_list("order_id", flat=True):
        counts[order] += 1
    return counts


def holding(jobs: Sequence[Job]) -> list[Foreseen]:
    return [_holding(job) for job in jobs]


def _holding(job: Job) -> Foreseen:
    if job.state in Job.OVER:
        return stays(
            _(
                "Order %(number)s: the job is %(state)s, so there is nothing to hold; a shipped one can be made anew."
            )
            % _named(job),
            instead="remake" if job.state == Job.State.SHIPPED else "",
        )
    if job.on_hold:
        return will(
            _("Order %(number)s: the job, %(state)s, is on hold already and waits for this hold, too.")
            % _named(job)
        )
    return will(_("Order %(number)s: the job, %(state)s, is not claimed, begun or shipped.") % _named(job))


def releasing(jobs: Sequence[Job]) -> list[Foreseen]:
    holds = defaultdict[int, list[Hold]](list)
    for hold in Hold.objects.filter(job__in=jobs, released_at=None).select_related("job").order_by("pk"):
        holds[hold.job_id].append(hold)
    return [_releasing(job, tuple(holds[job.pk])) for job in jobs]


def _releasing(job: Job, holds: tuple[Hold, ...]) -> Foreseen:
    if not holds:
        return stays(_("Order %(number)s: the job, %(state)s, is under no hold.") % _named(job))
    says = ngettext(
        "Order %(number)s: the job goes on. Released is the hold: %(holds)s.",
        "Order %(number)s: the job goes on. Released are the holds: %(holds)s.",
        len(holds),
    )
    return will(says % {**_named(job), "holds": "; ".join(map(written_hold, holds))}, holds=holds)


def written_hold(hold: Hold) -> str:
    """A hold with its reason, its note if it has one, and who placed it."""
    said = ", ".join(filter(None, [hold.get_reason_display(), hold.note]))
    return f"{said} ({hold.placed_by})"


def stay_as_it_is(job: Job) -> Foreseen:
    return stays(
        _("Order %(number)s: the job is %(state)s, so it stays as it is.") % _named(job),
    )


def _named(job: Job) -> dict[str, str]:
    return {"number": job.order.number, "state": str(job.get_state_display())}
