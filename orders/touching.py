"""What of baskets, orders and jobs another version of a recipe would touch, for the page that publishes it."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import ngettext_lazy

from configurator.models import Recipe
from configurator.touched import Holding
from orders.models import BasketLine, Job, Order, OrderLine


def _baskets(recipe: Recipe) -> QuerySet[Any]:
    return BasketLine.objects.filter(version__recipe=recipe)


def _unpaid_orders(recipe: Recipe) -> QuerySet[Any]:
    return OrderLine.objects.filter(
        version__recipe=recipe, order__state=Order.State.PLACED, order__sandbox=None
    )


def _open_jobs(recipe: Recipe) -> QuerySet[Any]:
    return Job.objects.filter(line__version__recipe=recipe, sandbox=None).exclude(state__in=Job.OVER)


HOLDINGS = (
    Holding(
        slug="baskets",
        words=ngettext_lazy("%(count)s basket", "%(count)s baskets", "count"),
        rows=_baskets,
        counted="basket",
    ),
    Holding(
        slug="unpaid-orders",
        words=ngettext_lazy("%(count)s unpaid order", "%(count)s unpaid orders", "count"),
        rows=_unpaid_orders,
        counted="order",
        is_frozen=True,
    ),
    Holding(
        slug="open-jobs",
        words=ngettext_lazy("%(count)s open job", "%(count)s open jobs", "count"),
        rows=_open_jobs,
        mix="line__mix",
        size="line__size",
        is_frozen=True,
    ),
)
