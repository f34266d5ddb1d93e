"""Inline forms whose fields have names for screen readers."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.forms import BaseInlineFormSet, Field, Form
from django.http import HttpRequest
from django.utils.translation import gettext as _

from configurator.admin.whole_numbers import WHOLE_NUMBERS


class NamedFormSet(BaseInlineFormSet[Any, Any, Any]):
    """Rows whose delete box says so."""

    def add_fields(self, form: Form, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = _("Delete this row")


class NamedTabularInline(admin.TabularInline[Any, Any]):
    """A table of related rows; each input carries its column's name, which Django's own leaves to the eye."""

    extra = 0
    formfield_overrides = WHOLE_NUMBERS
    formset = NamedFormSet

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            # One click less that removes more than the row.
            if isinstance(field.widget, RelatedFieldWidgetWrapper):
                field.widget.can_delete_related = False
            field.widget.attrs["aria-label"] = str(field.label or db_field.verbose_name).capitalize()
        return field
