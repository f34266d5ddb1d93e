"""What the page says right after paying."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import JSONObject

from orders.jobs import jobs_that_count
from orders.models import BasketLine, Job, Order, OutboxEntry, Slip
from orders.story import next_step
from orders.tracking import Item, read_item


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The mail that confirms an order: to whom, as far as a page may show that, and how far it has come."""

    masked: str
    state: str


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """An order with what one query says beside it. `mail` is the state and the error of its confirmation.

    `left` is how many bottles are still in the basket that it came from; `is_late`: she was told that it comes later.
    """

    order: Order
    is_late: bool
    mail: Mapping[str, str] | None
    left: int


@dataclass(frozen=True, slots=True)
class Thanks:
    """What the page shows of a paid order."""

    order: Order
    items: tuple[Item, ...]
    next_step: str
    confirmation: Confirmation | None


def find_order(token: str) -> FoundOrder | None:
    """The order of a token; None if there is none. One query."""
    order: Any = _orders().filter(token=token).first()
    return None if order is None else FoundOrder(order, order.is_late, order.mail, order.left or 0)


def read_thanks(found: FoundOrder) -> Thanks:
    """What was bought with a paid order and what happens next; one query."""
    order = found.order
    all_jobs = list(_jobs().filter(order=order))
    jobs = jobs_that_count(all_jobs)
    lines = {job.line_id: job.line for job in all_jobs}.values()
    return Thanks(
        order=order,
        items=tuple(read_item(line, jobs) for line in sorted(lines, key=lambda line: line.position)),
        next_step=next_step(order, jobs, is_late=found.is_late),
        confirmation=_confirmation(order, found.mail),
    )


def _confirmation(order: Order, mail: Mapping[str, str] | None) -> Confirmation | None:
    """None if nothing was written down to be sent, or there was nothing to send any more."""
    if mail is None or (mail["state"] == OutboxEntry.State.DONE and mail["error"]):
        return None
    name, _at, domain = order.email.rpartition("@")
    return Confirmation(f"{name[:1]}…@{domain}", mail["state"])


@cache  # building this queryset takes longer than running it
def _orders() -> QuerySet[Order]:
    mails = OutboxEntry.objects.filter(order=OuterRef("pk"), topic=OutboxEntry.Topic.MAIL_CONFIRMED, key="")
    lines = BasketLine.objects.filter(basket=OuterRef("basket"), is_saved=False).order_by()
    left = lines.values("basket").annotate(left=Sum("quantity")).values("left")
    return Order.objects.annotate(
        is_late=Exists(Slip.objects.filter(order=OuterRef("pk"))),
        mail=Subquery(mails.values(found=JSONObject(state="state", error="error"))),
        left=Subquery(left),
    )


@cache
def _jobs() -> QuerySet[Job]:
    """With the lines that they make: a paid order has a job for each."""
    line = ("position", "mix", "size", "label_name", "quantity", "unit_price", "version__sha256")
    own = ("order", "line", "remake_of", "state", "on_hold", "batch")
    jobs = Job.objects.select_related("line__version").only(*own, *(f"line__{name}" for name in line))
    return jobs.order_by("id")
