"""What several pages look up by an address."""

from django.http import Http404

from configurator.mixing.mixer import Mixer
from configurator.versions import NotOnSaleError, mixer_for, newest_version


def find_mixer(recipe: str) -> Mixer:
    """The mixer of a recipe on sale; raises Http404."""
    try:
        return mixer_for(newest_version(recipe))
    except NotOnSaleError as error:
        raise Http404(str(error)) from error
