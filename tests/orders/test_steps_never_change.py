"""The steps of a job stand for good: the database refuses whoever would change or delete one."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from configurator.models import RecipeVersion
from orders.models import JobTransition
from tests.orders.make import make_job

REFUSED = pytest.raises(DatabaseError, match="a step of a job never changes")


@pytest.fixture
def step(catalogue: RecipeVersion) -> JobTransition:
    return make_job("ready").transitions.get(version=2)


def test_a_step_is_neither_changed_nor_deleted(step: JobTransition) -> None:
    steps, before = JobTransition.objects.filter(pk=step.pk), JobTransition.objects.values().get(pk=step.pk)

    for change in ({"note": "as if"}, {"by": "nobody"}, {"at": timezone.now()}, {"to_state": "shipped"}):
        with REFUSED, transaction.atomic():
            steps.update(**change)
    with REFUSED, transaction.atomic():
        step.delete()

    assert steps.values().get() == before


def test_a_step_is_not_replaced(step: JobTransition) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL knows no INSERT OR REPLACE")
    before = JobTransition.objects.values().get(pk=step.pk)
    replace = (
        "INSERT OR REPLACE INTO orders_jobtransition (id, job_id, version, from_state, to_state, by, note, at)"
        " SELECT %s, job_id, version, from_state, 'shipped', by, note, at FROM orders_jobtransition WHERE id = %s"
    )

    for new_id in (step.pk, None):  # in the place of its id, or of its number within the job
        with REFUSED, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(replace, [new_id, step.pk])

    assert JobTransition.objects.values().get(pk=step.pk) == before
