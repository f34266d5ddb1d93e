"""Indexes for what is asked of all payments: by each notice and return, and by the relay every few seconds."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0012_reasons_in_other_words")]

    operations = [
        migrations.AddIndex(
            "payment",
            models.Index(fields=["token"], name="payment_by_token"),
        ),
        migrations.AddIndex(
            "payment",
            models.Index(fields=["status", "captured_amount"], name="payment_by_captured"),
        ),
        migrations.AddIndex(
            "payment",
            models.Index(fields=["status", "created"], name="payment_by_created"),
        ),
    ]
