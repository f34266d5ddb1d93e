"""The forms and the filter of the calendar's pages."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from configurator.closing import LONGEST_DAYS, days_between
from configurator.models import BenchDay


class BenchDayForm(forms.ModelForm[BenchDay]):
    """One day. Closing one on which bottles are booked takes a second tick."""

    although_booked = forms.BooleanField(
        label=gettext_lazy("Close it although bottles are booked"),
        help_text=gettext_lazy("Their orders are late at once, and their buyers are told."),
        required=False,
    )

    class Meta:
        model = BenchDay
        fields = ["day", "is_closed", "capacity", "note"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_closing = cleaned.get("is_closed") and "is_closed" in self.changed_data
        if is_closing and self.instance.booked and not cleaned.get("although_booked"):
            said = ngettext(
                "%(count)s bottle is booked on this day. Tick here as well to close it all the same.",
                "%(count)s bottles are booked on this day. Tick here as well to close it all the same.",
                self.instance.booked,
            )
            self.add_error("although_booked", said % {"count": self.instance.booked})
        return cleaned


class CloseForm(forms.Form):
    """From which day to which, and why."""

    first = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=gettext_lazy("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Such as “Christmas”; only staff see it."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first is None or last is None:
            return cleaned
        if last < first:
            self.add_error("last", _("The last day is before the first one."))
        elif first < timezone.localdate():
            self.add_error("first", _("That day is over."))
        elif last - first > timedelta(days=LONGEST_DAYS):
            self.add_error("last", _("That is more than a year. Close it in parts."))
        elif not days_between(first, last):
            self.add_error(
                "last", _("Nothing is made on these days anyway: there is no working day among them.")
            )
        return cleaned

    def days(self) -> list[date]:
        """The working days to be closed, of a form that is valid."""
        return days_between(self.cleaned_data["first"], self.cleaned_data["last"])


class WhenFilter(admin.SimpleListFilter):
    """Days to come, unless past ones are asked for."""

    title = gettext_lazy("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("past", _("Past")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        every, *others = super().choices(changelist)
        yield {**every, "display": _("From today on")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[BenchDay]) -> QuerySet[BenchDay]:
        today = timezone.localdate()
        if self.value() == "past":
            return queryset.filter(day__lt=today)
        return queryset if self.value() == "all" else queryset.filter(day__gte=today)
