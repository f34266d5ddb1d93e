"""Which drafts differ from what is on sale."""

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from configurator.drafting import read_draft
from configurator.mixing.spec import spec_hash
from configurator.models import Recipe, RecipeVersion

MOST_READ = 10


@dataclass(frozen=True, slots=True)
class Unpublished:
    """Recipes with something to publish, in staff's order; `unread` is how many others were not looked at."""

    recipes: tuple[Recipe, ...]
    unread: int


def unpublished_drafts() -> Unpublished:
    """Recipes that have no version, and those whose draft is not what their newest version says.

    A draft is many rows, and only their whole tells: when it was changed last says nothing once an older version is
    on sale again or a planned one was published. So the drafts of the first MOST_READ published recipes are read.
    One query for all recipes, and a fixed number for each that is read.
    """
    newest = RecipeVersion.objects.filter(recipe=OuterRef("pk")).order_by("-number").values("sha256")[:1]
    found, published = [], 0
    for recipe in Recipe.objects.annotate(on_sale=Subquery(newest)).order_by("position", "name"):
        published += recipe.on_sale is not None
        if recipe.on_sale is None or (
            published <= MOST_READ and spec_hash(read_draft(recipe).spec) != recipe.on_sale
        ):
            found.append(recipe)
    return Unpublished(tuple(found), unread=max(published - MOST_READ, 0))
