"""Finding orders and jobs by what staff have at hand: a number, a name, an e-mail, what is in the bottle.

What names one order or job (its number, a whole e-mail, an id, a batch) is looked up by an index, and if it is there,
nothing else is looked for. All else is looked for anywhere in the texts, each word by itself, among the newest
LOOK_BACK orders and order lines, so that a search takes as long in the tenth year as in the first; EVERYWHERE before
the words looks through all.
"""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from configurator.models import Component
from orders.models import Job, Order, OrderLine

EVERYWHERE = "all:"
LOOK_BACK = 50_000
MOST_FOUND = 1_000  # the newest of what has the words
MOST_WORDS = 6
MOST_COMPONENTS = 50  # that a word may name


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`rows` of what was searched. `is_cut`: there are more; `left_out`: older ones were not looked through."""

    rows: QuerySet[Any]
    is_cut: bool = False
    left_out: bool = False


def find_orders(orders: QuerySet[Order], text: str) -> Found:
    """Those of the orders that have all words of `text` in number, e-mail, name, postcode, mix or label name."""
    words, everywhere = _read_words(text)
    if not words:
        return Found(rows=orders)
    whole = " ".join(words)
    exact = orders.filter(email__iexact=whole) if "@" in whole else orders.filter(number=_number(whole))
    if exact.exists():
        return Found(rows=exact)
    lines, left_out = _newest(OrderLine.objects.order_by(), everywhere=everywhere)
    among, older = _newest(orders, everywhere=everywhere)
    parts = _read_names()
    for word in words:
        is_in_text = (
            Q(number__startswith=word.upper())
            | Q(email__icontains=word)
            | Q(full_name__icontains=word)
            | Q(postcode__icontains=word)
        )
        among = among.filter(is_in_text | Q(pk__in=_with(lines, word, parts).values("order")))
    return _found(orders, among, left_out=left_out or older)


def find_jobs(jobs: QuerySet[Job], text: str) -> Found:
    """Those of the jobs that have all words of `text` in order number, batch, mix or label name, or the id.

    Never by who ordered: whoever may see jobs need not know it.
    """
    words, everywhere = _read_words(text)
    if not words:
        return Found(rows=jobs)
    whole = " ".join(words)
    if public_id := _as_uuid(whole):
        return Found(rows=jobs.filter(public_id=public_id))
    exact = jobs.filter(order__in=Order.objects.filter(number=_number(whole)).values("pk"))
    if exact.exists():
        return Found(rows=exact)
    if (batch := jobs.filter(batch=whole).exclude(batch="")).exists():
        return Found(rows=batch)
    lines, left_out = _newest(OrderLine.objects.order_by(), everywhere=everywhere)
    among, older = _newest(jobs, everywhere=everywhere)
    parts = _read_names()
    for word in words:
        numbered = Order.objects.filter(number__startswith=word.upper()).order_by()
        is_named = Q(order__in=numbered.values("pk")) | Q(batch__startswith=word)
        among = among.filter(is_named | Q(line__in=_with(lines, word, parts).values("pk")))
    return _found(jobs, among, left_out=left_out or older)


def _read_words(text: str) -> tuple[list[str], bool]:
    """(the words, whether they are looked for everywhere)."""
    everywhere = text.strip().startswith(EVERYWHERE)
    return text.strip().removeprefix(EVERYWHERE).split()[:MOST_WORDS], everywhere


def _number(text: str) -> str:
    return text.upper().lstrip("#")


def _newest(rows: QuerySet[Any], *, everywhere: bool) -> tuple[QuerySet[Any], bool]:
    """(the rows that are looked through, whether that leaves any out)."""
    model: type[Model] = rows.model
    newest = model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
    if everywhere or newest <= LOOK_BACK:
        return rows, False
    return rows.filter(pk__gt=newest - LOOK_BACK), True


def _found(rows: QuerySet[Any], among: QuerySet[Any], *, left_out: bool) -> Found:
    """Read once and named by their ids: a list asks for its rows twice, to count them and to show them."""
    pks = list(among.order_by("-pk").values_list("pk", flat=True)[: MOST_FOUND + 1])
    return Found(rows=rows.filter(pk__in=pks[:MOST_FOUND]), is_cut=len(pks) > MOST_FOUND, left_out=left_out)


def _read_names() -> dict[str, str]:
    """Component slug -> what a word is looked for in."""
    rows = Component.objects.values_list("slug", "name")
    return {slug: f"{name} {slug}".casefold() for slug, name in rows}


def _with(lines: QuerySet[OrderLine], word: str, parts: dict[str, str]) -> QuerySet[OrderLine]:
    """Lines with this in the name on the label, or with a component of which it is in the name."""
    named = [slug for slug, names in parts.items() if word.casefold() in names]
    wanted = Q(label_name__icontains=word)
    for slug in named[:MOST_COMPONENTS]:
        wanted |= Q(mix_text__contains=f": {json.dumps(slug)}")  # as a value, not as the name of a slot
    return lines.alias(mix_text=Cast("mix", TextField())).filter(wanted)


def _as_uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
