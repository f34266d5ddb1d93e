"""Stock of components: reserved when an order is placed, used up when it is made, freed when it is cancelled."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Case, F, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Round

from configurator.mixing.label import doses
from configurator.models import Component
from configurator.versions import mixer_for
from orders.by_row import ByRow
from orders.models import BasketLine, OrderLine

RESERVED = Component._meta.get_field("reserved_ml")


class OutOfStockError(Exception):
    """`component` is the name of what there is not enough of."""

    def __init__(self, component: str) -> None:
        self.component = component
        super().__init__(f"There is not enough {component} left.")


def amounts_for(lines: Iterable[OrderLine | BasketLine]) -> dict[str, Decimal]:
    """Component slug -> millilitres that making these lines takes; goods without doses take none."""
    amounts: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        spec = mixer_for(line.version).spec
        for dose in doses(spec, line.mix, spec.size(line.size)):
            if dose.microlitres:
                amounts[dose.component] += Decimal(dose.microlitres * line.quantity) / 1000
    return dict(sorted(amounts.items()))


def reserve_stock(lines: Iterable[OrderLine]) -> None:
    """Set aside what the lines take; components are locked in one order, so that no two orders deadlock.

    Components whose stock is not counted (no figure in the admin) are never short. Raises OutOfStockError; call it
    inside a transaction, which takes back what was set aside before.
    """
    amounts = amounts_for(lines)
    if not amounts:
        return
    components = Component.objects.filter(slug__in=amounts).only("slug", "name", "stock_ml", "reserved_ml")
    rows = {row.slug: row for row in components.select_for_update().order_by("slug")}
    for slug, amount in amounts.items():
        if slug not in rows:
            raise OutOfStockError(slug)
        row = rows[slug]
        row.reserved_ml += amount
        if row.stock_ml is not None and row.stock_ml < row.reserved_ml:
            raise OutOfStockError(row.name)
    reserved = {row.pk: row.reserved_ml for row in rows.values()}
    Component.objects.filter(pk__in=reserved).update(reserved_ml=ByRow(reserved, output_field=RESERVED))


def free_stock(lines: Iterable[OrderLine]) -> None:
    """Give back what was set aside for lines that will not be made."""
    for slug, amount in amounts_for(_of_the_shop(lines)).items():
        Component.objects.filter(slug=slug).update(reserved_ml=_less("reserved_ml", amount))


def use_stock(lines: Iterable[OrderLine]) -> None:
    """Take what was set aside for lines that have now been made.

    What exists can always be reported: stock that staff have counted lower than that ends at zero.
    """
    for slug, amount in amounts_for(_of_the_shop(lines)).items():
        Component.objects.filter(slug=slug).update(
            reserved_ml=_less("reserved_ml", amount), stock_ml=_less("stock_ml", amount)
        )


def _of_the_shop(lines: Iterable[OrderLine]) -> list[OrderLine]:
    """For lines of a sandbox nothing was set aside."""
    return [line for line in lines if not (line.order_id and line.order.sandbox_id)]


def _less(field: str, amount: Decimal) -> Case:
    """`field` less `amount`, never below zero; a figure not counted stays so."""
    return Case(
        When(**{f"{field}__gte": amount}, then=_exactly(F(field) - amount)),
        When(**{f"{field}__lt": amount}, then=Value(Decimal(0))),
    )


def _exactly(sum_of_amounts: CombinedExpression) -> Round:
    """To the microlitre: SQLite reckons decimals in floats, and a last unit must not be missed by a rounding error."""
    return Round(sum_of_amounts, precision=3)
