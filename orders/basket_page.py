"""What the basket shows: each line under the version on sale now, what has changed since, the total, the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from configurator.bench import Bench, missing
from configurator.delivery import Promise, promise
from configurator.mixing.mixer import Mixer, UnknownChoiceError, Verdict
from configurator.mixing.spec import Component, Size
from configurator.models import RecipeVersion
from configurator.versions import NotOnSaleError, mixer_for, newest_version
from configurator.wording import broken_texts, mix_name, repair_text
from orders.models import Basket, BasketLine
from orders.placing import Wish


@dataclass(frozen=True, slots=True)
class Repair:
    """A makeable mix near the one of a line, and where it can be looked at."""

    text: str
    mix: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """A line as it would be sold now. `unit_price` in minor units is the one agreed to, `price_now` the present one.

    `problems` say why it cannot be ordered as it is; `mixer`, `size` and `address` are None or empty when its recipe is
    no longer sold.
    """

    line: BasketLine
    version: RecipeVersion | None
    recipe: str
    name: str
    parts: tuple[Component, ...]
    size: Size | None
    price_now: int | None
    problems: tuple[str, ...]
    repairs: tuple[Repair, ...]
    address: str

    @property
    def total(self) -> int:
        return self.line.unit_price * self.line.quantity

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
    """Amounts in minor units. `to_free` is what is missing for free delivery, None unless one bottle would do it."""

    lines: tuple[ShownLine, ...]
    saved: tuple[ShownLine, ...]
    goods_total: int
    delivery_price: int
    promise: Promise
    to_free: int | None

    @property
    def total(self) -> int:
        return self.goods_total + self.delivery_price

    @property
    def is_orderable(self) -> bool:
        return bool(self.lines) and all(line.is_settled for line in self.lines)


def lines_of(basket: Basket | None) -> list[BasketLine]:
    """The lines of a basket with their versions and recipes, in one query."""
    if basket is None:
        return []
    related = basket.lines.select_related("version__recipe", "basket")
    return list(related.defer("version__spec", "version__space"))


def read_basket(
    rows: Sequence[BasketLine], *, bench: Bench, today: date, avoid: Sequence[str] = ()
) -> BasketPage:
    """Answer for the lines of a basket; one query per recipe (and one when a process meets a version)."""
    versions: dict[str, RecipeVersion | None] = {}
    shown = []
    for row in rows:
        slug = row.version.recipe.slug
        if slug not in versions:
            versions[slug] = _newest(slug)
        shown.append(_show(row, versions[slug], bench=bench, avoid=avoid))
    lines = tuple(each for each in shown if not each.line.is_saved)
    goods = sum(each.total for each in lines)
    bottles = sum(each.line.quantity for each in lines)
    return BasketPage(
        lines=lines,
        saved=tuple(each for each in shown if each.line.is_saved),
        goods_total=goods,
        delivery_price=bench.delivery.of(goods) if lines else 0,
        promise=promise(bench, today=today, bottles=max(bottles, 1)),
        to_free=_to_free(lines, goods, bench),
    )


def _newest(slug: str) -> RecipeVersion | None:
    try:
        return newest_version(slug)
    except NotOnSaleError:
        return None


def _show(row: BasketLine, version: RecipeVersion | None, *, bench: Bench, avoid: Sequence[str]) -> ShownLine:
    sold = mixer_for(row.version)
    mixer = mixer_for(version) if version is not None else None
    verdict = _check(row, mixer, bench=bench, avoid=avoid) if mixer is not None else None
    return ShownLine(
        line=row,
        version=version,
        recipe=sold.spec.name,
        name=mix_name(sold.spec, row.mix),
        parts=tuple(
            part
            for slot in sold.spec.slots
            for part in sold.spec.components_of(slot)
            if part.slug == row.mix.get(slot.slug)
        ),
        size=sold.read_size(row.size),
        price_now=verdict.price if verdict is not None else None,
        problems=_problems(mixer, verdict),
        repairs=_repairs(mixer, row, verdict),
        address=_address(mixer, row),
    )


def _check(row: BasketLine, mixer: Mixer, *, bench: Bench, avoid: Sequence[str]) -> Verdict | None:
    """The verdict of today's version; None when a part or the size is no longer offered."""
    try:
        mix, size = mixer.read_mix(row.mix), mixer.read_size(row.size)
    except UnknownChoiceError:
        return None
    if not mixer.is_complete(mix):
        return None
    known = [name for name in avoid if name in mixer.avoidable]
    return mixer.check(mix, size=size, avoid=known, out=missing(bench, mixer.spec, size))


def _problems(mixer: Mixer | None, verdict: Verdict | None) -> tuple[str, ...]:
    if mixer is None:
        return (_("We do not make this any more."),)
    if verdict is None:
        return (_("A part of it, or its size, is not offered any more."),)
    return () if verdict.makeable else tuple(broken_texts(mixer.spec, verdict))


def _repairs(mixer: Mixer | None, row: BasketLine, verdict: Verdict | None) -> tuple[Repair, ...]:
    if mixer is None or verdict is None or verdict.makeable:
        return ()
    return tuple(Repair(repair_text(mixer.spec, row.mix, mix), mix) for mix in verdict.repairs)


def _address(mixer: Mixer | None, row: BasketLine) -> str:
    """Where the line is changed: the mixer with what is still offered of it, knowing which line it is."""
    if mixer is None:
        return ""
    slots = {slot.slug for slot in mixer.spec.slots}
    query = {slot: component for slot, component in row.mix.items() if slot in slots}
    query |= {"size": row.size, "label": row.label_name, "line": str(row.pk)}
    return reverse("configurator:mixer", args=[mixer.spec.slug], query=query)


def _to_free(lines: Sequence[ShownLine], goods: int, bench: Bench) -> int | None:
    """What is missing for free delivery, if one more of her dearest bottle would do."""
    free_from = bench.delivery.free_from
    if free_from is None or not lines or goods >= free_from:
        return None
    left = free_from - goods
    return left if left <= max(line.line.unit_price for line in lines) else None
