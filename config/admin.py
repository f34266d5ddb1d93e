"""Django's own admin site under the shop's name."""

from django.conf import settings
from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class ShopAdminSite(AdminSite):
    site_header = f"{settings.SHOP_NAME} staff"
    site_title = settings.SHOP_NAME
    index_title = _("What would you like to change?")
