"""Stock of components: reserved when an order is placed, used up when it is made, freed when it is cancelled."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Round

from configurator.mixing.label import doses
from configurator.models import Component
from configurator.versions import mixer_for
from orders.by_row import ByRow
from orders.models import BasketLine, Hold, Job, OrderLine

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


def reserve_stock(lines: Iterable[OrderLine], *, even_if_short: bool = False) -> None:
    """Set aside what the lines take; components are locked in one order, so that no two orders deadlock.

    Components whose stock is not counted (no figure in the admin) are never short. Raises OutOfStockError, but not
    with `even_if_short`: for what has to be made whatever there is, and waits until there is enough (`find_short`).
    Call it inside a transaction, which takes back what was set aside before.
    """
    amounts = amounts_for(_of_the_shop(lines))
    if not amounts:
        return
    components = Component.objects.filter(slug__in=amounts).only("slug", "name", "stock_ml", "reserved_ml")
    rows = {row.slug: row for row in components.select_for_update().order_by("slug")}
    for slug, amount in amounts.items():
        if slug in rows:
            rows[slug].reserved_ml += amount
        if not even_if_short and (short := _name_if_short(slug, rows.get(slug))):
            raise OutOfStockError(short)
    if reserved := {row.pk: row.reserved_ml for row in rows.values()}:
        Component.objects.filter(pk__in=reserved).update(reserved_ml=ByRow(reserved, output_field=RESERVED))


def find_short(lines: Iterable[OrderLine]) -> str:
    """The name of what there is not enough of for lines whose stock is set aside; empty if nothing is short.

    What is set aside for jobs that failed or wait for stock themselves is not in their way. Two queries.
    """
    amounts = amounts_for(_of_the_shop(lines))
    if not amounts:
        return ""
    rows = {row.slug: row for row in Component.objects.filter(slug__in=amounts)}
    for slug, amount in amounts_of_waiting().items():
        if slug in rows:
            rows[slug].reserved_ml -= amount
    return next(filter(None, (_name_if_short(slug, rows.get(slug)) for slug in amounts)), "")


def amounts_of_waiting() -> dict[str, Decimal]:
    """As `amounts_for`, for jobs that nobody makes until staff decide: failed ones, and those that wait for stock."""
    is_missing = Hold.objects.filter(job=OuterRef("pk"), reason=Hold.Reason.STOCK, released_at=None)
    waiting = Job.objects.filter(
        Q(state=Job.State.FAILED) | Q(Exists(is_missing), on_hold=True),
        state__in=Job.HOLDS_STOCK,
        sandbox=None,
    )
    jobs = waiting.select_related("line__version").defer("line__version__spec", "line__version__space")
    return amounts_for(job.line for job in jobs)


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


def spoil_stock(lines: Iterable[OrderLine]) -> None:
    """Take what went into lines that failed in production. What is set aside for them stays: they are made again, or it
    is freed when they are given up.
    """
    for slug, amount in amounts_for(_of_the_shop(lines)).items():
        Component.objects.filter(slug=slug).update(stock_ml=_less("stock_ml", amount))


def _of_the_shop(lines: Iterable[OrderLine]) -> list[OrderLine]:
    """For lines of a sandbox nothing was set aside."""
    return [line for line in lines if not (line.order_id and line.order.sandbox_id)]


def _name_if_short(slug: str, row: Component | None) -> str:
    """What to call a component of which more is set aside than there is, or that is not there at all; else empty."""
    if row is None:
        return slug
    return row.name if row.stock_ml is not None and row.stock_ml < row.reserved_ml else ""


def _less(field: str, amount: Decimal) -> Case:
    """`field` less `amount`, never below zero; a figure not counted stays so."""
    return Case(
        When(**{f"{field}__gte": amount}, then=_exactly(F(field) - amount)),
        When(**{f"{field}__lt": amount}, then=Value(Decimal(0))),
    )


def _exactly(sum_of_amounts: CombinedExpression) -> Round:
    """To the microlitre: SQLite reckons decimals in floats, and a last unit must not be missed by a rounding error."""
    return Round(sum_of_amounts, precision=3)
