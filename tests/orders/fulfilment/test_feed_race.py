"""Six writers whose transactions overlap, and readers that follow: every event is seen, in order, once.

On SQLite no two writers overlap, so there it shows only that the parts fit; PostgreSQL is what it is about.
"""

import os
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest
from django.conf import settings

from tests.length import long_or_short
from tests.orders.make import make_client, make_order
from tests.orders.racing import shop_on_file

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.slow, pytest.mark.race]

WRITERS, READERS = 6, 2
EACH = long_or_short(500, 100 if "sqlite" in settings.DATABASES["default"]["ENGINE"] else 40)
ALL = WRITERS * EACH


def test_readers_see_all_events_of_6_writers_in_order_and_none_twice(tmp_path: Path) -> None:
    make_order()
    make_client(name="reader")
    start = tmp_path / "start"

    with shop_on_file(tmp_path) as url:
        writers = [start_racer("write", f"w{number}", EACH, url, start) for number in range(WRITERS)]
        readers = [start_racer("read", f"r{number}", ALL, url, start) for number in range(READERS)]
        for racer in (*writers, *readers):
            assert racer.stdout is not None
            assert racer.stdout.readline() == "there\n"
        start.touch()
        outputs = [racer.communicate(timeout=600)[0] for racer in (*writers, *readers)]

    assert {racer.returncode for racer in (*writers, *readers)} == {0}
    for output in outputs[WRITERS:]:
        *lines, nothing_more = output.splitlines()
        assert nothing_more == ""
        seen = [(int(seq), writer, int(number)) for seq, writer, number in map(str.split, lines)]
        assert [seq for seq, _writer, _number in seen] == list(range(1, ALL + 1))
        by_writer = groupby(sorted(seen, key=lambda event: event[1]), key=lambda event: event[1])
        numbers = {writer: [number for _seq, _writer, number in events] for writer, events in by_writer}
        assert numbers == {f"w{number}": list(range(EACH)) for number in range(WRITERS)}


def start_racer(what: str, name: str, count: int, url: str, start: Path) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": url,
        "VAR_DIR": str(start.parent),
    }
    command = [sys.executable, "-m", "tests.orders.fulfilment.feed_racer", what, name, str(count), str(start)]
    return subprocess.Popen(
        command, env=environment, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
    )
