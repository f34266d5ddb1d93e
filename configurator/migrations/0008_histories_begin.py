"""Write down how the draft is now, so that the first change can be taken back, too."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone

from configurator.records import begin_records


def begin(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    begin_records(apps.get_model, at=timezone.now(), why="")


class Migration(migrations.Migration):
    dependencies = [("configurator", "0007_drafts_have_a_history")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
