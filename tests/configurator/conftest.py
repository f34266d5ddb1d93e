"""What every test of the configurator starts from."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_throttle() -> None:
    """The shop API counts requests in the cache; no test inherits the count of another."""
    cache.clear()
