"""The state of the bench today: delivery terms, special days and what is booked on them, stock that may be short."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import F, Func, JSONField, QuerySet, Subquery
from django.db.models.functions import JSONObject

from configurator.mixing.label import doses
from configurator.mixing.price import DeliveryPrice
from configurator.mixing.spec import NONE, Size, Spec
from configurator.models import BenchDay, Component, DeliveryTerms
from configurator.shared_reading import shared_for_a_moment

AHEAD = timedelta(days=180)  # how far the calendar is read
PLENTY_ML = 100_000  # no product takes more of one component, so more of it cannot be short


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One special day: closed, of another capacity (None: the usual one), or with bottles booked on it."""

    is_closed: bool = False
    capacity: int | None = None
    booked: int = 0


@dataclass(frozen=True, slots=True)
class Stock:
    """What is left of a component, in microlitres, and the day on which more of it is expected, if staff know."""

    microlitres: int
    back_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Prices in minor units, times in working days, `daily_capacity` in bottles (None: no limit).

    `days` holds only days that are special, `stock` only components that are counted and may be short.
    """

    price: int = 0
    free_from: int | None = None
    making_days: int = 2
    carrier_days: int = 2
    daily_capacity: int | None = None
    days: Mapping[date, Day] = field(default_factory=dict)
    stock: Mapping[str, Stock] = field(default_factory=dict)

    @property
    def delivery(self) -> DeliveryPrice:
        return DeliveryPrice(price=self.price, free_from=self.free_from)


class _Rows(Func):
    """All rows of a subquery as one JSON list."""

    output_field = JSONField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSON_GROUP_ARRAY", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, function="JSONB_AGG", **context)


def read_bench(*, today: date) -> Bench:
    """The bench as it is now, in one query; before staff have set any terms: free of charge, two days each."""
    terms = _terms(today).first()
    if terms is None:
        return Bench(days=_read_days(_days(today)[0]["rows"]), stock=_read_stock(_short()[0]["rows"]))
    return Bench(
        price=terms.price,
        free_from=terms.free_from,
        making_days=terms.making_days,
        carrier_days=terms.carrier_days,
        daily_capacity=terms.daily_capacity,
        days=_read_days(terms.days),
        stock=_read_stock(terms.short),
    )


def missing(bench: Bench, spec: Spec, size: Size) -> dict[tuple[str, str], date | None]:
    """(slot, component) -> about when it is back, for what there is not enough of to make one product of `size`."""
    if not bench.stock:
        return {}
    found = {}
    empty = {slot.slug: NONE for slot in spec.slots}  # a dose depends on its slot alone
    for slot, dose in zip(spec.slots, doses(spec, empty, size), strict=True):
        for component in spec.components_of(slot):
            stock = bench.stock.get(component.slug)
            if stock is not None and stock.microlitres < (dose.microlitres or 0):
                found[slot.slug, component.slug] = stock.back_on
    return found


@lru_cache(maxsize=2)  # building this queryset takes longer than running it
def _terms(today: date) -> QuerySet[Any]:
    """The delivery terms, with the rows of days and of components that may be short."""
    return DeliveryTerms.objects.annotate(days=Subquery(_days(today)), short=Subquery(_short()))


def _days(today: date) -> QuerySet[Any, Any]:
    days = BenchDay.objects.filter(day__gte=today, day__lte=today + AHEAD)
    return _rows_of(days, day="day", is_closed="is_closed", capacity="capacity", booked="booked")


def _short() -> QuerySet[Any, Any]:
    short = Component.objects.filter(stock_ml__lt=F("reserved_ml") + PLENTY_ML)
    return _rows_of(short, slug="slug", stock="stock_ml", reserved="reserved_ml", back_on="back_on")


def _rows_of(rows: QuerySet[Any], **names: str) -> QuerySet[Any, Any]:
    """One row with all rows as a JSON list, or null for none."""
    one_row: QuerySet[Any, Any] = rows.order_by().annotate(rows=_Rows(JSONObject(**names))).values("rows")
    return one_row


def _read_days(rows: list[dict[str, Any]] | None) -> dict[date, Day]:
    return {
        date.fromisoformat(row["day"]): Day(
            is_closed=bool(row["is_closed"]), capacity=row["capacity"], booked=row["booked"]
        )
        for row in rows or ()
    }


def _read_stock(rows: list[dict[str, Any]] | None) -> dict[str, Stock]:
    return {
        row["slug"]: Stock(
            _microlitres(row["stock"]) - _microlitres(row["reserved"]),
            date.fromisoformat(row["back_on"]) if row["back_on"] else None,
        )
        for row in rows or ()
    }


def _microlitres(millilitres: float) -> int:
    """JSON has no decimals; a thousandth survives a float by far."""
    return round(millilitres * 1000)


recent_bench = shared_for_a_moment(read_bench)
