"""What several pages look up by an address."""

from datetime import date

from django.http import Http404, HttpRequest

from configurator.bench import Bench
from configurator.mix_address import MixState
from configurator.mixing.mixer import Mixer
from configurator.models import RecipeVersion
from configurator.remembering import read_avoid
from configurator.restrictions import Restrictions, read_restrictions
from configurator.versions import NotOnSaleError, mixer_for, recent_version


def find_version(recipe: str) -> RecipeVersion:
    """The version of a recipe that is on sale, or was a moment ago; raises Http404."""
    try:
        return recent_version(recipe)
    except NotOnSaleError as error:
        raise Http404(str(error)) from error


def find_mixer(recipe: str) -> Mixer:
    """The mixer of a recipe on sale; raises Http404."""
    return mixer_for(find_version(recipe))


def find_restrictions(
    request: HttpRequest, mixer: Mixer, state: MixState, *, bench: Bench, today: date
) -> Restrictions:
    """What this shopper leaves out, remembered or by this address, and what is out of stock in this size."""
    avoid = (*read_avoid(request.session), *state.avoid)
    return read_restrictions(mixer, state.size, avoid=avoid, bench=bench, today=today)
