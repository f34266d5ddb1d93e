"""Six writers whose transactions overlap, and readers that follow: every event is seen, in order, once.

On SQLite no two writers overlap, so there it shows only that the parts fit; PostgreSQL is what it is about.
"""

from itertools import groupby
from pathlib import Path

import pytest
from django.conf import settings

from tests.length import long_or_short
from tests.orders.forking import race_processes
from tests.orders.make import make_client, make_order
from tests.orders.racing import shop_on_file

pytestmark = [pytest.mark.usefixtures("catalogue"), pytest.mark.slow, pytest.mark.race]

WRITERS, READERS = [f"w{number}" for number in range(6)], ["r0", "r1"]
EACH = long_or_short(500, 100 if "sqlite" in settings.DATABASES["default"]["ENGINE"] else 40)
ALL = len(WRITERS) * EACH


def test_readers_see_all_events_of_6_writers_in_order_and_none_twice(tmp_path: Path) -> None:
    make_order()
    make_client(name="reader")

    with shop_on_file(tmp_path) as url:
        said = race_processes(
            "tests.orders.fulfilment.feed_racer",
            [*WRITERS, *READERS],
            str(EACH),
            str(ALL),
            url=url,
            folder=tmp_path,
        )

    for reader in READERS:
        *lines, nothing_more = said[reader]
        assert nothing_more == ""
        seen = [(int(seq), writer, int(number)) for seq, writer, number in map(str.split, lines)]
        assert [seq for seq, _writer, _number in seen] == list(range(1, ALL + 1))
        by_writer = groupby(sorted(seen, key=lambda event: event[1]), key=lambda event: event[1])
        numbers = {writer: [number for _seq, _writer, number in events] for writer, events in by_writer}
        assert numbers == {writer: list(range(EACH)) for writer in WRITERS}
