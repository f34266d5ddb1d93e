"""The form that a list is brought in with: a file, and why."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from configurator.admin.reasons import reason_field
from configurator.exchanging.lists import ListKind
from configurator.exchanging.table import UnreadableFileError, decode
from configurator.history_middleware import REASON


class ImportForm(forms.Form):
    """`text` is what the file says; a form with a `kept` file needs no other one."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
        help_text=_("CSV in UTF-8, with commas, semicolons or tabs; the first row names the columns."),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("This file is empty. Choose another one."),
        },
    )

    def __init__(self, *args: Any, kind: ListKind, kept: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text = kept or ""
        if kept is not None:
            del self.fields["file"]
        self.fields[REASON] = reason_field(required=kind.has_history)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            self.text = decode(file.read())
        except UnreadableFileError as error:
            raise ValidationError(error.says) from error
        return file
