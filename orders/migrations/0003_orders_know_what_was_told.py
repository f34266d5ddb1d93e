from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def take_the_promise(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Orders from before are expected on, and were made for, the day that was promised."""
    orders = apps.get_model("orders", "Order").objects.filter(expected_on=None)
    orders.update(expected_on=F("promised_on"), made_on=F("promised_on"))


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_baskets_bookings_slips")]

    operations = [
        migrations.RunPython(take_the_promise, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="order",
            name="expected_on",
            field=models.DateField(verbose_name="expected on, as last told"),
        ),
        migrations.AlterField(
            model_name="order",
            name="made_on",
            field=models.DateField(verbose_name="planned to be made"),
        ),
        migrations.AlterField(
            model_name="order",
            name="language",
            field=models.CharField(max_length=10, verbose_name="language"),
        ),
    ]
