"""The site that staff work in: Django's admin, closed where Django leaves a door open."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path


class StaffSite(AdminSite):
    """An admin site for people with roles."""

    def get_urls(self) -> list[URLResolver | URLPattern]:
        on_site = path(
            "r/<int:content_type_id>/<path:object_id>/",
            self.admin_view(self.view_on_site),
            name="view_on_site",
        )
        others: list[Any] = [
            each for each in super().get_urls() if getattr(each, "name", "") != "view_on_site"
        ]
        return [on_site, *others]

    def view_on_site(self, request: HttpRequest, content_type_id: int, object_id: str) -> HttpResponse:
        """Lead on to the shop's page of a row. Django's own asks for no permission: an order's page has its address."""
        kind = get_object_or_404(ContentType, pk=content_type_id)
        if not request.user.has_perm(f"{kind.app_label}.view_{kind.model}"):
            raise PermissionDenied
        return shortcut(request, content_type_id, object_id)

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> TemplateResponse:
        """The pages of one app; 403 and not 404 for who may open none of them, as everywhere else."""
        if app_label in self.app_labels() and not self.get_app_list(request, app_label):
            raise PermissionDenied
        return super().app_index(request, app_label, extra_context)

    def app_labels(self) -> set[str]:
        return {model._meta.app_label for model in self._registry}
