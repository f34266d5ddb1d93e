"""Fixtures that many tests share."""

import gc
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import override_settings
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import DjangoDbBlocker

from configurator import tallying, throttling
from configurator.loading import SHIPPED_CATALOGUE, load_catalogue
from configurator.models import RecipeVersion
from configurator.versions import newest_version
from tests.database_copies import emptied_copy
from tests.length import LONG, long_or_short
from tests.shared_database import SharedDatabase

# However slow the machine is; by chance only in a long run, else what fails once fails every time.
hypothesis_settings.register_profile(
    "tests",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=not LONG,
    max_examples=long_or_short(1000, 100),
)
hypothesis_settings.load_profile("tests")

gc.set_threshold(50_000, 20, 20)  # tests leave little that refers to itself, and there is memory

DAY_ENDS_IN_SECONDS = 30  # what a test may take that reads the date twice


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests first, so that the last to end are small ones (with `--no-loadscope-reorder`)."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: no search for cycles has to go through them again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def shared_database(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> Iterator[SharedDatabase | None]:
    """None in a run of one process, which has nobody to share with."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        yield None
        return
    shared = SharedDatabase(tmp_path_factory.getbasetemp().parent)
    yield shared
    shared.close()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(shared_database: SharedDatabase | None) -> None:
    """The place that pytest-django leaves for what comes before the test database."""
    if shared_database:
        shared_database.begin()


@pytest.fixture(scope="session")
def django_db_setup(
    shared_database: SharedDatabase | None, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The test database holds the shipped catalogue, loaded once, as a shop does after its first start."""
    with django_db_blocker.unblock():
        if not shared_database or not shared_database.was_taken:
            load_catalogue(SHIPPED_CATALOGUE, now=timezone.now())
        if shared_database:
            shared_database.keep()
        kept = emptied_copy()
        kept.__enter__()
    yield
    kept.__exit__(None, None, None)


@pytest.fixture
def catalogue(db: None) -> RecipeVersion:
    """The version of the shipped catalogue that is on sale."""
    return newest_version("shampoo")


@pytest.fixture
def one_transaction() -> Iterator[None]:
    """For who calls the shop as WSGI does: no request ends the connection whose transaction the test is in.

    Django's own test client sees to that by itself.
    """
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(scope="session", autouse=True)
def settings_of_tests() -> Iterator[None]:
    """What holds for every test that asks for nothing else."""
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        # Each test has a database of its own: nothing read in the one before may be shown.
        SHARED_READING_SECONDS=0,
        # Static files by their own names: hashed ones need `collectstatic`, which the real shop's tests run.
        STORAGES={**settings.STORAGES, "staticfiles": static},
        # Else every test client reads the whole folder of collected files.
        WHITENOISE_AUTOREFRESH=True,
        # No test takes money, whatever the developer's own `.env` says.
        PAYMENT_VARIANTS={"default": ("orders.pretend_provider.PretendProvider", {})},
        # `client.force_login` is enough; tests/staff/test_second_factor.py asks for the second factor.
        STAFF_SECOND_FACTOR=False,
    ):
        yield


@pytest.fixture(autouse=True)
def one_day() -> None:
    """Nothing begins in the last seconds of a day, neither the shop's own nor UTC's: a test may read the date twice."""
    for now in (datetime.now(UTC), timezone.localtime()):
        left = timedelta(days=1) - timedelta(hours=now.hour, minutes=now.minute, seconds=now.second)
        if left < timedelta(seconds=DAY_ENDS_IN_SECONDS):
            time.sleep(left.total_seconds())


@pytest.fixture(autouse=True)
def nothing_left_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is shown a page of another, inherits its counts, or counts in the Redis of a shop that runs beside it."""
    caches["pages"].clear()
    monkeypatch.setattr(throttling, "counters", throttling.Counters(None))
    monkeypatch.setattr(tallying, "tally", tallying.Tally(None))
