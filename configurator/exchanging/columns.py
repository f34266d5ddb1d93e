"""Columns of lists: how a cell becomes a value, with the checks of the admin's form field, and a value a cell."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from import_export.fields import Field
from import_export.widgets import Widget

YES, NO = ("yes", "true", "1"), ("no", "false", "0")
BETWEEN = re.compile(r"(?<!\|)\|(?!\|)")  # several names in one cell; a bar inside a name is written twice


class Cell(Widget):  # type: ignore[misc]  # it has no types
    """A text or number with the checks that a form has for this field of a model."""

    is_several = False

    def __init__(self, model: type[models.Model], name: str) -> None:
        super().__init__()
        self.model_field: Any = model._meta.get_field(name)

    def clean(self, value: str, *, has_decimal_comma: bool = False, **_kwargs: Any) -> Any:
        field = self.model_field
        if isinstance(field, models.IntegerField) and re.search("[.,]", value):
            raise ValidationError(_("Write a whole number, without a point or comma."))
        if isinstance(field, models.DecimalField) and "," in value:
            if not has_decimal_comma or not re.fullmatch(r"-?[0-9]+,[0-9]+", value):
                raise ValidationError(_("Write the number with one point and no comma, as in 12.5."))
            value = value.replace(",", ".")
        if field.choices and value not in ("", *(choice for choice, _label in field.flatchoices)):
            choices = ", ".join(str(choice) for choice, _label in field.flatchoices)
            raise ValidationError(
                _("“%(value)s” is none of: %(choices)s.") % {"value": value, "choices": choices}
            )
        # Spaces at the ends are gone by now; what stands behind the mark of a cell is meant.
        more = {"strip": False} if isinstance(field, models.CharField) and not field.choices else {}
        return field.formfield(**more).clean(value)

    def render(self, value: Any, *_args: Any, **_kwargs: Any) -> str:
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        return "" if value is None else str(value)


class YesNo(Widget):  # type: ignore[misc]  # it has no types
    is_several = False

    def clean(self, value: str, **_kwargs: Any) -> bool:
        if value.casefold() not in YES + NO:
            raise ValidationError(_("Write yes or no."))
        return value.casefold() in YES

    def render(self, value: Any, *_args: Any, **_kwargs: Any) -> str:
        return YES[0] if value else NO[0]


class OneOf(Widget):  # type: ignore[misc]  # it has no types
    """Another row by its name, which has to be there. All are read at the first cell: files are long, tables short."""

    is_several = False

    def __init__(self, model: type[Any], *, by: str = "slug") -> None:
        super().__init__()
        self.model, self.by = model, by
        self._rows: dict[Any, Any] | None = None

    def clean(self, value: str, **_kwargs: Any) -> Any:
        if not value:
            raise ValidationError(_("This field is required."))
        return self.find(value)

    def find(self, name: str) -> Any:
        if self._rows is None:
            self._rows = {getattr(row, self.by): row for row in self.model.objects.all()}
        if name not in self._rows:
            said = {"name": name, "kind": self.model._meta.verbose_name}
            raise ValidationError(
                _("There is no %(kind)s “%(name)s”. Mend the spelling, or add it in the admin first.") % said
            )
        return self._rows[name]

    def render(self, value: Any, *_args: Any, **_kwargs: Any) -> str:
        return "" if value is None else str(getattr(value, self.by))


class Several(OneOf):
    """Any number of other rows, with bars between their names."""

    is_several = True

    def clean(self, value: str, *, row: Any = None, **_kwargs: Any) -> list[Any]:
        names = [part.strip().replace("||", "|") for part in BETWEEN.split(value)]
        return [self.find_in(name, row) for name in dict.fromkeys(names) if name]

    def find_in(self, name: str, _row: Any) -> Any:
        return self.find(name)

    def render(self, value: Any, *_args: Any, **_kwargs: Any) -> str:
        rows = value if isinstance(value, list) else value.all() if value is not None else []
        return " | ".join(sorted(str(getattr(row, self.by)).replace("|", "||") for row in rows))


class Column(Field):  # type: ignore[misc]  # it has no types
    """One column. What is `readonly` helps the reader of the file; what is written there is passed over."""

    def __init__(self, attribute: str, *, widget: Widget, name: str = "", readonly: bool = False) -> None:
        super().__init__(attribute=attribute, column_name=name or attribute, widget=widget, readonly=readonly)


def cell_of(model: type[models.Model]) -> Callable[..., Column]:
    """Makes plain columns of this model: `cell_of(Rule)("reason")`, or with another name in the file."""
    return lambda attribute, name="": Column(attribute, widget=Cell(model, attribute), name=name)
