"""The app for the sale, the build jobs and their hand-off to fulfilment."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        from configurator import touched
        from orders import emails, outbox, payments, touching
        from staff.looking import PERSONAL

        payments.listen()
        PERSONAL.update({"orders_order_changelist", "orders_order_change", "orders_lotuse_recall"})
        outbox.EXTERNAL.update(dict.fromkeys(emails.MAILS, emails.send_mail))
        touched.HOLDINGS.extend(touching.HOLDINGS)
