"""What is on sale, and that a published version never changes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from configurator.models import ImmutableError, Recipe, RecipeVersion
from configurator.versions import NotOnSaleError, mixer_for, newest_version, versions_on_sale
from tests.configurator.drafts import make_bicycle, make_owner, make_rule, publish, shampoo

pytestmark = pytest.mark.django_db

TABLE = RecipeVersion._meta.db_table


def content() -> list[tuple[object, ...]]:
    return list(RecipeVersion.objects.order_by("pk").values_list())


def test_the_highest_number_is_on_sale() -> None:
    make_rule(left=["lift"], right=["calm"])
    second = publish()

    assert newest_version("shampoo") == second
    assert (second.number, str(second)) == (2, "Shampoo, version 2")


def test_a_recipe_that_was_never_published_is_not_on_sale() -> None:
    make_bicycle()

    for slug in ("bicycle", "soap", ""):
        with pytest.raises(NotOnSaleError, match=f"No recipe called '{slug}' is on sale."):
            newest_version(slug)


def test_what_is_on_sale_is_the_newest_version_of_each_recipe_by_position_then_by_name() -> None:
    first = newest_version("shampoo")
    make_rule(left=["lift"], right=["calm"])
    second, bicycle = publish(), publish(make_bicycle())

    assert versions_on_sale() == [second, bicycle]
    assert first not in versions_on_sale()

    Recipe.objects.update(position=7)
    assert versions_on_sale() == [bicycle, second]


def test_a_mixer_is_compiled_once_for_a_version(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    version = newest_version("shampoo")
    mixer = mixer_for(version)

    with django_assert_num_queries(0):
        assert mixer_for(version) is mixer
    assert mixer.count() == version.mixes


def test_a_version_read_from_what_is_on_sale_costs_one_query_without_its_spec(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        assert newest_version("shampoo").get_deferred_fields() == {"spec", "space"}
    with django_assert_num_queries(1):
        assert [version.recipe.name for version in versions_on_sale()] == ["Shampoo"]


# A published version never changes ----------------------------------------------------------------------------------


def save(version: RecipeVersion) -> None:
    version.mixes = 1
    version.save()


def save_one_field(version: RecipeVersion) -> None:
    version.note = "Another reason"
    version.save(update_fields=["note"])


def bulk_update(version: RecipeVersion) -> None:
    version.spec = "{}"
    RecipeVersion.objects.bulk_update([version], ["spec"])


def update_or_create(version: RecipeVersion) -> None:
    RecipeVersion.objects.update_or_create(pk=version.pk, defaults={"mixes": 1})


def update_query(version: RecipeVersion) -> None:
    RecipeVersion.objects.filter(pk=version.pk).update(mixes=1)


def delete_query(version: RecipeVersion) -> None:
    RecipeVersion.objects.all().delete()


def delete_through_recipe(version: RecipeVersion) -> None:
    version.recipe.versions.all().delete()


@pytest.mark.parametrize(
    "attempt",
    [
        save,
        save_one_field,
        bulk_update,
        update_or_create,
        RecipeVersion.delete,
        update_query,
        delete_query,
        delete_through_recipe,
    ],
)
def test_the_model_refuses_every_change_of_a_version(attempt: Callable[[RecipeVersion], object]) -> None:
    before = content()

    with pytest.raises(ImmutableError, match="A published version"), transaction.atomic():
        attempt(RecipeVersion.objects.get())

    assert content() == before


def unsaved(version: RecipeVersion) -> RecipeVersion:
    return RecipeVersion(
        recipe=version.recipe, number=1, spec="{}", sha256="0", mixes=1, note="", published_at=timezone.now()
    )


def overwrite(version: RecipeVersion) -> None:
    """A new instance that takes the place of a row."""
    other = unsaved(version)
    other.pk = version.pk
    other.save()


def upsert(version: RecipeVersion) -> None:
    other = unsaved(version)
    RecipeVersion.objects.bulk_create(
        [other], update_conflicts=True, update_fields=["spec"], unique_fields=["recipe", "number"]
    )


def run_sql(statement: str) -> Callable[[RecipeVersion], None]:
    def attempt(version: RecipeVersion) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return attempt


@pytest.mark.parametrize(
    "attempt",
    [
        run_sql(f"UPDATE {TABLE} SET spec = '{{}}'"),  # noqa: S608 - the table is ours
        run_sql(f"UPDATE {TABLE} SET note = note"),  # noqa: S608
        run_sql(f"DELETE FROM {TABLE}"),  # noqa: S608
        overwrite,
        upsert,
    ],
    ids=["update", "update to the same", "delete", "overwrite", "upsert"],
)
def test_the_database_refuses_what_goes_past_the_model(attempt: Callable[[RecipeVersion], object]) -> None:
    before = content()

    with pytest.raises(DatabaseError, match="a published version never changes"), transaction.atomic():
        attempt(RecipeVersion.objects.get())

    assert content() == before


@pytest.mark.skipif(connection.vendor != "sqlite", reason="REPLACE is SQLite's own")
def test_sqlite_refuses_to_replace_a_version_by_an_insert() -> None:
    before = content()
    columns = "recipe_id, number, spec, sha256, mixes, note, published_at, published_by_id"
    statement = (
        f"INSERT OR REPLACE INTO {TABLE} (id, {columns}) "  # noqa: S608
        f"SELECT id, recipe_id, number, '{{}}', sha256, mixes, note, published_at, published_by_id FROM {TABLE}"
    )

    with pytest.raises(DatabaseError, match="a published version never changes"), transaction.atomic():
        run_sql(statement)(RecipeVersion.objects.get())

    assert content() == before


def test_a_recipe_and_a_person_behind_a_version_stay() -> None:
    olive = make_owner()
    make_rule(left=["lift"], right=["calm"])
    publish()
    RecipeVersion.objects.create(
        recipe=shampoo(),
        number=3,
        spec=RecipeVersion.objects.get(number=2).spec,
        sha256="0" * 64,
        mixes=1,
        note="",
        published_at=timezone.now() - timedelta(days=1),
        published_by=olive,
    )

    with pytest.raises(ProtectedError):
        shampoo().delete()
    with pytest.raises(ProtectedError):
        Recipe.objects.all().delete()
    with pytest.raises(ProtectedError):
        olive.delete()

    assert RecipeVersion.objects.count() == 3


def test_a_number_is_given_once() -> None:
    first = RecipeVersion.objects.get()

    with pytest.raises(DatabaseError), transaction.atomic():
        RecipeVersion.objects.create(
            recipe=first.recipe, number=1, spec="{}", sha256="", mixes=1, note="", published_at=timezone.now()
        )

    assert RecipeVersion.objects.get() == first
