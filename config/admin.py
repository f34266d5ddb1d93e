"""Django's own admin site under the shop's name."""

from django.conf import settings
from django.contrib.admin import AdminSite
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _


class ShopAdminSite(AdminSite):
    site_header = f"{settings.SHOP_NAME} staff"
    site_title = settings.SHOP_NAME
    index_title = _("What would you like to change?")

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from orders.admin.pages import staff_pages  # noqa: PLC0415  # the site is made before the apps are

        return [*staff_pages(self.admin_view), *super().get_urls()]
