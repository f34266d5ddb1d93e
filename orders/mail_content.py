"""What each mail says, from the same functions as the pages; the words are in `templates/emails`."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from orders.lateness import SLIP_KEY
from orders.models import Job, JobTransition, Order, OutboxEntry
from orders.refunds import refund_state
from orders.tracking import Item, read_tracking

Topic = OutboxEntry.Topic
NAMES: dict[str, str] = {
    Topic.MAIL_CONFIRMED: "confirmed",
    Topic.MAIL_IN_PRODUCTION: "in-production",
    Topic.MAIL_SHIPPED: "shipped",
    Topic.MAIL_LATE: "late",
    Topic.MAIL_CANCELLED: "cancelled",
    Topic.MAIL_CANCEL_REFUSED: "cancel-refused",
}
BLANK_LINES = re.compile(r"\s*\n\s*\n")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail in the language of its order, as plain text and, equally complete, as HTML."""

    subject: str
    text: str
    html: str


def write_mail(entry: OutboxEntry) -> Mail:
    """The mail that an entry asks for, as things are now; raises DoesNotExist for an unknown parcel or slip."""
    with translation.override(entry.order.language):
        return draw_mail(NAMES[entry.topic], {**_about(entry.order), **CONTENTS[entry.topic](entry)})


def draw_mail(name: str, content: dict[str, Any]) -> Mail:
    """The mail of the templates of this name, in the language that is on."""
    content = {**_about_shop(), **content}
    subject = " ".join(render_to_string(f"emails/{name}.subject.txt", content).split())
    text = render_to_string(f"emails/{name}.txt", content)
    html = render_to_string(f"emails/{name}.html", {**content, "subject": subject})
    return Mail(
        subject, BLANK_LINES.sub("\n\n", text.strip()) + "\n", BLANK_LINES.sub("\n", html.strip()) + "\n"
    )


def _about_shop() -> dict[str, Any]:
    return {
        "home": f"{settings.BASE_URL}/",
        "shop_name": settings.SHOP_NAME,
        "shop_town": settings.SHOP_TOWN,
        "shop_email": settings.SHOP_EMAIL,
    }


def _about(order: Order) -> dict[str, Any]:
    return {"order": order, "address": settings.BASE_URL + order.get_absolute_url()}


def _confirmed(entry: OutboxEntry) -> dict[str, Any]:
    return {"items": read_tracking(entry.order).items}


def _in_production(entry: OutboxEntry) -> dict[str, Any]:
    started = JobTransition.objects.filter(job__order=entry.order_id, to_state=Job.State.IN_PRODUCTION)
    return {"items": _items_of(entry.order, set(started.values_list("job__line", flat=True)))}


def _shipped(entry: OutboxEntry) -> dict[str, Any]:
    shipment = entry.order.shipments.get(public_id=entry.key)
    unsent = entry.order.jobs.exclude(state__in=Job.OVER).not_replaced()
    return {
        "shipment": shipment,
        "items": _items_of(entry.order, set(shipment.jobs.values_list("line", flat=True))),
        "more_follows": unsent.exists(),
    }


def _late(entry: OutboxEntry) -> dict[str, Any]:
    slip = entry.order.slips.get(number=int(entry.key.removeprefix(SLIP_KEY)))
    return {"slip": slip, "items": read_tracking(entry.order).items}


def _cancelled(entry: OutboxEntry) -> dict[str, Any]:
    to_give_back, _given = refund_state(entry.order)
    return {"items": read_tracking(entry.order).items, "given_back": to_give_back}


def _cancel_refused(entry: OutboxEntry) -> dict[str, Any]:
    return {"items": read_tracking(entry.order).items}


def _items_of(order: Order, lines: Collection[int]) -> tuple[Item, ...]:
    numbers = order.lines.values_list("pk", flat=True)
    return tuple(item for pk, item in zip(numbers, read_tracking(order).items, strict=True) if pk in lines)


CONTENTS: dict[str, Callable[[OutboxEntry], dict[str, Any]]] = {
    Topic.MAIL_CONFIRMED: _confirmed,
    Topic.MAIL_IN_PRODUCTION: _in_production,
    Topic.MAIL_SHIPPED: _shipped,
    Topic.MAIL_LATE: _late,
    Topic.MAIL_CANCELLED: _cancelled,
    Topic.MAIL_CANCEL_REFUSED: _cancel_refused,
}
