"""Write down how families, substances, flags and hair types are called now, so that the first change can be undone."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone

NAMED = ("Family", "Substance", "Flag", "HairType")


def begin(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    now = timezone.now()
    for name in NAMED:
        model, record = (
            apps.get_model("configurator", name),
            apps.get_model("configurator", f"Historical{name}"),
        )
        rows = model.objects.exclude(pk__in=record.objects.values("id"))
        first = [
            record(**values, history_date=now, history_type="+", history_change_reason="")
            for values in rows.values()
        ]
        record.objects.bulk_create(first, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("configurator", "0009_names_have_a_history")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
