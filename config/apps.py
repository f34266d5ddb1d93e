"""The admin site that staff work in."""

from django.contrib.admin.apps import AdminConfig


class ShopAdminConfig(AdminConfig):
    default_site = "config.admin.ShopAdminSite"
