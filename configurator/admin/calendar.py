"""The calendar of the bench: days with other room than usual, closed days, and what is booked on them."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import BooleanField, QuerySet, Subquery, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from configurator.admin.calendar_forms import BenchDayForm, CloseForm, WhenFilter
from configurator.admin.whole_numbers import WHOLE_NUMBERS
from configurator.closing import BookedDay, BookedMeanwhileError, booked_on, close_days, open_days
from configurator.models import BenchDay, DeliveryTerms
from staff.audit import Kind, record

CHANGELIST = "admin:configurator_benchday_changelist"


def orders_of(day: date) -> str:
    """Where the orders are listed that have bottles booked on a day."""
    return reverse("admin:orders_order_changelist", query={"bookings__day": day.isoformat()})


@admin.register(BenchDay)
class BenchDayAdmin(admin.ModelAdmin[BenchDay]):
    form = BenchDayForm
    formfield_overrides = WHOLE_NUMBERS
    list_display = ["shown_day", "shown_booked", "room", "note"]
    list_filter = [WhenFilter, "is_closed"]
    search_fields = ["note"]
    actions = ["open_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BenchDay]:
        usual = DeliveryTerms.objects.values("daily_capacity")[:1]
        may_open = Value(_may_open_orders(request), output_field=BooleanField())
        return super().get_queryset(request).annotate(usual=Subquery(usual), may_open=may_open)

    def get_fields(self, request: HttpRequest, obj: BenchDay | None = None) -> Any:
        fields = ["day", "is_closed", "capacity", "note"]
        if obj is None:
            return fields
        is_at_stake = obj.booked and not obj.is_closed
        return [*fields, "shown_booked", "although_booked"] if is_at_stake else [*fields, "shown_booked"]

    def get_readonly_fields(self, request: HttpRequest, obj: BenchDay | None = None) -> list[str]:
        return [] if obj is None else ["day", "shown_booked"]

    def has_delete_permission(self, request: HttpRequest, obj: BenchDay | None = None) -> bool:
        return False  # with the row would go what is booked on it

    def save_model(
        self, request: HttpRequest, obj: BenchDay, form: forms.ModelForm[BenchDay], change: Any
    ) -> None:
        """Writes what was edited and nothing else: the day may be booked meanwhile."""
        if change:
            obj.save(update_fields=["is_closed", "capacity", "note"])
        else:
            obj.save()
        if obj.booked and obj.is_closed and "is_closed" in form.changed_data:
            messages.warning(request, _will_be_late(request, (BookedDay(obj.day, obj.booked),)))

    def get_urls(self) -> list[URLPattern]:
        close = path("close/", self.admin_site.admin_view(self.close), name="configurator_benchday_close")
        return [close, *super().get_urls()]

    def close(self, request: HttpRequest) -> HttpResponse:
        """Close a stretch of days; if bottles are booked on them, it says how many first and asks once more."""
        if not (self.has_add_permission(request) and self.has_change_permission(request)):
            raise PermissionDenied
        form = CloseForm(request.POST or None)
        booked: tuple[BookedDay, ...] = ()
        if form.is_valid():
            days = form.days()
            booked = booked_on(days)
            if _seen(booked) == request.POST.get("seen", _seen(())):
                try:
                    count = close_days(days, note=form.cleaned_data["note"], agreed=booked)
                except BookedMeanwhileError:
                    booked = booked_on(days)
                else:
                    _note(
                        request,
                        days if count else [],
                        _("Closed. %(note)s") % {"note": form.cleaned_data["note"]},
                    )
                    _tell_of_closing(request, count, booked)
                    return redirect(CHANGELIST)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Close days"),
            "opts": self.opts,
            "form": form,
            "booked": [(each, orders_of(each.day)) for each in booked],
            "may_open_orders": _may_open_orders(request),
            "bottles": sum(each.bottles for each in booked),
            "seen": _seen(booked),
        }
        return render(
            request, "admin/configurator/benchday/close.html", context, status=409 if booked else 200
        )

    @admin.action(description=gettext_lazy("Open closed days again"), permissions=["change"])
    def open_again(self, request: HttpRequest, chosen: QuerySet[BenchDay]) -> None:
        days = list(chosen.filter(is_closed=True).order_by("day").values_list("day", flat=True))
        count = open_days(days)
        _note(request, days, _("Open again."))
        said = ngettext("%(count)s day is open again.", "%(count)s days are open again.", count)
        messages.info(request, said % {"count": count})

    @admin.display(description=gettext_lazy("day"), ordering="day")
    def shown_day(self, day: BenchDay) -> str:
        return date_format(day.day, "D j M Y")

    @admin.display(description=gettext_lazy("booked"), ordering="booked")
    def shown_booked(self, day: BenchDay) -> str:
        if not day.booked:
            return "0"
        said = ngettext("%(count)s bottle", "%(count)s bottles", day.booked) % {"count": day.booked}
        if not day.may_open:  # type: ignore[attr-defined]  # annotated
            return said
        return format_html('<a href="{}">{}</a>', orders_of(day.day), said)

    @admin.display(description=gettext_lazy("room left"))
    def room(self, day: BenchDay) -> str:
        usual = day.usual if day.capacity is None else day.capacity  # type: ignore[attr-defined]  # annotated
        if day.is_closed:
            return _("closed")
        if usual is None:
            return _("no limit")
        return _("%(left)s of %(room)s") % {"left": max(usual - day.booked, 0), "room": usual}


def _note(request: HttpRequest, days: Sequence[date], note: str) -> None:
    """One entry of the audit for a deed, of however many days; none where it found no day to do it to."""
    if days:
        who, text = request.user.get_username(), [day.isoformat() for day in days]
        note = f"{note.strip()} {', '.join(text)}"
        record(Kind.CHANGED, who=who, about=f"{text[0]} to {text[-1]}", note=note, request=request)


def _seen(booked: tuple[BookedDay, ...]) -> str:
    """What a page has shown to be booked, so that a click agrees to that and to nothing else."""
    return json.dumps([[each.day.isoformat(), each.bottles] for each in booked])


def _tell_of_closing(request: HttpRequest, count: int, booked: tuple[BookedDay, ...]) -> None:
    said = ngettext("%(count)s day is closed now.", "%(count)s days are closed now.", count)
    messages.success(request, said % {"count": count})
    if booked:
        messages.warning(request, _will_be_late(request, booked))


def _may_open_orders(request: HttpRequest) -> bool:
    return request.user.has_perm("orders.view_order")


def _will_be_late(request: HttpRequest, booked: tuple[BookedDay, ...]) -> str:
    """With links to the orders for who may open them, else with the days alone."""
    if _may_open_orders(request):
        links = ((orders_of(each.day), _short(each.day)) for each in booked)
        days = format_html_join(" · ", '<a href="{}">{}</a>', links)
    else:
        days = format_html_join(" · ", "{}", ((_short(each.day),) for each in booked))
    bottles = sum(each.bottles for each in booked)
    said = ngettext(
        "{count} bottle was to be made then. Its order is late now, and its buyer is told: {days}",
        "{count} bottles were to be made then. Their orders are late now, and their buyers are told: {days}",
        bottles,
    )
    return format_html(said, count=bottles, days=days)


def _short(day: date) -> str:
    return date_format(day, "D j M")
