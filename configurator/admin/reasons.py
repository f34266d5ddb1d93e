"""Asking why: on the page of a row that keeps records, and before one or several of them are deleted."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import quote
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from configurator.admin.holders import find_holders
from staff.deleting import PlainlyDeletes

WHY = gettext_lazy("Say in a few words why, so that others understand it later.")


class ReasonField(forms.CharField):
    """Says of a change why; is no change itself."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


def reason_field(*, required: bool) -> forms.CharField:
    """Asks why something is changed."""
    return ReasonField(
        label=gettext_lazy("Why this change?"),
        max_length=100,
        required=required,
        help_text=gettext_lazy("For the history; shoppers do not see it."),
        error_messages={"required": WHY},
    )


class WhyForm(forms.Form):
    """For a form of rows that has no fields of its own."""

    change_reason = reason_field(required=False)


class WhyDeleteForm(forms.Form):
    change_reason = reason_field(required=True)


class DeletesWithReason(PlainlyDeletes):
    """Rows are deleted with a word of why, and one click from there brings them back.

    `way_on`: what to do instead of deleting a row that others hold.
    """

    way_on: ClassVar[Any] = gettext_lazy("Take it out of each of these first; then it can be deleted.")

    actions = ["delete_selected"]
    delete_confirmation_template = "admin/configurator/delete_confirmation.html"
    delete_selected_confirmation_template = "admin/configurator/delete_selected_confirmation.html"

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        why = self._why(request)
        return super().delete_view(
            request, object_id, {"why": why, "way_on": self.way_on, **(extra_context or {})}
        )

    @admin.action(permissions=["delete"], description=gettext_lazy("Delete selected %(verbose_name_plural)s"))
    def delete_selected(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        first = queryset.first()
        why = self._why(request)
        with transaction.atomic():
            answer: Any = delete_selected(self, request, queryset)
        if isinstance(answer, TemplateResponse):
            answer.context_data = {**(answer.context_data or {}), "why": why, "way_on": self.way_on}
        elif first is not None and answer is None:
            self._tell_way_back(request, first.pk)
        return answer  # type: ignore[no-any-return]

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        self._tell_way_back(request, obj_id)
        return super().response_delete(request, obj_display, obj_id)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What chooses a row among several protects it as well: a rule would say less from one moment to the next."""
        holders = find_holders(objs, request, self.admin_site) if objs else []
        if holders:
            return [], {}, set(), [holder.shown for holder in holders]
        return super().get_deleted_objects(objs, request)

    def _why(self, request: HttpRequest) -> WhyDeleteForm:
        """The question; a click that leaves it open only asks again."""
        why = WhyDeleteForm(request.POST if "post" in request.POST else None)
        if why.is_bound and not why.is_valid():
            asked = request.POST.copy()
            del asked["post"]
            request.POST = asked if "action" in asked else QueryDict()  # type: ignore[assignment]
        return why

    def _tell_way_back(self, request: HttpRequest, pk: Any) -> None:
        history = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_history", args=[quote(pk)])
        said = _("Deleted by mistake? Take it back in its history.")
        messages.info(request, format_html('<a href="{}">{}</a>', history, said))
