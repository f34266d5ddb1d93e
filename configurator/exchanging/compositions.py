"""The list of compositions: a component that a file names has the shares that the file says, and no others."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from configurator.composition_sum import sum_problem
from configurator.exchanging.columns import Column, OneOf, cell_of
from configurator.exchanging.preview import Change, Line, Outcome, Problem
from configurator.exchanging.resource import ListResource
from configurator.models import Component, CompositionPart, Substance

cell = cell_of(CompositionPart)


class CompositionList(ListResource):
    key = ("component", "substance")
    needed = ("percent",)

    component = Column("component", widget=OneOf(Component))
    substance = Column("substance", widget=OneOf(Substance, by="name"))
    percent = cell("percent")

    class Meta(ListResource.Meta):
        model = CompositionPart
        fields = ("component", "substance", "percent")
        import_id_fields = ("component", "substance")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._shares: dict[Component, dict[str, Decimal]] = defaultdict(dict)
        self._last_row: dict[Component, int] = {}
        self._left_out: list[CompositionPart] = []
        self._unsure: set[str] = set()  # components of which a row is refused: their sum says nothing

    def get_queryset(self) -> Any:
        rows = CompositionPart.objects.select_related("component", "substance")
        return rows.order_by("component__family", "component__position", "component__name", "-percent")

    def after_import_row(self, row: Mapping[str, str], row_result: Any, **kwargs: Any) -> None:
        super().after_import_row(row, row_result, **kwargs)
        component = self.fields["component"].clean(row)
        self._shares[component][row["substance"]] = self.fields["percent"].clean(
            row, has_decimal_comma=self.has_decimal_comma
        )
        self._last_row[component] = self.number_of(kwargs["row_number"])

    def after_import(self, dataset: Any, result: Any, **_kwargs: Any) -> None:
        """Take out what the file does not name any more, and judge each composition as a whole."""
        for row, row_result in zip(dataset.dict, result.rows, strict=True):
            if row_result.validation_error:
                self._unsure.add(row["component"])
        for component, shares in self._shares.items():
            if component.slug in self._unsure:
                continue
            if problem := sum_problem(shares.values()):
                number = self._last_row[component]
                problems = (Problem("percent", problem),)
                self.more_lines.append(Line(number, component.slug, Outcome.REFUSED, problems=problems))
                continue
            for part in component.composition.select_related("substance").exclude(substance__name__in=shares):
                name, percent = str(part.substance), self.fields["percent"].export(part)
                changes = (Change("percent", percent, ""),)
                self.more_lines.append(
                    Line(None, f"{component.slug} {name}", Outcome.REMOVED, changes=changes)
                )
                self._left_out.append(part)

    def write(self) -> None:
        super().write()
        for part in self._left_out:
            part.delete()
