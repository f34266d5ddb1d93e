"""Which drafts differ from what is on sale."""

from configurator.drafting import read_draft
from configurator.mixing.spec import spec_hash
from configurator.models import Recipe, RecipeVersion

MOST_READ = 10


def unpublished_drafts() -> list[Recipe]:
    """Recipes whose draft is not what their newest version says, or that have no version; of the first MOST_READ.

    A fixed number of queries for each recipe that is looked at: a draft is many rows, and only their whole tells.
    """
    found = []
    for recipe in Recipe.objects.order_by("position", "name")[:MOST_READ]:
        newest = RecipeVersion.objects.filter(recipe=recipe).order_by("-number")
        sha256 = newest.values_list("sha256", flat=True).first()
        if spec_hash(read_draft(recipe).spec) != sha256:
            found.append(recipe)
    return found
