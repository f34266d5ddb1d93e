"""A shopper who asked to cancel is told by mail when it was too late."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0013_payments_are_found_by_indexes")]

    operations = [
        migrations.AlterField(
            model_name="outboxentry",
            name="topic",
            field=models.CharField(
                choices=[
                    ("handoff", "hand-off of an order's jobs"),
                    ("refund", "refund"),
                    ("mail_confirmed", "mail: confirmation"),
                    ("mail_in_production", "mail: in production"),
                    ("mail_shipped", "mail: shipped"),
                    ("mail_late", "mail: late"),
                    ("mail_cancelled", "mail: cancelled"),
                    ("mail_cancel_refused", "mail: too late to cancel"),
                    ("mail_plan_refused", "mail to staff: not published as planned"),
                ],
                max_length=20,
                verbose_name="topic",
            ),
        ),
    ]
