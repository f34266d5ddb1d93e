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
    rows = Job.objects.filter(order__in={job.order_id for job in jobs}).exclude(state=Job.State.CANCELLED)
    alive = list(rows.defer("snapshot", "made_of").order_by("id"))
    last = {job.line_id: job for job in alive}
    asked = {job.order_id for job in alive if job.cancellation == Job.Cancellation.REQUESTED}
    there = {row.slug: row for row in Component.objects.all()}
    return [
        _remaking(job, last=last.get(job.line_id), is_asked=job.order_id in asked, there=there)
        for job in jobs
    ]


def _remaking(job: Job, *, last: Job | None, is_asked: bool, there: dict[str, Component]) -> Foreseen:
    if why_not := _why_not(job, last=last, is_asked=is_asked):
        return stays(why_not)
    if short := _take(job, there):
        return stays(short_of(job, short))
    if job.state == Job.State.FAILED:
        return will(
            _("Order %(number)s: the failed job is cancelled, and a new one is made for it.") % _named(job)
        )
    return will(
        _("Order %(number)s: the job stays %(state)s, and a new one is made, free of charge.") % _named(job)
    )


def _why_not(job: Job, *, last: Job | None, is_asked: bool) -> str:
    """`last` is the job of its line that counts; `is_asked`: the bench is asked to cancel its order."""
    if last is not None and last.pk > job.pk:
        says = _("Order %(number)s: this job is being made anew already, which is now %(state)s.")
        return says % {**_named(job), "state": str(last.get_state_display())}
    if job.state in CAN_BE_REMADE and job.order.state != Order.State.PAID:
        return _("Order %(number)s is cancelled, so nothing is made for it any more.") % _named(job)
    if job.state not in CAN_BE_REMADE:
        says = _(
            "Order %(number)s: the job is %(state)s. Only what failed, is produced or is shipped is made anew;"
            " what is under way goes on."
        )
        return says % _named(job)
    if is_asked:
        says = _(
            "Order %(number)s: the makers are asked to cancel it and have not all answered, so nothing of it is made"
            " anew now. If one of them refuses, the order goes on: make it anew then. A job whose maker went silent can"
            " be called off, which counts as an answer."
        )
        return says % _named(job)
    return ""


def _named(job: Job) -> dict[str, str]:
    return {"number": job.order.number, "state": str(job.get_state_display())}


def short_of(job: Job, component: str) -> str:
    """That there is not enough of a component to make a job anew, with every way on."""
    said = _(
        "Order %(number)s: there is not enough %(component)s left, so nothing was changed. Put the figure on"
        " the component's page right, let a failed job be made again as it is, which waits until there is enough, or"
        " cancel and refund the order."
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
