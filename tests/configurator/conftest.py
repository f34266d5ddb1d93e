"""What every test of the configurator starts from."""

import pytest
from django.core.cache import cache

from configurator.mixing.mixer import Mixer
from configurator.models import RecipeVersion
from configurator.versions import mixer_for


@pytest.fixture(autouse=True)
def fresh_throttle() -> None:
    """The shop API counts requests in the cache; no test inherits the count of another."""
    cache.clear()


@pytest.fixture
def shampoo(catalogue: RecipeVersion) -> Mixer:
    """The mixer of the shipped catalogue."""
    return mixer_for(catalogue)
