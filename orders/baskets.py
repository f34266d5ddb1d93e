"""What happens to a basket's lines. Each change gives the basket a new checkout key: one content is ordered once."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from configurator.models import RecipeVersion
from orders.models import Basket, BasketLine, Order

MOST_LINES = 40
MOST_OF_ONE = 24  # bottles of one mix
KEPT_FOR = timedelta(days=30)


class BasketFullError(Exception):
    """There are MOST_LINES lines in the basket already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a line holds; `unit_price` (minor units) is what she was shown under `version`."""

    version: RecipeVersion
    mix: Mapping[str, str]
    size: str
    unit_price: int
    label_name: str = ""
    quantity: int = 1
    is_gift: bool = False

    def values(self) -> dict[str, Any]:
        """The values of a row."""
        names = ("version", "size", "unit_price", "label_name", "quantity", "is_gift")
        return {"mix": dict(self.mix), **{name: getattr(self, name) for name in names}}


def find_basket(pk: object) -> Basket | None:
    """The basket that a session names, if it is still there."""
    return Basket.objects.filter(pk=pk).first() if isinstance(pk, int) else None


def add_line(basket: Basket | None, content: Content, *, now: datetime) -> BasketLine:
    """A new line at the end, in a new basket if there is none yet; raises BasketFullError."""
    with transaction.atomic():
        if basket is None:
            basket = Basket.objects.create(created_at=now, touched_at=now)
        with _changing(basket, now=now):
            if basket.lines.count() >= MOST_LINES:
                raise BasketFullError
            return BasketLine.objects.create(basket=basket, **content.values())


def change_line(line: BasketLine, content: Content, *, now: datetime) -> None:
    """Other content in the same place; the name, quantity and gift tick are those of `content`."""
    _update(line, now=now, **content.values())


def set_quantity(line: BasketLine, quantity: int, *, now: datetime) -> None:
    """As many bottles as said, from 1 to MOST_OF_ONE."""
    _update(line, now=now, quantity=min(max(quantity, 1), MOST_OF_ONE))


def set_gift(line: BasketLine, *, is_gift: bool, now: datetime) -> None:
    """A gift: nothing is learnt from it."""
    _update(line, now=now, is_gift=is_gift)


def save_for_later(line: BasketLine, *, is_saved: bool, now: datetime) -> None:
    """Out of the order and kept, or back into it."""
    _update(line, now=now, is_saved=is_saved)


def agree(line: BasketLine, *, version: RecipeVersion, unit_price: int, now: datetime) -> None:
    """She takes the line at the price (minor units) of a newer version."""
    _update(line, now=now, version=version, unit_price=unit_price)


def copy_line(line: BasketLine, *, now: datetime) -> BasketLine:
    """The same once more, as a line of its own; raises BasketFullError."""
    return add_line(line.basket, content_of(line), now=now)


def remove_line(line: BasketLine, *, now: datetime) -> None:
    with _changing(line.basket, now=now):
        line.delete()


def content_of(line: BasketLine) -> Content:
    """What a stored line holds."""
    return Content(
        version=line.version,
        mix=line.mix,
        size=line.size,
        unit_price=line.unit_price,
        label_name=line.label_name,
        quantity=line.quantity,
        is_gift=line.is_gift,
    )


def refill(basket: Basket | None, order: Order, *, now: datetime) -> Basket | None:
    """The mixes of an order in the basket again, to be changed; what does not fit in any more is left out."""
    for line in order.lines.select_related("version"):
        content = Content(
            version=line.version,
            mix=line.mix,
            size=line.size,
            unit_price=line.unit_price,
            label_name=line.label_name,
            quantity=line.quantity,
            is_gift=line.is_gift,
        )
        try:
            basket = add_line(basket, content, now=now).basket
        except BasketFullError:
            break
    return basket


def empty_basket(order: Order, *, now: datetime) -> None:
    """Take out of the basket what has been ordered and paid; what was changed since, or saved for later, stays.

    Call it inside the transaction that makes the order paid.
    """
    basket = Basket.objects.filter(checkout_key=order.checkout_key).first()
    if basket is not None:
        with _changing(basket, now=now):
            basket.lines.filter(is_saved=False).delete()


def count_bottles(basket: Basket) -> int:
    """How many bottles the header says are in it."""
    return sum(basket.lines.filter(is_saved=False).values_list("quantity", flat=True))


def drop_old_baskets(*, now: datetime) -> int:
    """Forget baskets that nobody has touched for KEPT_FOR; returns how many."""
    _deleted, by_kind = Basket.objects.filter(touched_at__lt=now - KEPT_FOR).delete()
    return by_kind.get("orders.Basket", 0)


def _update(line: BasketLine, *, now: datetime, **values: Any) -> None:
    with _changing(line.basket, now=now):
        BasketLine.objects.filter(pk=line.pk).update(**values)


@contextmanager
def _changing(basket: Basket, *, now: datetime) -> Iterator[None]:
    """Change lines under a new checkout key, all or nothing; locks the basket."""
    with transaction.atomic():
        key = uuid.uuid4()
        Basket.objects.filter(pk=basket.pk).update(checkout_key=key, touched_at=now)
        yield
    basket.checkout_key, basket.touched_at = key, now
