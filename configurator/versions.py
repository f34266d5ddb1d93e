"""Reading what is on sale: the newest version of each recipe, its spec and its compiled space."""

from functools import lru_cache

from django.db.models import OuterRef, Subquery

from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import from_json
from configurator.models import RecipeVersion
from configurator.shared_reading import shared_for_a_moment

MIXERS_KEPT = 256  # per process; a shop has some forty recipes, and baskets and jobs refer to older versions


class NotOnSaleError(LookupError):
    """There is no published recipe of this short name; without one: there is none at all."""

    def __init__(self, slug: str | None = None) -> None:
        self.slug = slug
        which = "" if slug is None else f" called {slug!r}"
        super().__init__(f"No recipe{which} is on sale.")


def newest_version(slug: str) -> RecipeVersion:
    """The version of a recipe that is on sale, without its spec; one query. Raises NotOnSaleError."""
    newest = (
        RecipeVersion.objects.filter(recipe__slug=slug)
        .select_related("recipe")
        .order_by("-number")
        .defer("spec", "space")
        .first()
    )
    if newest is None:
        raise NotOnSaleError(slug)
    return newest


def versions_on_sale() -> list[RecipeVersion]:
    """The newest version of every published recipe, by the position that staff gave it, then by name; one query."""
    newest = RecipeVersion.objects.filter(recipe=OuterRef("recipe")).order_by("-number").values("pk")[:1]
    return list(
        RecipeVersion.objects.filter(pk=Subquery(newest))
        .select_related("recipe")
        .defer("spec", "space")
        .order_by("recipe__position", "recipe__name")
    )


def mixer_for(version: RecipeVersion) -> Mixer:
    """The compiled mixer of a version, kept per process: a version never changes, so it never goes stale.

    Costs one query the first time a process meets the version.
    """
    return _mixer(version.pk, version.sha256)


@lru_cache(maxsize=MIXERS_KEPT)
def _mixer(version_id: int, sha256: str) -> Mixer:
    """`sha256` is part of the key so that two databases in one process (tests) are never mixed up."""
    stored = RecipeVersion.objects.values_list("spec", "space").get(pk=version_id, sha256=sha256)
    spec, space = stored
    return Mixer(from_json(spec), stored=None if space is None else bytes(space))


recent_version = shared_for_a_moment(newest_version)
recent_versions_on_sale = shared_for_a_moment(versions_on_sale)
