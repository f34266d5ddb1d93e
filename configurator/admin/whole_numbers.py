"""A form field for whole numbers that does not read 14.00 as 14: in a price that would be 14 pence."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _


class WholeNumberField(forms.IntegerField):
    """Django's own drops “.00” in silence."""

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str) and ("." in value or "," in value):
            raise ValidationError(_("Write a whole number, without a point or comma: prices are in pence."))
        return super().to_python(value)


WHOLE_NUMBERS: Mapping[type[models.Field[Any, Any]], Mapping[str, Any]] = {
    models.PositiveIntegerField: {"form_class": WholeNumberField}
}
