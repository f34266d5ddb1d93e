"""Indexes that staff's lists live from: none over a column that is empty for nearly all, one for each rare filter.

And those of payments, which are asked for by the relay every few seconds and by every notice.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.models import Job, Order, Payment
from orders.payments import settle_confirmed_payments
from orders.reconciling import ask_about_open_payments

RARE: dict[str, dict[str, Any]] = {
    "job_open_by_state": {"state": "failed"},
    "job_held": {"on_hold": True},
    "job_lapsed": {"lapsed": True},
}

# PostgreSQL reads an empty table row by row, whatever indexes there are.
only_on_sqlite = pytest.mark.any_database


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Job, Order])
def test_no_index_is_over_all_real_rows_by_their_empty_sandbox(model: type[Job] | type[Order]) -> None:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)

    over_sandbox = [
        name for name, each in found.items() if each["index"] and each["columns"][:1] == ["sandbox_id"]
    ]
    assert over_sandbox == ["job_of_sandbox" if model is Job else "order_of_sandbox"]


@only_on_sqlite
@pytest.mark.django_db
@pytest.mark.parametrize("index", RARE)
def test_a_rare_filter_is_answered_by_its_index(index: str) -> None:
    """On SQLite, which says so of an empty table, too."""
    rows = Job.objects.filter(sandbox=None, **RARE[index]).order_by("-id")

    plan = rows.explain()

    assert index in plan


@only_on_sqlite
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("index", "ask"),
    [
        ("payment_by_token", lambda: Payment.objects.filter(token="a").first()),
        ("payment_by_captured", lambda: settle_confirmed_payments(now=timezone.now())),
        ("payment_by_created", lambda: ask_about_open_payments(now=timezone.now())),
    ],
)
def test_payments_are_found_by_an_index(index: str, ask: Callable[[], object]) -> None:
    with CaptureQueriesContext(connection) as asked:
        ask()
    [question] = [query["sql"] for query in asked.captured_queries]

    with connection.cursor() as cursor:
        cursor.execute(f"{connection.ops.explain_query_prefix()} {question}")
        plan = str(cursor.fetchall())

    assert index in plan
