"""Lots: which went into which job, and the page of a recall with the people to write to."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orders.admin.long_lists import LongListAdmin
from orders.models import LotUse
from orders.recall import Recalled, known_lots, orders_of_lot, write_csv


class LotForm(forms.Form):
    """Which lot of which component is looked for."""

    component = forms.CharField(label=_("Component, by its short name"))
    lot = forms.CharField(label=_("Lot"))


@admin.register(LotUse)
class LotUseAdmin(LongListAdmin):
    list_display = ["lot", "component", "slot", "batch", "job", "recall_link"]
    list_filter = ["component"]
    list_select_related = ["job__order"]
    list_only = ("lot", "component", "slot", "job__batch", "job__state", "job__order__number")
    search_fields = ["lot", "job__batch", "job__order__number"]
    ordering = ["-id"]
    change_list_template = "admin/orders/lotuse/change_list.html"

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """A recall names people, so its page is for those who may see orders."""
        columns = list(super().get_list_display(request))
        return columns if request.user.has_perm("orders.view_order") else columns[:-1]

    @admin.display(description=_("batch"), ordering="job__batch")
    def batch(self, use: LotUse) -> str:
        return use.job.batch

    @admin.display(description=_("recall"))
    def recall_link(self, use: LotUse) -> SafeString:
        return format_html('<a href="{}">{}</a>', recall_address(use), gettext("Who has it"))

    def get_urls(self) -> list[URLPattern]:
        page = path("recall/", self.admin_site.admin_view(self.recall), name="orders_lotuse_recall")
        return [page, *super().get_urls()]

    def recall(self, request: HttpRequest) -> HttpResponse:
        """The orders of a lot, or with `format=csv` a file of them; the form where no lot is named."""
        if not (self.has_view_permission(request) and request.user.has_perm("orders.view_order")):
            raise PermissionDenied
        form = LotForm(request.GET or None, auto_id="%s")
        asked = form.cleaned_data if form.is_valid() else None
        found = orders_of_lot(**asked) if asked else []
        if asked and request.GET.get("format") == "csv":
            return _file_of(found, **asked)
        page = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Recall"),
            "form": form,
            "asked": asked,
            "found": found,
            "pieces": sum(recalled.pieces for recalled in found),
            "csv": "?" + urlencode({**(asked or {}), "format": "csv"}),
            "known": known_lots(asked["component"]) if asked and not found else [],
        }
        response = TemplateResponse(request, "admin/orders/lotuse/recall.html", page)
        add_never_cache_headers(response)
        return response


def recall_address(use: LotUse) -> str:
    query = urlencode({"component": use.component, "lot": use.lot})
    return f"{reverse('admin:orders_lotuse_recall')}?{query}"


def _file_of(found: Sequence[Recalled], *, component: str, lot: str) -> HttpResponse:
    answer = HttpResponse(write_csv(found), content_type="text/csv; charset=utf-8")
    name = slugify(f"recall {component} {lot}")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    add_never_cache_headers(answer)
    return answer
