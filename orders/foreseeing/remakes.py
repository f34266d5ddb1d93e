"""What making each of some jobs anew would do, and whether there is enough for all of them."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils.translation import gettext as _

from configurator.models import Component
from orders.foreseeing.told import Foreseen, stays, will
from orders.models import Job, Order
from orders.remaking import CAN_BE_REMADE
from orders.stock import amounts_for


def remaking(jobs: Sequence[Job]) -> list[Foreseen]:
    """One answer for each job, given with its order, its line and the line's version; two queries.

    Jobs take their stock in the order in which they are given.
    """
    rows = Job.objects.filter(line__in={job.line_id for job in jobs}).exclude(state=Job.State.CANCELLED)
    last = {job.line_id: job for job in rows.defer("snapshot", "made_of").order_by("id")}
    there = {row.slug: row for row in Component.objects.all()}
    return [_remaking(job, last=last.get(job.line_id), there=there) for job in jobs]


def _remaking(job: Job, *, last: Job | None, there: dict[str, Component]) -> Foreseen:
    """`last` is the job of its line that counts."""
    named = {"number": job.order.number, "state": str(job.get_state_display())}
    if last is not None and last.pk > job.pk:
        named["state"] = str(last.get_state_display())
        return stays(
            _("Order %(number)s: this job is being made anew already, which is now %(state)s.") % named
        )
    if job.state in CAN_BE_REMADE and job.order.state != Order.State.PAID:
        return stays(_("Order %(number)s is cancelled, so nothing is made for it any more.") % named)
    if job.state not in CAN_BE_REMADE:
        says = _(
            "Order %(number)s: the job is %(state)s. Only what failed, is produced or is shipped is made anew;"
            " what is under way goes on."
        )
        return stays(says % named)
    if short := _take(job, there):
        return stays(short_of(job, short))
    if job.state == Job.State.FAILED:
        return will(_("Order %(number)s: the failed job is cancelled, and a new one is made for it.") % named)
    return will(
        _("Order %(number)s: the job stays %(state)s, and a new one is made, free of charge.") % named
    )


def short_of(job: Job, component: str) -> str:
    """That there is not enough of a component to make a job anew, with every way on."""
    said = _(
        "Order %(number)s: there is not enough %(component)s left, so nothing was changed. Put the figure on"
        " the component's page right, let a failed job be made again as it is, or cancel and refund the order."
    )
    return said % {"number": job.order.number, "component": component}


def _take(job: Job, there: dict[str, Component]) -> str:
    """Set aside in these rows, which are not saved, what a job takes; the name of what there is not enough of."""
    amounts = amounts_for([job.line])
    for slug, amount in amounts.items():
        if slug not in there:
            return slug
        row = there[slug]
        freed = amount if job.state == Job.State.FAILED else Decimal(0)
        if row.stock_ml is not None and row.stock_ml < row.reserved_ml + amount - freed:
            return row.name
    if job.state != Job.State.FAILED:  # what a failed one had set aside goes to the one that is made for it
        for slug, amount in amounts.items():
            there[slug].reserved_ml += amount
    return ""
