"""Have the database itself refuse to change or delete an entry of the audit."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLE = "staff_auditentry"
REFUSAL = "an entry of the audit never changes"

SQLITE_UP = [
    f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for verb in ("UPDATE", "DELETE")
]
IS_THERE = "EXISTS (SELECT 1 FROM staff_auditentry WHERE id = NEW.id)"
SQLITE_UP.append(  # INSERT OR REPLACE takes a row away without asking the trigger for DELETE
    f"CREATE TRIGGER {TABLE}_no_replace BEFORE INSERT ON {TABLE} WHEN {IS_THERE} "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
)
SQLITE_DOWN = [f"DROP TRIGGER {TABLE}_no_{verb}" for verb in ("update", "delete", "replace")]

POSTGRESQL_UP = [
    f"""
    CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$
    """,
    f"""
    CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()
    """,
]
POSTGRESQL_DOWN = [f"DROP TRIGGER {TABLE}_no_change ON {TABLE}", f"DROP FUNCTION {TABLE}_refuse()"]


def add_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _run(schema_editor, {"sqlite": SQLITE_UP, "postgresql": POSTGRESQL_UP})


def drop_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    _run(schema_editor, {"sqlite": SQLITE_DOWN, "postgresql": POSTGRESQL_DOWN})


def _run(schema_editor: BaseDatabaseSchemaEditor, by_vendor: dict[str, list[str]]) -> None:
    for statement in by_vendor[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("staff", "0001_initial")]
    operations = [migrations.RunPython(add_triggers, drop_triggers)]
