"""Django's own admin site under the shop's name."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _

from staff.site import StaffSite


class ShopAdminSite(StaffSite):
    site_header = f"{settings.SHOP_NAME} staff"
    site_title = settings.SHOP_NAME
    index_title = _("What would you like to change?")

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from orders.admin.operations import operations  # noqa: PLC0415  # the site is made before the apps are

        page = path("operations/", self.admin_view(operations), name="operations")
        return [page, *super().get_urls()]
