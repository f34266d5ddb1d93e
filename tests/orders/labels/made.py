"""Labels for tests: of a mix of a version, as if its job had been handed off."""

from collections.abc import Mapping

from configurator.models import RecipeVersion
from configurator.versions import mixer_for
from orders.labels.content import Label, read_label
from orders.models import Job, Order, OrderLine
from orders.snapshot import take_snapshot
from tests.orders.make import MIX


def job_of(
    version: RecipeVersion,
    mix: Mapping[str, str] = MIX,
    *,
    size: str = "250ml",
    name: str = "Ada",
    quantity: int = 1,
) -> Job:
    """A job that is not stored."""
    line = OrderLine(
        version=version,
        mix=dict(mix),
        size=size,
        label_name=name,
        quantity=quantity,
        unit_price=1400,
        position=1,
    )
    text, digest = take_snapshot(line, mixer_for(version))
    return Job(line=line, order=Order(number="A1"), snapshot=text, snapshot_sha256=digest)


def label_of(
    version: RecipeVersion,
    mix: Mapping[str, str] = MIX,
    *,
    size: str = "250ml",
    name: str = "Ada",
    batch: str = "",
) -> Label:
    return read_label(job_of(version, mix, size=size, name=name), batch=batch)
