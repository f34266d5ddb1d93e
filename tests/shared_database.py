"""One database for all processes of a test run: the first to need it migrates, each of the others takes a copy."""

import fcntl
import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from tests.database_copies import create_like, drop_database

IN_MEMORY = "file:memorydb_default?mode=memory&cache=shared"  # as Django calls it


class SharedDatabase:
    """What the first process of a run has migrated and loaded, kept for the others in that folder of theirs.

    `begin` comes before Django makes the test database, `keep` when the first one is ready; while a process is
    between the two, the others wait.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / "database"
        self._lock = (folder / "database.lock").open("w")
        self._opened: sqlite3.Connection | None = None
        self.was_taken = False

    def begin(self) -> None:
        """Where there is one to copy, Django finds nothing left to migrate in it."""
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        if not self._file.exists():
            return
        if connection.vendor == "sqlite":
            self._opened = sqlite3.connect(IN_MEMORY, uri=True)  # it lives for as long as one has it open
            with closing(sqlite3.connect(self._file)) as kept:
                kept.backup(self._opened)
        else:
            connection.settings_dict["TEST"]["TEMPLATE"] = self._file.read_text()
        self.was_taken = True
        if connection.vendor == "sqlite":
            self._let_go()  # of a template of PostgreSQL one copy is made at a time

    def keep(self) -> None:
        """What is in the test database now, for those who come; nothing where this is a copy itself."""
        if not self.was_taken:
            draft = self._file.with_suffix(".draft")
            if connection.vendor == "sqlite":
                with closing(sqlite3.connect(draft)) as kept:
                    connection.connection.backup(kept)
            else:
                draft.write_text(_copy_of_postgres())
            draft.rename(self._file)
        self._let_go()

    def close(self) -> None:
        self._lock.close()
        if self._opened:
            self._opened.close()

    def _let_go(self) -> None:
        fcntl.flock(self._lock, fcntl.LOCK_UN)


def _copy_of_postgres() -> str:
    """Its name."""
    original = str(connection.settings_dict["NAME"])
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    drop_database(f"{original}_shared")
    create_like(f"{original}_shared", like=original)
    return f"{original}_shared"
