"""What every test of the configurator starts from."""

import pytest

from configurator.mixing.mixer import Mixer
from configurator.models import RecipeVersion
from configurator.versions import mixer_for


@pytest.fixture
def shampoo(catalogue: RecipeVersion) -> Mixer:
    """The mixer of the shipped catalogue."""
    return mixer_for(catalogue)
