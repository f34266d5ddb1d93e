"""The list of stock: how much there is of each component. It is counted, so it has no history."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from configurator.exchanging.columns import Cell, Column, cell_of
from configurator.exchanging.resource import ListResource
from configurator.models import Component

cell = cell_of(Component)


class StockList(ListResource):
    key = ("component",)
    needed = ("stock ml",)

    slug = cell("slug", "component")
    name = Column("name", widget=Cell(Component, "name"), readonly=True)
    stock_ml = cell("stock_ml", "stock ml")
    reserved_ml = Column(
        "reserved_ml", widget=Cell(Component, "reserved_ml"), name="reserved ml", readonly=True
    )

    class Meta(ListResource.Meta):
        model = Component
        fields = ("slug", "name", "stock_ml", "reserved_ml")
        import_id_fields = ("slug",)

    def get_queryset(self) -> Any:
        return Component.objects.all()

    def after_init_instance(self, instance: Any, new: Any, row: Mapping[str, str], **kwargs: Any) -> None:
        if new:
            raise ValidationError(
                {
                    "slug": _(
                        "There is no component “%(name)s”. Mend the spelling, or add it in the admin first."
                    )
                    % {"name": row["component"]}
                }
            )
        super().after_init_instance(instance, new, row, **kwargs)

    def write(self) -> None:
        """By the row, past the history: counting is no decision that somebody takes back."""
        for pending in self.pending:
            Component.objects.filter(pk=pending.row.pk).update(**pending.values)
