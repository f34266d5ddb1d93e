"""The short run: every fault once or a few times, some hundred orders; `make faults` is the long one."""

from collections.abc import Iterator

import pytest

from tests.faults.inflicting import FAULTS, Fault
from tests.faults.phases import go_through
from tests.faults.rig import Rig, open_rig

pytestmark = pytest.mark.slow

ORDERS = 40  # of each fault
RATE = 10.0
SECONDS = 6.0
HERE = [fault for fault in FAULTS if "sqlite" in fault.databases]
SLOW_MACHINE = 3.0  # times what is promised, of a machine that does nothing else


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    with open_rig(rate=RATE) as rig:
        rig.run(1.0)
        yield rig


@pytest.mark.parametrize("fault", HERE, ids=lambda fault: fault.code)
def test_nothing_is_lost_or_doubled_and_nobody_sees_an_error(rig: Rig, fault: Fault) -> None:
    outcome = go_through(rig, fault, orders=ORDERS, most_seconds=SECONDS)

    assert outcome.orders > 0
    assert (outcome.lost, outcome.doubled, outcome.offences, outcome.errors) == (0, 0, (), ())
    assert outcome.longest <= fault.within * SLOW_MACHINE
