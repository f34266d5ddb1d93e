"""What staff fill in to publish a recipe, now or later, and to choose two versions to compare."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

NOW, LATER = "now", "later"  # the two buttons


class PublishForm(forms.Form):
    """`sha256` is the draft that the preview was of, `action` the button that was pressed."""

    note = forms.CharField(
        label=gettext_lazy("Why this change?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": gettext_lazy("Say in a few words why, so that others understand it later.")
        },
    )
    confirmed = forms.CharField(
        label=gettext_lazy("Type the name to confirm"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    valid_from = forms.DateTimeField(
        label=gettext_lazy("Only later? On sale from"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": gettext_lazy("Write day and time, such as 2030-01-31 18:00.")},
    )
    sha256 = forms.CharField(widget=forms.HiddenInput)
    action = forms.ChoiceField(choices=[(NOW, NOW), (LATER, LATER)], required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "valid_from" in self.errors:
            return data
        if self.is_for_later and data.get("valid_from") is None:
            self.add_error("valid_from", _("Choose the day and time from which it is on sale."))
        if not self.is_for_later and data.get("valid_from") is not None:
            message = _("You chose a time: press “Plan it” to wait for it, or empty it to publish now.")
            self.add_error("valid_from", ValidationError(message))
        return data

    @property
    def is_for_later(self) -> bool:
        return bool(self.data.get("action") == LATER)
