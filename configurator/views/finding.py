"""What several pages look up by an address."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.http import Http404, HttpRequest

from configurator.bench import Bench
from configurator.mix_address import MixState
from configurator.mixing.mixer import Mixer
from configurator.models import RecipeVersion
from configurator.remembering import read_avoid
from configurator.restrictions import Restrictions, read_restrictions
from configurator.versions import (
    NotOnSaleError,
    mixer_for,
    newest_version,
    recent_version,
    recent_versions_on_sale,
)


def find_version(recipe: str, *, is_fresh: bool = False) -> RecipeVersion:
    """The version of a recipe that is on sale, or was a moment ago; what decides asks for a fresh one. Raises Http404.

    `recipe` may be anything that a form sent.
    """
    read = newest_version if is_fresh else recent_version
    try:
        validate_slug(recipe)
        return read(recipe)
    except (ValidationError, NotOnSaleError) as error:
        raise Http404(recipe) from error


def find_mixer(recipe: str) -> Mixer:
    """The mixer of a recipe on sale; raises Http404."""
    return mixer_for(find_version(recipe))


def mixers_on_sale() -> list[Mixer]:
    """The mixers of all recipes on sale, in staff's order."""
    return [mixer_for(version) for version in recent_versions_on_sale()]


def find_restrictions(
    request: HttpRequest, mixer: Mixer, state: MixState, *, bench: Bench, today: date
) -> Restrictions:
    """What this shopper leaves out, remembered or by this address, and what is out of stock in this size."""
    avoid = (*read_avoid(request.session), *state.avoid)
    return read_restrictions(mixer, state.size, avoid=avoid, bench=bench, today=today)
