"""The history of a row in words, with a button that takes a change back."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configurator.admin.reasons import DeletesWithReason, reason_field
from configurator.history import (
    CannotTakeBackError,
    deleted_row,
    reason_by_default,
    take_back,
)
from configurator.history_middleware import REASON
from configurator.past_changes import changes_of


class KeepsHistory(DeletesWithReason):
    """For rows that keep records: a change is only taken with a word of why. What is new needs none."""

    def _asks_why(self, request: HttpRequest, obj: Any) -> bool:
        return obj is not None and self.has_change_permission(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 Django's
        if self._asks_why(request, obj):
            base = kwargs.get("form", self.form)
            reason = reason_field(required=True)
            kwargs["form"] = type(base)(f"Reasoned{base.__name__}", (base,), {REASON: reason})
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets: Any = [(name, {**options}) for name, options in super().get_fieldsets(request, obj)]
        if self._asks_why(request, obj) and REASON not in flatten_fieldsets(fieldsets):
            fieldsets.append((gettext_lazy("Why"), {"fields": [REASON]}))
        return fieldsets

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        with reason_by_default(_("New.")):
            return super().add_view(request, form_url, extra_context)

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_take_back"
        back = path(
            "<path:object_id>/history/take-back/", self.admin_site.admin_view(self.take_back), name=name
        )
        return [back, *super().get_urls()]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        row = self._row(request, object_id)
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("What was changed: %(row)s") % {"row": row},
            "opts": self.opts,
            "row": row,
            "changes": changes_of(row),
            "take_back": reverse(
                f"admin:{self.opts.app_label}_{self.opts.model_name}_take_back", args=[object_id]
            ),
            "may_take_back": self.has_change_permission(request, row),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/configurator/history.html", context)

    def take_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Undo the change of the moment that the button names; shown on GET is only the history."""
        row = self._row(request, object_id)
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        history = redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_history", object_id)
        at = _moment(request.POST.get("at", ""))
        if request.method != "POST" or at is None:
            return history
        if at not in {change.at for change in changes_of(row)}:
            raise Http404
        moment = date_format(timezone.localtime(at), "DATETIME_FORMAT")
        why = _("Taken back: the change of %(at)s") % {"at": moment}
        try:
            take_back(at, by=request.user, why=why, now=timezone.now())  # type: ignore[arg-type]  # signed in
        except CannotTakeBackError as error:
            for said in error.messages:
                messages.warning(request, said)
        else:
            self.log_change(request, row, why)
            messages.success(
                request, _("It is as it was before. Shoppers see it when the recipe is published.")
            )
        return history

    def _row(self, request: HttpRequest, object_id: str) -> Any:
        row = self.get_object(request, unquote(object_id)) or deleted_row(self.model, unquote(object_id))
        if row is None:
            raise Http404
        return row


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None
