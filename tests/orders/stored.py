"""What is stored, so that a test of a refusal can say: nothing changed."""

from decimal import Decimal
from typing import Any

from configurator.models import Component
from orders.models import Job, JobTransition, Order, OrderEvent, OrderLine, OutboxEntry, Payment, Shipment

MODELS = (Order, OrderEvent, OrderLine, Payment, Job, JobTransition, OutboxEntry, Shipment)


def stored_rows() -> dict[str, list[Any]]:
    """Every row of a sale, and the stock."""
    rows: dict[str, list[Any]] = {
        model.__name__: list(model._default_manager.order_by("pk").values()) for model in MODELS
    }
    rows["stock"] = list(Component.objects.order_by("slug").values("slug", "stock_ml", "reserved_ml"))
    return rows


def count_rows() -> dict[str, int]:
    """Model -> rows, for those that have any."""
    counts = {model.__name__: model._default_manager.count() for model in MODELS}
    return {name: count for name, count in counts.items() if count}


def reserved() -> dict[str, Decimal]:
    """Component -> millilitres set aside, for those of which any is."""
    return dict(Component.objects.exclude(reserved_ml=0).values_list("slug", "reserved_ml"))
