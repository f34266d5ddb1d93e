"""Where an order is, from its stored events only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from configurator.mixing.label import label
from configurator.mixing.spec import Size
from configurator.versions import mixer_for
from configurator.wording import mix_name
from orders.models import Job, JobTransition, Order, OrderLine, Shipment

S = Job.State
STAGES = (
    ("received", _("Received and paid")),
    ("making", _("Being made")),
    ("made", _("Made")),
    ("shipped", _("Shipped")),
)
REACHED_BY = {S.PENDING: "received", S.IN_PRODUCTION: "making", S.PRODUCED: "made", S.SHIPPED: "shipped"}


@dataclass(frozen=True, slots=True)
class Stage:
    """`at` is when the last job of the order came here; None while it has not."""

    slug: str
    name: str
    at: datetime | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A line as it was sold; amounts in minor units."""

    name: str
    recipe: str
    size: Size
    label_name: str
    quantity: int
    total: int
    ingredients: str
    batch: str


@dataclass(frozen=True, slots=True)
class Tracking:
    order: Order
    items: tuple[Item, ...]
    stages: tuple[Stage, ...]
    shipments: tuple[Shipment, ...]


def read_tracking(order: Order) -> Tracking:
    """Items, stages and parcels of an order; a fixed number of queries."""
    lines = order.lines.select_related("version").prefetch_related("jobs")
    transitions = JobTransition.objects.filter(job__order=order, job__remake_of=None)
    return Tracking(
        order=order,
        items=tuple(_item(line) for line in lines),
        stages=_stages(transitions, jobs=order.jobs.filter(remake_of=None).count()),
        shipments=tuple(order.shipments.order_by("id")),
    )


def _item(line: OrderLine) -> Item:
    mixer = mixer_for(line.version)
    return Item(
        name=mix_name(mixer.spec, line.mix),
        recipe=mixer.spec.name,
        size=mixer.read_size(line.size),
        label_name=line.label_name,
        quantity=line.quantity,
        total=line.total,
        ingredients=label(mixer.spec, line.mix).ingredient_text,
        batch=", ".join(job.batch for job in line.jobs.all() if job.batch),
    )


def _stages(transitions: Iterable[JobTransition], *, jobs: int) -> tuple[Stage, ...]:
    """A stage is reached when every job of the order has come to it; its time is that of the last one."""
    times: dict[str, dict[int, datetime]] = {slug: {} for slug, _name in STAGES}
    for step in transitions:
        if slug := REACHED_BY.get(S(step.to_state)):
            times[slug][step.job_id] = step.at
    reached = {slug: max(found.values()) for slug, found in times.items() if jobs and len(found) == jobs}
    current = [slug for slug, _name in STAGES if slug in reached][-1:]
    return tuple(Stage(slug, str(name), reached.get(slug), slug in current) for slug, name in STAGES)
