"""The app for the sale, the build jobs and their hand-off to fulfilment."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        from configurator import planning, touched
        from orders import emails, outbox, payments, plan_mails, touching
        from orders.models import OutboxEntry
        from staff.idle import UNATTENDED
        from staff.look_audit import PERSONAL

        payments.listen()
        UNATTENDED.add("bench_keep")
        PERSONAL.update({"orders_order_changelist", "orders_order_change", "orders_lotuse_recall"})
        PERSONAL.update({"orders_order_address", "bench_send", "bench_address"})
        outbox.EXTERNAL.update(dict.fromkeys(emails.MAILS, emails.send_mail))
        touched.HOLDINGS.extend(touching.HOLDINGS)
        outbox.EXTERNAL[OutboxEntry.Topic.MAIL_PLAN_REFUSED] = plan_mails.send_refusal
        planning.REFUSED.append(plan_mails.tell_of_refusal)
