"""What all four lists share: a row of the file finds its row of the database by its key, is checked, and compared."""

from collections.abc import Callable, Mapping
from functools import cached_property, partial
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import ModelResource

from configurator.exchanging.columns import OneOf
from configurator.exchanging.preview import Change, Line
from configurator.exchanging.writing import Pending, write_rows

Key = tuple[str, ...]


class KnownRows(BaseInstanceLoader):  # type: ignore[misc]  # it has no types
    """All rows there are, read at once; for the real import also held, so that nobody changes them meanwhile."""

    def __init__(self, resource: Any, dataset: Any = None) -> None:
        super().__init__(resource, dataset)
        rows = resource.get_queryset()
        if resource.is_real:
            rows = rows.select_for_update(of=("self",)).order_by("pk")
        self._rows = {resource.key_of(row): row for row in rows}

    def get_instance(self, row: Mapping[str, str]) -> Any:
        return self._rows.get(tuple(row[name] for name in self.resource.key))


class ListResource(ModelResource):  # type: ignore[misc]  # it has no types
    """A list. `key` are the columns that say which row is meant; only columns that a file has are touched.

    `needed` are those that a file must have beside them.
    """

    key: ClassVar[Key]
    needed: ClassVar[Key] = ()

    class Meta:
        clean_model_instances = True
        instance_loader_class = KnownRows
        skip_diff = True  # the library's own compares deep copies, which read every reference anew

    def __init__(
        self, *, numbers: tuple[int, ...] = (), has_decimal_comma: bool = False, is_real: bool = False
    ) -> None:
        super().__init__()
        self.numbers, self.has_decimal_comma, self.is_real = numbers, has_decimal_comma, is_real
        self.pending: list[Pending] = []
        self.more_lines: list[Line] = []  # beyond those that stand for a row of the file
        self._seen: dict[Key, int] = {}
        self._chosen: dict[str, list[Any]] = {}
        self._before: dict[str, str] = {}
        self._after: dict[str, str] = {}

    @classmethod
    def columns(cls) -> list[str]:
        return [field.column_name for field in cls().get_export_fields()]

    def key_of(self, instance: Any) -> Key:
        fields = {field.column_name: field for field in self.get_import_fields()}
        return tuple(fields[name].export(instance) for name in self.key)

    def number_of(self, index: int) -> int:
        """The row of the spreadsheet, from the library's counting from 1."""
        return self.numbers[index - 1]

    def before_import_row(self, row: Mapping[str, str], **kwargs: Any) -> None:
        key = tuple(row[name] for name in self.key)
        number = self.number_of(kwargs["row_number"])
        if self._seen.setdefault(key, number) != number:
            raise ValidationError(
                _("Row %(row)s is about the same. Leave one of them out.") % {"row": self._seen[key]}
            )

    def after_init_instance(self, instance: Any, new: Any, row: Any, **_kwargs: Any) -> None:
        self._chosen = {}
        self._before = {} if new else self._shown(instance, row)

    def import_instance(self, instance: Any, row: Mapping[str, str], **_kwargs: Any) -> None:
        """Set what the file says; what refers to several rows waits until the instance has a key of its own."""
        errors: dict[str, Any] = {}
        for field in self._written(row):
            try:
                value = field.clean(row, has_decimal_comma=self.has_decimal_comma)
            except ValidationError as error:
                errors[field.attribute] = error
            else:
                if field.widget.is_several:
                    self._chosen[field.attribute] = value
                else:
                    setattr(instance, field.attribute, value)
        if errors:
            raise ValidationError(errors)

    def validate_instance(self, instance: Any, import_validation_errors: Any = None, **_kwargs: Any) -> None:
        """What `full_clean` asks, but for queries of which the answer is known: they were most of an import's time.

        Rows that are referred to were just found, and a condition on columns that no file has cannot break here.
        """
        errors = dict(import_validation_errors or {})
        kind, conditions = type(instance), self._conditions
        checks: tuple[Callable[[set[str]], None], ...] = (
            lambda exclude: instance.clean_fields(exclude=exclude | self._found_in(instance)),
            lambda _exclude: instance.clean(),
            lambda exclude: instance.validate_unique(exclude=exclude),
            *(partial(each.validate, kind, instance) for each in conditions),
        )
        for check in checks:
            try:
                check(set(errors))
            except ValidationError as error:
                errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def _found_in(self, instance: Any) -> set[str]:
        references = (field for field in self.get_import_fields() if type(field.widget) is OneOf)
        return {each.attribute for each in references if getattr(instance, f"{each.attribute}_id")}

    @cached_property
    def _conditions(self) -> list[Any]:
        listed = {field.attribute for field in self.get_import_fields() if not field.readonly}
        return [
            each
            for each in self._meta.model._meta.constraints
            if not listed.isdisjoint(getattr(each, "fields", ()) or each.condition.referenced_base_fields)
        ]

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
        if import_validation_errors:
            return False
        self._after = self._shown(instance, row)
        return self._before == self._after

    def save_instance(self, instance: Any, is_create: Any, row: Any, **_kwargs: Any) -> None:
        """Nothing is written before all rows are checked: what there is to write waits for `write`.

        Of a row that is there only what lists are about: what orders reserve meanwhile stays as it is.
        """
        changed = [
            field
            for field in self._written(row)
            if self._before.get(field.column_name, "") != self._after[field.column_name]
        ]
        values = {
            field.attribute: getattr(instance, field.attribute)
            for field in changed
            if not field.widget.is_several
        }
        choices = {
            field.attribute: self._chosen[field.attribute] for field in changed if field.widget.is_several
        }
        self.pending.append(Pending(instance, bool(is_create), values, choices))

    def save_m2m(self, *_args: Any, **_kwargs: Any) -> None:
        """It waits with its row."""

    def write(self) -> None:
        """Write what the rows of the file are about, after all were checked; inside `history.one_change`."""
        write_rows(self._meta.model, self.pending)

    def after_import_row(self, row: Any, row_result: Any, **_kwargs: Any) -> None:
        row_result.diff = [
            Change(name, self._before.get(name, ""), new)
            for name, new in self._after.items()
            if self._before.get(name, "") != new
        ]

    def _shown(self, instance: Any, row: Any) -> dict[str, str]:
        """Cells by column, as they stand in an instance with what was chosen for it."""
        return {
            field.column_name: field.widget.render(self._chosen[field.attribute])
            if field.attribute in self._chosen
            else field.export(instance)
            for field in self._written(row)
        }

    def _written(self, row: Any) -> list[Any]:
        return [
            field for field in self.get_import_fields() if not field.readonly and field.column_name in row
        ]
