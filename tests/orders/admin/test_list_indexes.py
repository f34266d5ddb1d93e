"""Indexes that staff's lists live from: none over a column that is empty for nearly all, one for each rare filter."""

from typing import Any

import pytest
from django.db import connection

from orders.models import Job, Order

RARE: dict[str, dict[str, Any]] = {
    "job_open_by_state": {"state": "failed"},
    "job_held": {"on_hold": True},
    "job_lapsed": {"lapsed": True},
}


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Job, Order])
def test_no_index_is_over_all_real_rows_by_their_empty_sandbox(model: type[Job] | type[Order]) -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)

    over_sandbox = [
        name for name, each in found.items() if each["index"] and each["columns"][:1] == ["sandbox_id"]
    ]
    assert over_sandbox == ["job_of_sandbox" if model is Job else "order_of_sandbox"]


@pytest.mark.django_db
@pytest.mark.parametrize("index", RARE)
def test_a_rare_filter_is_answered_by_its_index(index: str) -> None:
    """On SQLite, which says so of an empty table, too; PostgreSQL reads one row by row, whatever indexes there are."""
    rows = Job.objects.filter(sandbox=None, **RARE[index]).order_by("-id")

    plan = rows.explain()

    assert index in plan or (connection.vendor == "postgresql" and "orders_job" in plan)
