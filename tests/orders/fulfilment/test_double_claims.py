"""Two processes that claim from one database file at the same time."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from orders.models import Job
from tests.orders.make import copy_job, make_client, make_job

pytestmark = pytest.mark.usefixtures("catalogue")

JOBS = 200


@pytest.mark.slow
@pytest.mark.skipif(
    "sqlite3" not in settings.DATABASES["default"]["ENGINE"], reason="copies the SQLite database"
)
def test_two_processes_share_200_jobs_and_claim_none_twice(tmp_path: Path) -> None:
    copy_job(make_job(), JOBS - 1)
    for name in ("one", "two"):
        make_client(name=name)
    file, start = tmp_path / "shop.sqlite3", tmp_path / "start"
    file.write_bytes(connection.connection.serialize())

    claimers = [run_claimer(name, file, start) for name in ("one", "two")]
    for claimer in claimers:
        assert claimer.stdout is not None
        assert claimer.stdout.readline() == "there\n"
    start.touch()
    claimed = [claimer.communicate(timeout=20)[0].split() for claimer in claimers]

    assert [claimer.returncode for claimer in claimers] == [0, 0]
    assert min(map(len, claimed)) > 0, "both were at work at the same time"
    assert len(claimed[0]) + len(claimed[1]) == JOBS
    assert len({*claimed[0], *claimed[1]}) == JOBS
    with sqlite3.connect(file) as copy:
        states = copy.execute(
            "SELECT state, attempt, COUNT(*), COUNT(DISTINCT lease_token) FROM orders_job"
        ).fetchall()
        moves = copy.execute(
            "SELECT COUNT(*) FROM orders_jobtransition WHERE to_state = 'claimed'"
        ).fetchall()
    copy.close()
    assert states == [(Job.State.CLAIMED, 1, JOBS, JOBS)]
    assert moves == [(JOBS,)]


def run_claimer(name: str, file: Path, start: Path) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"sqlite:///{file}",
        "VAR_DIR": str(file.parent),
    }
    command = [sys.executable, "-m", "tests.orders.fulfilment.claimer", name, str(start)]
    return subprocess.Popen(
        command, env=environment, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
    )
