"""Pages on which staff decide about one thing: shown, sent, and back to where it is seen."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import add_never_cache_headers


class DecisionPages(admin.ModelAdmin[Any]):
    """For an admin whose `has_decide_permission` says who may."""

    def has_decide_permission(self, request: HttpRequest) -> bool:
        raise NotImplementedError

    def check_may_decide(self, request: HttpRequest) -> None:
        """Raises PermissionDenied."""
        if not self.has_decide_permission(request):
            raise PermissionDenied

    def decision_page(
        self, request: HttpRequest, template: str, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        page = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        response = TemplateResponse(request, template, page, status=status)
        add_never_cache_headers(response)
        return response
