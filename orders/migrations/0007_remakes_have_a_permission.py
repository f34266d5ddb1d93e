from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0006_indexes_for_lists")]
    operations = [
        migrations.AlterModelOptions(
            name="job",
            options={
                "ordering": ["-id"],
                "permissions": [("remake_job", "Can have a job made anew, or given up")],
            },
        )
    ]
