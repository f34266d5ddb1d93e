"""An SQL expression that gives each row of an UPDATE a value of its own."""

from collections.abc import Mapping
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field
from django.db.models.sql.compiler import SQLCompiler


class ByRow(Expression):
    """`CASE id WHEN 1 THEN ... END`: what `Case` and `When` say, without building a filter for each row.

    `values` gives the value of each row by its primary key; rows that are not in it would become NULL.
    """

    def __init__(self, values: Mapping[int, Any], *, output_field: "Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.values = values

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        field = self.output_field
        parameters: list[Any] = []
        for pk, value in self.values.items():
            parameters += [pk, field.get_db_prep_value(value, connection)]
        whens = " ".join(["WHEN %s THEN %s"] * len(self.values))
        kind = field.db_type(connection)
        return f"CAST(CASE id {whens} END AS {kind})", tuple(parameters)
