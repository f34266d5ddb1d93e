"""Eight processes that claim from one database at the same time."""

from pathlib import Path

import pytest
from django.db.models import Count

from orders.models import Job, JobTransition
from tests.length import long_or_short
from tests.orders.forking import race_processes
from tests.orders.make import copy_job, make_client, make_job
from tests.orders.racing import do_alone, shop_on_file

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.slow, pytest.mark.race]

JOBS = long_or_short(2000, 480)
CLAIMERS = [f"maker {number}" for number in range(1, 9)]


def test_eight_processes_share_all_jobs_and_claim_none_twice(tmp_path: Path) -> None:
    copy_job(make_job(), JOBS - 1)
    for name in CLAIMERS:
        make_client(name=name)

    with shop_on_file(tmp_path) as url:
        claimed = race_processes(
            "tests.orders.fulfilment.claimer", CLAIMERS, url=url, folder=tmp_path
        ).values()
        states = do_alone(read_states)
        moves = do_alone(JobTransition.objects.filter(to_state="claimed").count)

    # SQLite is not fair to those that wait for it: on a slow machine one may find that all is claimed.
    assert len([ids for ids in claimed if ids]) > len(CLAIMERS) / 2, "they were at work at the same time"
    assert sum(map(len, claimed)) == JOBS
    assert len(set().union(*claimed)) == JOBS
    assert states == [(Job.State.CLAIMED, 1, JOBS, JOBS)]
    assert moves == JOBS


def read_states() -> list[tuple[str, int, int, int]]:
    """(state, attempt, jobs, different leases)"""
    rows = Job.objects.order_by().values_list("state", "attempt")
    return list(rows.annotate(Count("pk"), Count("lease_token", distinct=True)))
