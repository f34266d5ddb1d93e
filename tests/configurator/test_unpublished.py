"""Drafts that differ from what is on sale, without reading more of them than a page can wait for."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from configurator import unpublished
from configurator.models import Recipe, RecipeVersion
from configurator.publishing import publish_again
from configurator.unpublished import unpublished_drafts
from tests.configurator.drafts import make_bicycle, make_rule, publish, shampoo


@pytest.fixture(autouse=True)
def bicycle(catalogue: RecipeVersion) -> Recipe:
    """Beside shampoo, and published as well."""
    recipe = make_bicycle()
    publish(recipe)
    return recipe


def test_what_was_published_and_left_alone_is_no_draft() -> None:
    assert unpublished_drafts().recipes == ()


def test_what_was_edited_since_and_what_was_never_published_are_drafts() -> None:
    make_rule(left=["lift"], right=["calm"])
    soap = Recipe.objects.create(slug="soap", name="Soap")

    found = unpublished_drafts()

    assert set(found.recipes) == {shampoo(), soap}
    assert found.unread == 0


def test_an_older_version_on_sale_again_leaves_the_draft_unpublished(catalogue: RecipeVersion) -> None:
    make_rule(left=["lift"], right=["calm"])
    publish()
    assert unpublished_drafts().recipes == ()

    publish_again(catalogue, by=None, note="They miss it", now=timezone.now())

    assert unpublished_drafts().recipes == (shampoo(),)


def test_only_the_first_published_drafts_are_read_and_it_says_how_many_are_left(
    bicycle: Recipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpublished, "MOST_READ", 1)
    soap = Recipe.objects.create(slug="soap", name="Soap", position=0)
    Recipe.objects.filter(pk=bicycle.pk).update(name="Bike", position=1)
    Recipe.objects.filter(slug="shampoo").update(name="Shampoo anew", position=2)

    found = unpublished_drafts()

    assert (found.recipes, found.unread) == ((soap, bicycle), 1)


def test_what_is_not_read_costs_no_query(bicycle: Recipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpublished, "MOST_READ", 0)
    Recipe.objects.create(slug="soap", name="Soap")

    with CaptureQueriesContext(connection) as asked:
        found = unpublished_drafts()

    assert (len(asked), found.unread) == (1, 2)
