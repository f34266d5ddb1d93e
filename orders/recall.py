"""Recalls: from a component's lot to the jobs it went into and the people who have them, and back."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from itertools import groupby
from operator import attrgetter

from django.utils import timezone

from configurator.exchanging.cells import escape_cell
from orders.models import Job, LotUse, Order

MOST_LOTS = 20


@dataclass(frozen=True, slots=True)
class Recalled:
    """An order with those of its jobs that the lot went into, first made first, each once."""

    order: Order
    jobs: tuple[Job, ...]

    @property
    def pieces(self) -> int:
        return sum(job.line.quantity for job in self.jobs)

    @property
    def is_sent(self) -> bool:
        return any(job.state == Job.State.SHIPPED for job in self.jobs)


def orders_of_lot(component: str, lot: str) -> list[Recalled]:
    """The orders that a lot of a component (its short name) went into, oldest first. One query.

    Lots are compared to the letter; jobs of sandboxes, which make nothing, are left out. A job that was remade counts
    with its own lots, its remake with its own.
    """
    uses = (
        LotUse.objects.filter(component=component, lot=lot, job__sandbox=None)
        .select_related("job__order", "job__line", "job__shipment")
        .order_by("job__order_id", "job_id")
    )
    return [
        Recalled(order, tuple(dict.fromkeys(use.job for use in group)))
        for order, group in groupby(uses, key=attrgetter("job.order"))
    ]


def lots_of_order(order: Order) -> list[LotUse]:
    """Which lots went into an order, job by job, remakes, too. One query."""
    return list(LotUse.objects.filter(job__order=order).select_related("job").order_by("job_id", "id"))


def known_lots(component: str) -> list[str]:
    """The MOST_LOTS lots of a component that were reported last, the newest first. One query."""
    uses = LotUse.objects.filter(component=component, job__sandbox=None).order_by("-id")
    return list(dict.fromkeys(uses.values_list("lot", flat=True)[: MOST_LOTS * 10]))[:MOST_LOTS]


def write_csv(found: Iterable[Recalled]) -> str:
    """One line for each job, with whom to write to. No cell is taken for a formula by a spreadsheet."""
    text = StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(
        ["order", "name", "email", "address", "job", "state", "batch", "pieces", "shipped", "tracking"]
    )
    writer.writerows([escape_cell(cell) for cell in row] for row in _rows(found))
    return text.getvalue()


def _rows(found: Iterable[Recalled]) -> Iterator[tuple[str, ...]]:
    for recalled in found:
        order = recalled.order
        lines = (order.address_line1, order.address_line2, order.postcode, order.town, order.country)
        address = ", ".join(line for line in lines if line)
        for job in recalled.jobs:
            parcel = job.shipment
            sent_on = f"{timezone.localdate(parcel.shipped_at):%Y-%m-%d}" if parcel else ""
            yield (
                *(order.number, order.full_name, order.email, address, str(job.public_id), job.state),
                *(job.batch, str(job.line.quantity), sent_on, parcel.tracking if parcel else ""),
            )
