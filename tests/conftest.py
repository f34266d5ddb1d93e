"""Fixtures that many tests share."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.core.cache import caches
from django.utils import timezone
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import DjangoDbBlocker

from configurator import throttling
from configurator.loading import SHIPPED_CATALOGUE, load_catalogue
from configurator.models import RecipeVersion
from configurator.versions import newest_version
from tests.database_copies import emptied_copy

hypothesis_settings.register_profile("long", max_examples=1000)  # --hypothesis-profile long


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database holds the shipped catalogue, loaded once, as a shop does after its first start."""
    with django_db_blocker.unblock():
        load_catalogue(SHIPPED_CATALOGUE, now=timezone.now())
        kept = emptied_copy()
        kept.__enter__()
    yield
    kept.__exit__(None, None, None)


@pytest.fixture
def catalogue(db: None) -> RecipeVersion:
    """The version of the shipped catalogue that is on sale."""
    return newest_version("shampoo")


@pytest.fixture(autouse=True)
def read_anew(settings: LazySettings) -> None:
    """Each test has a database of its own: nothing read in the one before may be shown."""
    settings.SHARED_READING_SECONDS = 0
    caches["pages"].clear()


@pytest.fixture(autouse=True)
def fresh_counters(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test inherits the count of another, nor counts in the Redis of a shop that runs beside it."""
    monkeypatch.setattr(throttling, "counters", throttling.Counters(None))


@pytest.fixture(autouse=True)
def plain_static_files(settings: LazySettings) -> None:
    """Static files by their own names: hashed ones need `collectstatic`, which the real shop's tests run."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.WHITENOISE_AUTOREFRESH = True  # else every test client reads the whole folder of collected files


@pytest.fixture(autouse=True)
def pretend_payments(settings: LazySettings) -> None:
    """No test takes money, whatever the developer's own `.env` says."""
    settings.PAYMENT_VARIANTS = {"default": ("payments.dummy.DummyProvider", {})}


@pytest.fixture(autouse=True)
def no_second_factor(settings: LazySettings) -> None:
    """`client.force_login` is enough; tests/staff/test_second_factor.py asks for the second factor."""
    settings.STAFF_SECOND_FACTOR = False
