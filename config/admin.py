"""Django's own admin site under the shop's name."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _


class ShopAdminSite(AdminSite):
    site_header = f"{settings.SHOP_NAME} staff"
    site_title = settings.SHOP_NAME
    index_title = _("Today")

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from orders.admin.pages import staff_pages  # noqa: PLC0415  # the site is made before the apps are

        return [*staff_pages(self.admin_view), *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """How things stand today, before what can be changed."""
        from orders.admin.today import read_today  # noqa: PLC0415  # as above

        return super().index(request, {**read_today(request), **(extra_context or {})})
