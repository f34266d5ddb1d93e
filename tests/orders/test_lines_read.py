"""What is done with an order reads its lines together, and of their versions neither spec nor space."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from orders.cancelling import SHOPPER, ask_to_cancel, cancel_order
from orders.handoff import hand_off
from orders.making import decide_cancellation, start_job
from orders.models import Job
from orders.remaking import remake_job
from tests.orders.make import claim_only, copy_job, lease_of, make_client, make_job

pytestmark = pytest.mark.usefixtures("catalogue")

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def queries_of(do: Callable[[], object]) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        do()
    return [query["sql"] for query in asked]


def cancel(lines: int = 2) -> list[str]:
    job = make_job("ready", now=NOW)
    order = job.order
    copy_job(job, lines - 1)
    return queries_of(lambda: cancel_order(order, by=SHOPPER, now=LATER))


def settle(lines: int = 2) -> list[str]:
    """The maker of one job accepts that it is cancelled, and so the others are, too."""
    job = make_job("ready", now=NOW)
    copy_job(job, lines)
    claim_only(job, make_client().row, lease_seconds=6000, now=NOW)
    ask_to_cancel(job.order, by=SHOPPER, now=NOW)
    lease = lease_of(job)
    found = queries_of(
        lambda: decide_cancellation(job.public_id, lease=lease, accept=True, note="", now=LATER)
    )
    assert set(job.order.jobs.values_list("state", flat=True)) == {"cancelled"}
    return found


@pytest.mark.parametrize("deed", [cancel, settle])
def test_an_order_of_many_lines_is_cancelled_with_no_query_for_each(deed: Callable[[int], list[str]]) -> None:
    few, many = deed(1), deed(8)

    assert len(many) == len(few), "\n".join(many)


def hand_off_one() -> list[str]:
    order = make_job("pending", now=NOW).order
    with transaction.atomic():
        return queries_of(lambda: hand_off(order, LATER))


def start_one() -> list[str]:
    job = make_job("claimed", now=NOW)
    lease = lease_of(job)
    return queries_of(lambda: start_job(job.public_id, lease=lease, now=NOW))


def make_one_anew() -> list[str]:
    job = Job.objects.get(pk=make_job("failed", now=NOW).pk)
    return queries_of(lambda: remake_job(job, reason="it leaks", by="Grace", now=LATER))


@pytest.mark.parametrize("deed", [cancel, settle, hand_off_one, start_one, make_one_anew])
def test_of_a_version_neither_spec_nor_space_is_read(deed: Callable[[], list[str]]) -> None:
    asked = deed()

    assert any('"configurator_recipeversion"."sha256"' in sql for sql in asked)
    for column in ("spec", "space"):
        assert not [sql for sql in asked if f'"configurator_recipeversion"."{column}"' in sql]
