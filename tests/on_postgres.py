"""Run tests on PostgreSQL: `python -m pytest -p tests.on_postgres tests/orders tests/configurator`.

One server for the whole run, started here and gone afterwards; with xdist a database for each worker. Of the tests
named, those run that use the database and are not slow, and those marked `race` or `both_databases`, slow or not and
whatever fixtures they have; none that is marked `any_database`. With `--first-cases` a test with many cases runs with
its first, for cases differ in content, not in what the database does: so does `make test`, which runs all of them on
SQLite.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from config.postgres import make_child, make_url
from config.processes import make_environment
from config.readiness import answers

START_SECONDS = 60.0
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences"}
CHOSEN = {"race", "both_databases"}


class Postgres:
    """A server of our own in that folder, with a database called concoct."""

    def __init__(self, folder: Path) -> None:
        environment = make_environment(var_dir=folder, port=8000, redis_url="")
        self.folder = folder
        self.url = make_url(folder)
        self.child = make_child(folder, environment=environment, log_dir=folder, forgetful=True)

    def start(self) -> None:
        """Returns when it answers."""
        self.child.start()
        deadline = time.monotonic() + START_SECONDS
        while not answers(self.child):
            log = self.child.log.read_text(errors="replace")
            assert self.child.is_alive, f"PostgreSQL died while starting:\n{log}"
            assert time.monotonic() < deadline, f"PostgreSQL does not answer:\n{log}"
            time.sleep(0.05)

    def stop(self) -> None:
        self.child.stop(10)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server that is gone afterwards with all that was in it."""
    folder = Path(tempfile.mkdtemp(prefix="concoct-postgres-"))
    folder.chmod(0o711)  # it may run as another user
    server = Postgres(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def uses_database(item: pytest.Item) -> bool:
    names = set(getattr(item, "fixturenames", ()))
    return bool(DATABASE_FIXTURES & names) or item.get_closest_marker("django_db") is not None


def belongs_here(item: pytest.Item) -> bool:
    marked = {name for name in ("slow", "any_database", *CHOSEN) if item.get_closest_marker(name) is not None}
    if "any_database" in marked:
        return False
    return bool(marked & CHOSEN) or (uses_database(item) and "slow" not in marked)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Before Django's settings are read; the workers of xdist are told by the environment."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        stack = ExitStack()
        os.environ["DATABASE_URL"] = stack.enter_context(running_postgres()).url
        os.environ["DATABASE_LOCK_SECONDS"] = "60"  # the last of 50 racers waits for long on a slow machine
        early_config.add_cleanup(stack.close)
    yield


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--first-cases", action="store_true", help="of a parametrised test, the first case only")


def pytest_report_header() -> str:
    return f"database: {os.environ['DATABASE_URL']}"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Before they are shuffled, so that the first case is the same in every run."""
    chosen = list(filter(belongs_here, items))
    if config.getoption("--first-cases"):
        first_cases: dict[str, pytest.Item] = {}
        for item in chosen:
            first_cases.setdefault(item.nodeid.partition("[")[0], item)
        chosen = list(first_cases.values())
    kept = set(chosen)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = chosen
