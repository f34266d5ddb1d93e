"""What the basket shows: each line under the version on sale now, what has changed since, the total, the day."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from configurator.bench import Bench
from configurator.delivery import Promise, promise
from configurator.mixing.spec import Component, Size, Spec
from configurator.models import RecipeVersion
from configurator.versions import mixer_for
from configurator.wording import mix_name
from orders.baskets import BasketRow, version_on_sale
from orders.line_check import Repair, check_line
from orders.models import Basket, BasketLine
from orders.placing import Wish
from orders.stock import amounts_for


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """A line as it would be sold now. `unit_price` in minor units is the one agreed to, `price_now` the present one.

    `problems` say why it cannot be ordered as it is; `address` leads to the mixer, empty when it is sold no longer.
    """

    line: BasketLine
    version: RecipeVersion | None
    recipe: str
    name: str
    parts: tuple[Component, ...]
    size: Size
    price_now: int | None
    problems: tuple[str, ...]
    repairs: tuple[Repair, ...]
    address: str

    @property
    def total(self) -> int:
        return self.line.unit_price * self.line.quantity

    @property
    def total_now(self) -> int:
        """At the present price, which counts where the page itself says that the price has changed."""
        return (self.line.unit_price if self.price_now is None else self.price_now) * self.line.quantity

    @property
    def is_changed(self) -> bool:
        """The price is another than the one she agreed to."""
        return self.price_now is not None and self.price_now != self.line.unit_price

    @property
    def is_settled(self) -> bool:
        return not self.problems and not self.is_changed

    def wish(self) -> Wish:
        """The line as it is ordered."""
        line = self.line
        return Wish(
            recipe=line.version.recipe.slug,
            mix=line.mix,
            size=line.size,
            label_name=line.label_name,
            quantity=line.quantity,
            is_gift=line.is_gift,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketPage:
    """Amounts in minor units. `to_free` is what is missing for free delivery, None unless one bottle would do it.

    `short` names the components that there is not enough of for all lines together.
    """

    basket: Basket | None
    lines: tuple[ShownLine, ...]
    saved: tuple[ShownLine, ...]
    goods_total: int
    delivery_price: int
    promise: Promise
    to_free: int | None
    short: tuple[str, ...]

    @property
    def total(self) -> int:
        return self.goods_total + self.delivery_price

    def line(self, pk: str) -> ShownLine | None:
        """The line with a key that came in an address; None if there is none."""
        return next((each for each in self.lines if str(each.line.pk) == pk), None)

    @property
    def new_prices(self) -> dict[int, int]:
        """Line -> present unit price, for those of another one."""
        return {
            each.line.pk: each.price_now
            for each in self.lines
            if each.price_now is not None and each.is_changed
        }

    @property
    def is_makeable(self) -> bool:
        """All of it can be made, whether or not she has seen each price."""
        return bool(self.lines) and not self.short and not any(line.problems for line in self.lines)

    @property
    def is_orderable(self) -> bool:
        return self.is_makeable and all(line.is_settled for line in self.lines)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that has changed since a page was shown: `what` is content, let-go, price or day."""

    what: str
    before: int | date | None = None
    now: int | date | None = None


def read_basket(
    rows: Sequence[BasketRow],
    *,
    bench: Bench,
    today: date,
    avoid: Sequence[str] = (),
    at_present_prices: bool = False,
) -> BasketPage:
    """Answer for the lines of a basket; one query per recipe with a newer version (and one when a process meets one).

    Totals are at the prices agreed to, or at those of today.
    """
    versions: dict[int, RecipeVersion | None] = {}
    for row in rows:
        if row.line.version.recipe_id not in versions:
            versions[row.line.version.recipe_id] = version_on_sale(row)
    shown = [_show(row.line, versions[row.line.version.recipe_id], bench=bench, avoid=avoid) for row in rows]
    lines = tuple(each for each in shown if not each.line.is_saved)
    goods = sum(each.total_now if at_present_prices else each.total for each in lines)
    bottles = sum(each.line.quantity for each in lines)
    return BasketPage(
        basket=rows[0].line.basket if rows else None,
        lines=lines,
        saved=tuple(each for each in shown if each.line.is_saved),
        goods_total=goods,
        delivery_price=bench.delivery.of(goods) if lines else 0,
        promise=promise(bench, today=today, bottles=max(bottles, 1)),
        to_free=_to_free(lines, goods, bench),
        short=_short(lines, bench),
    )


def changes_since(
    page: BasketPage, *, key: uuid.UUID | None, total: int | None, day: date | None
) -> tuple[Change, ...]:
    """What is not as another page said it: the content under `key`, the total in minor units, the day of arrival.

    None is what that page did not say. An earlier day is no change worth a word.
    """
    changes = []
    if key is not None and (page.basket is None or page.basket.checkout_key != key):
        changes.append(Change("content"))
    if total is not None and total != page.total:
        changes.append(Change("price", total, page.total))
    if day is not None and day < page.promise.arrives_on:
        changes.append(Change("day", day, page.promise.arrives_on))
    return tuple(changes)


def _show(row: BasketLine, version: RecipeVersion | None, *, bench: Bench, avoid: Sequence[str]) -> ShownLine:
    sold = mixer_for(row.version).spec
    standing = check_line(row, version, bench=bench, avoid=avoid)
    return ShownLine(
        line=row,
        version=version,
        recipe=sold.name,
        name=mix_name(sold, row.mix),
        parts=_parts(sold, row),
        size=sold.size(row.size),
        price_now=standing.price,
        problems=standing.problems,
        repairs=standing.repairs,
        address=standing.address,
    )


def _parts(spec: Spec, row: BasketLine) -> tuple[Component, ...]:
    return tuple(
        part
        for slot in spec.slots
        for part in spec.components_of(slot)
        if part.slug == row.mix.get(slot.slug)
    )


def _short(lines: Sequence[ShownLine], bench: Bench) -> tuple[str, ...]:
    """Names of what there is enough of for each line, but not for all together."""
    makeable = [each for each in lines if not each.problems]
    names = {part.slug: part.name for each in makeable for part in each.parts}
    wanted = amounts_for(each.line for each in makeable)
    stock = bench.stock
    return tuple(
        names[slug]
        for slug, amount in wanted.items()
        if slug in stock and stock[slug].microlitres < amount * 1000
    )


def _to_free(lines: Sequence[ShownLine], goods: int, bench: Bench) -> int | None:
    """What is missing for free delivery, if one more of her dearest bottle would do."""
    free_from = bench.delivery.free_from
    if free_from is None or not lines or goods >= free_from:
        return None
    left = free_from - goods
    return left if left <= max(line.line.unit_price for line in lines) else None
