"""What narrows the choice beside the rules: her avoid list and what is out of stock."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from configurator.bench import Bench, missing
from configurator.mixing.mixer import Mixer
from configurator.mixing.spec import Size


@dataclass(frozen=True, slots=True)
class Restrictions:
    """`avoid`: flags and substances to leave out; `out`: (slot, component) -> about when it is back, if known."""

    avoid: tuple[str, ...] = ()
    out: Mapping[tuple[str, str], date | None] = field(default_factory=dict)


def read_restrictions(
    mixer: Mixer, size: Size, *, avoid: Collection[str], bench: Bench, today: date
) -> Restrictions:
    """Those that matter for one recipe and size: what no component contains is passed over, and days gone by too."""
    out = missing(bench, mixer.spec, size)
    return Restrictions(
        mixer.known_avoid(avoid),
        {pair: day if day and day >= today else None for pair, day in out.items()},
    )
