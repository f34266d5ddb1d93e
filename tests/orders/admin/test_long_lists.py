"""Staff's lists of what comes by the thousand cost the same however long they are."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders import search
from orders.admin import long_lists
from orders.models import Job, Order, OrderLine
from orders.outbox import add_plan_entry
from tests.configurator.plans import make_plan
from tests.orders.admin.people import make_boss
from tests.orders.lots import use_lots
from tests.orders.make import make_job

pytestmark = pytest.mark.usefixtures("catalogue")

JOBS, ORDERS = "/admin/orders/job/", "/admin/orders/order/"
OUTBOX = "/admin/orders/outboxentry/"
MOST_QUERIES = 12
MANY, MOST = 400, 300  # rows, and how many of them are counted and found
SEARCHES = ["", "nothing", "ada lovelace", "mend quench", "@example.org", "warm hearth mend quench ada x"]


def copy(row: Any, times: int, **own: Any) -> list[Any]:
    """Rows like one in all but what has to differ."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    rows = [
        type(row)(**{**values, "id": None, **{name: make(i) for name, make in own.items()}})
        for i in range(times)
    ]
    return list(type(row).objects.bulk_create(rows))


def fill(times: int) -> None:
    """Orders like the one that was made, each with a line and a job."""
    job = Job.objects.select_related("order", "line").get()
    orders = copy(
        job.order,
        times,
        number=lambda i: f"Z{i}",
        token=lambda i: f"token{i}",
        checkout_key=lambda i: uuid.uuid4(),
    )
    lines = copy(job.line, times, order_id=lambda i: orders[i].pk)
    copy(
        job,
        times,
        public_id=lambda i: uuid.uuid4(),
        order_id=lambda i: orders[i].pk,
        line_id=lambda i: lines[i].pk,
    )
    assert Order.objects.count() == OrderLine.objects.count() == Job.objects.count() == times + 1
    with connection.cursor() as cursor:  # both databases do it by themselves, sooner or later
        cursor.execute("ANALYZE")


def queries_of(staff: Client, path: str, text: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        assert staff.get(path, {"q": text} if text else {}).status_code == 200
    return [query["sql"] for query in queries.captured_queries]


def test_a_list_or_a_search_of_more_than_it_shows_asks_no_more_than_one_of_1(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(long_lists, "MOST_COUNTED", MOST)
    monkeypatch.setattr(search, "MOST_FOUND", MOST)
    monkeypatch.setattr(
        search, "LOOK_BACK", 10**9
    )  # PostgreSQL goes on counting where other tests have stopped
    boss = make_boss()
    make_job("produced")
    asked = [(path, text) for path in (ORDERS, JOBS) for text in SEARCHES]
    few = [len(queries_of(boss, path, text)) for path, text in asked]

    fill(MANY)

    assert [len(queries_of(boss, path, text)) for path, text in asked] == few
    assert max(few) <= MOST_QUERIES


def test_a_list_of_jobs_reads_no_recipe_and_nothing_about_who_ordered() -> None:
    boss = make_boss()
    make_job("produced")

    asked = " ".join(queries_of(boss, JOBS, "quench"))

    for column in ("snapshot", "made_of", "email", "full_name", "address_line1", "postcode", "town"):
        assert f'"orders_job"."{column}"' not in asked
        assert f'"orders_order"."{column}"' not in asked


def test_the_outbox_reads_no_spec_and_its_newest_entries_without_sorting_all() -> None:
    plan = make_plan()
    add_plan_entry("mail_plan_refused", plan=plan, now=timezone.now())

    asked = queries_of(make_boss(), OUTBOX, "")

    [listed] = [sql for sql in asked if '"orders_outboxentry"."error"' in sql]
    assert listed.split("ORDER BY ")[1].startswith('"orders_outboxentry"."id" DESC')
    for column in ("spec", "space"):
        assert f'"configurator_plannedpublish"."{column}"' not in " ".join(asked)


@pytest.mark.parametrize("path", [OUTBOX, "/admin/orders/shipment/", "/admin/orders/lotuse/"])
def test_other_long_lists_count_no_further_either(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_lists, "MOST_COUNTED", 3)
    use_lots(make_job("shipped"), main="M7")

    counted = [sql for sql in queries_of(make_boss(), path, "") if "COUNT(" in sql]

    assert counted
    assert all("LIMIT 3" in sql for sql in counted)


def test_no_list_counts_further_than_its_pages_lead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_lists, "MOST_COUNTED", 3)
    boss = make_boss()
    make_job("produced")
    fill(4)

    response = boss.get(JOBS)

    assert response.context["cl"].result_count == 3
    assert "There are more than 3; the pages lead to the first 3" in response.content.decode()
    [counted] = [sql for sql in queries_of(boss, JOBS, "") if "COUNT(" in sql]
    assert "LIMIT 3" in counted
