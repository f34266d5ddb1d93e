"""Finding orders and jobs by what staff have at hand: a number, a name, an e-mail, what is in the bottle.

What names one order or job (its number, a whole e-mail, an id, a batch) is looked up by an index, and if it is there,
nothing else is looked for. All else is looked for anywhere in the texts, each word by itself, and goes through rows.
"""

import json
import uuid

from django.db.models import Q, QuerySet

from configurator.models import Component
from orders.models import Job, Order, OrderLine

MOST_WORDS = 6
MOST_COMPONENTS = 50  # that a word may name


def find_orders(orders: QuerySet[Order], text: str) -> QuerySet[Order]:
    """Those of the orders that have all words of `text` in number, e-mail, name, postcode, mix or label name."""
    text = text.strip()
    if not text:
        return orders
    if "@" in text and " " not in text:
        exact = orders.filter(email__iexact=text)
    else:
        exact = orders.filter(number=text.upper().lstrip("#"))
    if exact.exists():
        return exact
    parts = _read_names()
    for word in text.split()[:MOST_WORDS]:
        is_in_text = (
            Q(number__startswith=word.upper())
            | Q(email__icontains=word)
            | Q(full_name__icontains=word)
            | Q(postcode__icontains=word)
        )
        orders = orders.filter(is_in_text | Q(pk__in=_lines_with(word, parts).values("order")))
    return orders


def find_jobs(jobs: QuerySet[Job], text: str) -> QuerySet[Job]:
    """Those of the jobs that have all words of `text` in order number, batch, mix or label name, or the id.

    Never by who ordered: whoever may see jobs need not know it.
    """
    text = text.strip()
    if not text:
        return jobs
    if public_id := _as_uuid(text):
        return jobs.filter(public_id=public_id)
    exact = jobs.filter(Q(order__in=Order.objects.filter(number=text.upper().lstrip("#")).values("pk")))
    if exact.exists():
        return exact
    if (batch := jobs.filter(batch=text).exclude(batch="")).exists():
        return batch
    parts = _read_names()
    for word in text.split()[:MOST_WORDS]:
        numbered = Order.objects.filter(number__startswith=word.upper()).values("pk")
        is_numbered = Q(order__in=numbered) | Q(batch__startswith=word)
        jobs = jobs.filter(is_numbered | Q(line__in=_lines_with(word, parts).values("pk")))
    return jobs


def _read_names() -> dict[str, str]:
    """Component slug -> what a word is looked for in."""
    rows = Component.objects.values_list("slug", "name")
    return {slug: f"{name} {slug}".casefold() for slug, name in rows}


def _lines_with(word: str, parts: dict[str, str]) -> QuerySet[OrderLine]:
    """Lines with this in the name on the label, or with a component of which it is in the name."""
    named = [slug for slug, names in parts.items() if word.casefold() in names]
    wanted = Q(label_name__icontains=word)
    for slug in named[:MOST_COMPONENTS]:
        wanted |= Q(mix__icontains=f": {json.dumps(slug)}")  # as a value, not as the name of a slot
    return OrderLine.objects.filter(wanted).order_by()


def _as_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
