"""What happens to a basket's lines. Each change gives the basket a new checkout key: one content is ordered once."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum

from configurator.models import RecipeVersion
from configurator.versions import NotOnSaleError, newest_version
from orders.models import Basket, BasketLine, Order, OrderLine

MOST_LINES = 40
MOST_OF_ONE = 24  # bottles of one mix
KEPT_FOR = timedelta(days=30)


class BasketFullError(Exception):
    """There are MOST_LINES lines in the basket already."""


class TooManyOfOneError(Exception):
    """There are MOST_OF_ONE bottles of just this content in the basket already."""


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
        names = ("size", "unit_price", "label_name", "quantity", "is_gift")
        values = {name: getattr(self, name) for name in names}
        return {"version_id": self.version.pk, "mix": dict(self.mix), **values}


@dataclass(frozen=True, slots=True)
class BasketRow:
    """A line as it was read, with what the same query said beside it.

    `newest_id` is the newest version of its recipe. `has_unpaid`: an order of its basket waits for payment.
    `is_let_go`: an order of just this content came to nothing. Both say the same of all lines of a basket.
    """

    line: BasketLine
    newest_id: int | None
    has_unpaid: bool
    is_let_go: bool


def find_basket(pk: object) -> Basket | None:
    """The basket that a session names, if it is still there."""
    return Basket.objects.filter(pk=pk).first() if isinstance(pk, int) else None


def lines_of(basket: Basket | int | None) -> list[BasketRow]:
    """The lines of a basket (or of that with this key), with versions and recipes but no specs, in one query."""
    return [] if basket is None else [_row(line) for line in _lines(basket)]


def find_line(basket: Basket | int | None, pk: int) -> BasketRow | None:
    """One line of a basket; None for the lines of others."""
    line = None if basket is None else _lines(basket).filter(pk=pk).first()
    return None if line is None else _row(line)


def unpaid_orders(rows: Sequence[BasketRow]) -> list[Order]:
    """The orders that the basket of these lines has waiting; no query where there are none."""
    if not any(row.has_unpaid for row in rows):
        return []
    return list(Order.objects.filter(basket=rows[0].line.basket, state=Order.State.PLACED))


def version_on_sale(row: BasketRow) -> RecipeVersion | None:
    """The newest version of a recipe (None: not on sale any more); no query where it is the line's own."""
    if row.newest_id == row.line.version_id:
        return row.line.version
    try:
        return newest_version(row.line.version.recipe.slug)
    except NotOnSaleError:
        return None


def is_let_go(rows: Sequence[BasketRow]) -> bool:
    """Whether an order of just this content came to nothing, so that the basket needs another key; no query."""
    return any(row.is_let_go for row in rows)


def add_line(basket: Basket | int | None, content: Content, *, now: datetime) -> BasketLine:
    """Into a basket, or a new one if there is none: one more of a line of just this content, else a line at the end.

    A gift, what is saved for later, and what was put in at another price count as other content. Raises BasketFullError
    and TooManyOfOneError.
    """
    with transaction.atomic():
        kept = _lock(basket, now=now)
        others = lines_of(kept)
        kept = kept or Basket.objects.create(created_at=now, touched_at=now)
        same = next((row.line for row in others if _is_same(row.line, content)), None)
        if same is not None:
            if same.quantity + content.quantity > MOST_OF_ONE:
                raise TooManyOfOneError
            same.quantity += content.quantity
            same.version = content.version
            same.save(update_fields=["quantity", "version"])
            return same
        return _append(kept, content, others=len(others))


def put_back(basket: Basket | int | None, content: Content, *, pk: int, now: datetime) -> BasketLine | None:
    """A line that was removed, in its old place; None if it is back already. Raises BasketFullError."""
    with transaction.atomic():
        kept = _lock(basket, now=now) or Basket.objects.create(created_at=now, touched_at=now)
        try:
            with transaction.atomic():
                return _append(kept, content, others=kept.lines.count(), pk=pk)
        except IntegrityError:
            return None


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
    _update(line, now=now, version_id=version.pk, unit_price=unit_price)


def copy_line(line: BasketLine, *, now: datetime) -> BasketLine:
    """The same once more, as a line of its own; raises BasketFullError."""
    with _changing(line.basket, now=now):
        others = BasketLine.objects.filter(basket=line.basket_id).count()
        return _append(line.basket, content_of(line), others=others)


def remove_line(line: BasketLine, *, now: datetime) -> None:
    with _changing(line.basket, now=now):
        BasketLine.objects.filter(pk=line.pk).delete()


def content_of(line: BasketLine | OrderLine) -> Content:
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
    """The mixes of an order in the basket again, or in a new one, to be changed; gives the basket.

    Call it inside a transaction, which takes back what has gone in before one that does not fit. Raises BasketFullError
    and TooManyOfOneError.
    """
    for line in order.lines.select_related("version"):
        basket = add_line(basket, content_of(line), now=now).basket
    return basket


def take_prices(prices: Mapping[int, int]) -> None:
    """Line -> unit price (minor units) that she has paid an order for: the content stays the same, and so its key."""
    for line, price in prices.items():
        BasketLine.objects.filter(pk=line).update(unit_price=price)


def renew_key(basket: Basket) -> None:
    """Another checkout key for the same content, because the order under the old one came to nothing."""
    same = Basket.objects.filter(pk=basket.pk, checkout_key=basket.checkout_key)
    same.update(checkout_key=uuid.uuid4())  # unless another tab was faster: then it is that tab's key
    basket.refresh_from_db(fields=["checkout_key"])


def empty_basket(order: Order, *, now: datetime) -> None:
    """Take out of the basket what has been ordered and paid; what was changed since, or saved for later, stays.

    Call it inside the transaction that makes the order paid.
    """
    if order.basket_id is None:
        return
    lines = BasketLine.objects.filter(basket=order.basket_id, is_saved=False)
    same = Basket.objects.filter(pk=order.basket_id, checkout_key=order.checkout_key)
    if same.update(checkout_key=uuid.uuid4(), touched_at=now):
        lines.delete()
    elif _lock(order.basket_id, now=now):
        bought = [_content(line) for line in order.lines.all()]
        for line in lines:
            if _content(line) in bought:
                bought.remove(_content(line))
                line.delete()


def count_bottles(basket: Basket | int) -> int:
    """How many bottles the header says are in it."""
    lines = BasketLine.objects.filter(basket=basket, is_saved=False)
    return int(lines.aggregate(bottles=Sum("quantity", default=0))["bottles"])


def drop_old_baskets(*, now: datetime) -> int:
    """Forget baskets that nobody has touched for KEPT_FOR; returns how many."""
    _deleted, by_kind = Basket.objects.filter(touched_at__lt=now - KEPT_FOR).delete()
    return by_kind.get("orders.Basket", 0)


def _lines(basket: Basket | int) -> QuerySet[BasketLine]:
    return _all_lines().filter(basket=basket)


@cache  # building this queryset takes longer than running it
def _all_lines() -> QuerySet[BasketLine]:
    """Lines with what `_row` takes from them."""
    unpaid = Order.objects.filter(basket=OuterRef("basket"), state=Order.State.PLACED)
    let_go = Order.objects.filter(checkout_key=OuterRef("basket__checkout_key"), state=Order.State.CANCELLED)
    versions = RecipeVersion.objects.filter(recipe=OuterRef("version__recipe"))
    newest = versions.order_by("-number").values("pk")[:1]
    lines = BasketLine.objects.annotate(
        has_unpaid=Exists(unpaid), is_let_go=Exists(let_go), newest_id=Subquery(newest)
    )
    own = [field.name for field in BasketLine._meta.concrete_fields]
    version = ("recipe", "number", "sha256", "recipe__slug", "recipe__name")
    read = lines.select_related("basket", "version__recipe")
    return read.only(*own, "basket__checkout_key", *(f"version__{name}" for name in version))


def _row(line: Any) -> BasketRow:
    return BasketRow(line, line.newest_id, line.has_unpaid, line.is_let_go)


def _append(basket: Basket, content: Content, *, others: int, pk: int | None = None) -> BasketLine:
    if others >= MOST_LINES:
        raise BasketFullError
    return BasketLine.objects.create(basket=basket, pk=pk, **content.values())


def _is_same(line: BasketLine, content: Content) -> bool:
    if line.is_saved or line.version.recipe_id != content.version.recipe_id:
        return False
    return replace(content_of(line), version=content.version, quantity=content.quantity) == content


def _content(line: BasketLine | OrderLine) -> tuple[Any, ...]:
    return line.version_id, line.mix, line.size, line.label_name, line.quantity, line.unit_price, line.is_gift


def _update(line: BasketLine, *, now: datetime, **values: Any) -> None:
    with _changing(line.basket, now=now):
        BasketLine.objects.filter(pk=line.pk).update(**values)


@contextmanager
def _changing(basket: Basket | int, *, now: datetime) -> Iterator[None]:
    """Change lines under a new checkout key, all or nothing; locks the basket."""
    with transaction.atomic():
        _lock(basket, now=now)
        yield


def _lock(basket: Basket | int | None, *, now: datetime) -> Basket | None:
    """The basket under a new checkout key, locked until the transaction ends; None if there is none (any more)."""
    if basket is None:
        return None
    pk = basket if isinstance(basket, int) else basket.pk
    key = uuid.uuid4()
    if not Basket.objects.filter(pk=pk).update(checkout_key=key, touched_at=now):
        return None
    if isinstance(basket, Basket):
        basket.checkout_key, basket.touched_at = key, now
        return basket
    return Basket(pk=pk, checkout_key=key, touched_at=now)
