"""Indexes that SQLite uses for staff's lists; those over `sandbox`, which is NULL for all that is real, go.

An index is dropped by its name: altering the field would have SQLite copy the whole table.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def without_index(model: str, name: str, field: Any) -> migrations.SeparateDatabaseAndState:
    table = f"orders_{model}"
    return migrations.SeparateDatabaseAndState(
        state_operations=[migrations.AlterField(model, "sandbox", field)],
        database_operations=[
            migrations.RunSQL(
                f'DROP INDEX IF EXISTS "{name}"', f'CREATE INDEX "{name}" ON "{table}" ("sandbox_id")'
            )
        ],
    )


class Migration(migrations.Migration):
    dependencies = [("orders", "0010_longer_names_of_counts")]

    operations = [
        migrations.RemoveIndex("job", "job_open_by_state"),
        migrations.AddIndex(
            "job",
            models.Index(
                fields=["state", "-id"],
                condition=models.Q(
                    ("state", "pending"),
                    ("state", "ready"),
                    ("state", "claimed"),
                    ("state", "in_production"),
                    ("state", "produced"),
                    ("state", "failed"),
                    _connector="OR",
                ),
                name="job_open_by_state",
            ),
        ),
        migrations.AddIndex(
            "order",
            models.Index(
                fields=["sandbox"],
                condition=models.Q(("sandbox__isnull", False)),
                name="order_of_sandbox",
            ),
        ),
        without_index(
            "job",
            "orders_job_sandbox_id_0a619aea",
            models.ForeignKey(
                to="orders.fulfilmentkey",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sandbox_jobs",
                null=True,
                blank=True,
                db_index=False,
            ),
        ),
        without_index(
            "order",
            "orders_order_sandbox_id_b7c58748",
            models.ForeignKey(
                to="orders.fulfilmentkey",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sandbox_orders",
                verbose_name="made to try the API, by",
                null=True,
                blank=True,
                editable=False,
                db_index=False,
            ),
        ),
    ]
