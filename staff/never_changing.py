"""Tables whose rows the database itself refuses to change or delete, whoever asks: for migrations."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def refuse_changes(
    table: str, *, refusal: str, same_row: str = "id = NEW.id", may_go: str = "FALSE"
) -> migrations.RunPython:
    """The operation that adds the triggers, and takes them away when it is undone.

    `refusal` is the database's error in plain words. `same_row` is the SQL condition for a row that a new one would
    replace: SQLite's INSERT OR REPLACE takes it away without asking the trigger for DELETE. `may_go` is the condition
    for a row, OLD, that may be deleted after all. A later migration that alters the table makes it anew on SQLite,
    without triggers: it needs this operation again.
    """
    run = _Statements(table, refusal, same_row, may_go)
    return migrations.RunPython(run.up, run.down)


class _Statements:
    def __init__(self, table: str, refusal: str, same_row: str, may_go: str) -> None:
        refuse = f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        is_there = f"EXISTS (SELECT 1 FROM {table} WHERE {same_row})"  # noqa: S608 a migration's own words
        self._up = {
            "sqlite": [
                f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refuse}",
                f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} WHEN NOT ({may_go}) {refuse}",
                f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {is_there} {refuse}",
            ],
            "postgresql": [
                f"""
                CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF TG_OP = 'DELETE' AND ({may_go}) THEN RETURN OLD; END IF;
                    RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation';
                END $$
                """,
                f"""
                CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
                FOR EACH ROW EXECUTE FUNCTION {table}_refuse()
                """,
            ],
        }
        self._down = {
            "sqlite": [f"DROP TRIGGER {table}_no_{verb}" for verb in ("update", "delete", "replace")],
            "postgresql": [f"DROP TRIGGER {table}_no_change ON {table}", f"DROP FUNCTION {table}_refuse()"],
        }

    def up(self, apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        _run(schema_editor, self._up)

    def down(self, apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        _run(schema_editor, self._down)


def _run(schema_editor: BaseDatabaseSchemaEditor, by_vendor: dict[str, list[str]]) -> None:
    for statement in by_vendor[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)
