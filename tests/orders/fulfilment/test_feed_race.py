"""Six writers whose transactions overlap, and readers that follow: every event is seen, in order, once.

On SQLite no two writers overlap, so there it shows only that the parts fit; PostgreSQL is what it is about.
"""

import subprocess
import sys
from itertools import groupby

import pytest
from django.conf import settings

from tests.length import long_or_short
from tests.own_database import own_database
from tests.processes import Shop, open_shop, run_python

pytestmark = [pytest.mark.slow, pytest.mark.race]

WRITERS, READERS = 6, 2
EACH = long_or_short(500, 100 if "sqlite" in settings.DATABASES["default"]["ENGINE"] else 40)
ALL = WRITERS * EACH
RACER = "tests.orders.fulfilment.feed_racer"
SETTINGS = {"DJANGO_SETTINGS_MODULE": "config.settings"}


def test_readers_see_all_events_of_6_writers_in_order_and_none_twice() -> None:
    with own_database() as env, open_shop(env=env) as shop:
        run_python("-m", RACER, "order", environment={**shop.environment, **SETTINGS})
        writers = [start_racer(shop, "write", f"w{number}", EACH) for number in range(WRITERS)]
        readers = [start_racer(shop, "read", f"r{number}", ALL) for number in range(READERS)]
        for racer in (*writers, *readers):
            assert racer.stdout is not None
            assert racer.stdout.readline() == "there\n"
        (shop.var_dir / "start").touch()
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


def start_racer(shop: Shop, what: str, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", RACER, what, name, str(count), str(shop.var_dir / "start")]
    environment = {**shop.environment, **SETTINGS}
    return subprocess.Popen(
        command, env=environment, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True
    )
