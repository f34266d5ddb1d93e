"""Where an order is, from its stored events only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from configurator.mixing.label import label
from configurator.mixing.spec import Size
from configurator.versions import mixer_for
from configurator.wording import mix_name
from orders.address_changes import in_the_way
from orders.cancelling import CancelWish, begun_of, is_only_taken, is_partly_made, wish_of
from orders.jobs import jobs_that_count
from orders.late_choice import is_answered
from orders.models import Job, JobTransition, Order, OrderLine, Shipment, Slip
from orders.refunds import refund_state
from orders.story import Line, lines_of, next_step

S = Job.State
STAGES = (
    ("received", _("Received and paid")),
    ("making", _("Being made")),
    ("made", _("Made")),
    ("shipped", _("Shipped")),
)
REACHED_BY = {S.IN_PRODUCTION: "making", S.PRODUCED: "made", S.SHIPPED: "shipped"}


@dataclass(frozen=True, slots=True)
class Stage:
    """`at` is when the last job of the order came here, None while it has not; `count` is how many have."""

    slug: str
    name: str
    at: datetime | None
    is_current: bool
    count: int
    detail: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking:
    """`slip` is the last one that she was told; `asks` whether she is still to choose what happens about it, `waits`
    whether she has chosen to wait.

    `can_cancel`: she can cancel and change it without asking the bench; `can_correct`: what is still to be sent can go
    elsewhere; `is_only_taken`: makers have it and have begun nothing of it; `is_partly_made`: something of it is made;
    `wish`: how it stands with her wish to cancel it; `is_sent`: everything is with a carrier. `to_give_back` and
    `given_back` are minor units: of a cancelled order, what is owed to her still, and what she has got.
    """

    order: Order
    items: tuple[Item, ...]
    stages: tuple[Stage, ...]
    shipments: tuple[Shipment, ...]
    lines: tuple[Line, ...]
    next_step: str
    slip: Slip | None
    asks: bool
    waits: bool
    can_cancel: bool
    can_correct: bool
    is_only_taken: bool
    is_partly_made: bool
    wish: CancelWish
    is_sent: bool
    jobs: int
    to_give_back: int = 0
    given_back: int = 0


def read_tracking(order: Order) -> Tracking:
    """Items, stages, parcels and what else happened to an order; a fixed number of queries."""
    all_jobs = list(order.jobs.order_by("id"))
    jobs = jobs_that_count(all_jobs)
    begun = begun_of(all_jobs)
    transitions = JobTransition.objects.filter(job__order=order).order_by("job", "version")
    shipments = tuple(order.shipments.order_by("id"))
    events = list(order.events.order_by("id"))
    slips = list(order.slips.order_by("number"))
    slip = slips[-1] if slips else None
    is_sent = bool(jobs) and all(job.state == S.SHIPPED for job in jobs)
    is_paid = order.state == Order.State.PAID
    is_late = is_paid and slip is not None and not is_sent
    waits = slip is not None and is_answered(slip, events)
    asked, done = refund_state(order) if order.state == Order.State.CANCELLED else (0, 0)
    return Tracking(
        order=order,
        items=_items(order, jobs),
        stages=_stages(
            transitions, jobs=jobs, first={job.pk for job in all_jobs if job.remake_of_id is None}
        ),
        shipments=shipments,
        lines=lines_of(events, shipments, slips),
        next_step=next_step(order, jobs, is_late=slip is not None) if is_paid else "",
        slip=slip,
        asks=is_late and not waits,
        waits=is_late and waits,
        can_cancel=not begun,
        can_correct=not in_the_way(all_jobs),
        is_only_taken=is_only_taken(begun),
        is_partly_made=is_partly_made(begun),
        wish=wish_of(order, jobs=all_jobs, events=events),
        is_sent=is_sent,
        jobs=len(jobs),
        to_give_back=asked - done,
        given_back=done,
    )


def _items(order: Order, jobs: Sequence[Job]) -> tuple[Item, ...]:
    lines = order.lines.select_related("version").defer("version__spec", "version__space")
    return tuple(read_item(line, jobs) for line in lines.order_by("position"))


def read_item(line: OrderLine, jobs: Sequence[Job]) -> Item:
    """A line, read with its version, and its batches, as its jobs have them; no query."""
    mixer = mixer_for(line.version)
    return Item(
        name=mix_name(mixer.spec, line.mix),
        recipe=mixer.spec.name,
        size=mixer.read_size(line.size),
        label_name=line.label_name,
        quantity=line.quantity,
        total=line.total,
        ingredients=label(mixer.spec, line.mix).ingredient_text,
        batch=", ".join(job.batch for job in jobs if job.line_id == line.pk and job.batch),
    )


def _stages(
    transitions: Iterable[JobTransition], *, jobs: Sequence[Job], first: Set[int]
) -> tuple[Stage, ...]:
    """A stage is reached when every job that counts has come to it; its time is that of the last one.

    An order was received with its `first` jobs: a remake starts anew behind that.
    """
    counted = {job.pk for job in jobs}
    times: defaultdict[str, dict[int, datetime]] = defaultdict(dict)
    for step in transitions:
        if step.to_state == S.PENDING and step.job_id in first:
            times["received"][step.job_id] = step.at
        elif step.job_id not in counted:
            continue
        elif slug := REACHED_BY.get(S(step.to_state)):
            times[slug][step.job_id] = step.at
        elif step.to_state in (S.FAILED, S.READY):  # what had been made of it is lost
            for lost in ("making", "made"):
                times[lost].pop(step.job_id, None)
    return _in_order(times, jobs)


def _in_order(times: dict[str, dict[int, datetime]], jobs: Sequence[Job]) -> tuple[Stage, ...]:
    first = times["received"].values()
    reached = {"received": max(first)} if first else {}
    for slug in REACHED_BY.values():
        if jobs and len(times[slug]) == len(jobs):
            reached[slug] = max(times[slug].values())
    current = [slug for slug, _name in STAGES if slug in reached][-1:]
    details = {"made": ", ".join(job.batch for job in jobs if job.batch)}
    return tuple(
        Stage(slug, str(name), reached.get(slug), slug in current, len(times[slug]), details.get(slug, ""))
        for slug, name in STAGES
    )
