"""The admin site that staff work in, and the checks of the project's own settings."""

from django.contrib.admin.apps import AdminConfig
from django.core import checks


class ShopAdminConfig(AdminConfig):
    default_site = "config.admin.ShopAdminSite"

    def ready(self) -> None:
        from config.mail import check_mails
        from config.payment import check_payment

        super().ready()
        checks.register(check_mails)
        checks.register(check_payment, deploy=True)
