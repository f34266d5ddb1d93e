"""What shoppers already hold that another version would touch: shared mixes here, and what other apps add.

An app that keeps mixes adds a `Holding` to HOLDINGS when it is ready: this one knows nothing of baskets or orders.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db.models import Count, F, Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import ngettext_lazy

from configurator.mixing.mixer import Mixer, UnknownChoiceError
from configurator.mixing.price import unit_price
from configurator.models import Recipe, SharedMix

MOST_MIXES = 5_000  # different mixes looked at per holding, the most frequent first


class Fate(Enum):
    STAYS = "stays"
    STOPS = "stops"  # can be made now and not afterwards
    REPRICED = "repriced"


@dataclass(frozen=True, slots=True)
class Holding:
    """Rows that hold mixes. `words` counts them in words, such as “%(count)s baskets”.

    `rows` gives those of a recipe; `mix` and `size` lead to their mix (JSON) and size, `counted` to what is counted:
    a basket with two mixes is one. `is_frozen` says that their price was agreed and stays.
    """

    slug: str
    words: Any
    rows: Callable[[Recipe], QuerySet[Any]]
    mix: str = "mix"
    size: str = "size"
    counted: str = "pk"
    is_frozen: bool = False


@dataclass(frozen=True, slots=True)
class Touched:
    """How many of a holding have a mix that stops (`stopped`), and how many others one with another price.

    `is_least`: there are more than MOST_MIXES different mixes, so there may be more of both.
    """

    holding: Holding
    stopped: int
    repriced: int
    is_least: bool = False

    @property
    def count(self) -> int:
        return self.stopped + self.repriced

    @property
    def words(self) -> str:
        return str(self.holding.words % {"count": self.count})


HOLDINGS: list[Holding] = [
    Holding(
        slug="shared-mixes",
        words=ngettext_lazy("%(count)s shared mix", "%(count)s shared mixes", "count"),
        rows=lambda recipe: SharedMix.objects.filter(version__recipe=recipe, revoked_at=None),
    )
]


def count_touched(recipe: Recipe, *, old: Mixer, new: Mixer) -> tuple[Touched, ...]:
    """What of each holding is touched when `new` takes the place of `old`; two queries each.

    Mixes are told apart in the database, so that the number of rows is its business.
    """
    return tuple(_count(holding, recipe, old, new) for holding in HOLDINGS)


def fate_of(mix: Mapping[str, str], size: str, *, old: Mixer, new: Mixer) -> Fate:
    """What becomes of a mix; what could not be made or priced before stays as it is."""
    before, after = _price(old, mix, size), _price(new, mix, size)
    if before is None or before == after:
        return Fate.STAYS
    return Fate.STOPS if after is None else Fate.REPRICED


def _price(mixer: Mixer, mix: Mapping[str, str], size: str) -> int | None:
    """In minor units; None for what cannot be sold."""
    try:
        read, found = mixer.read_mix(mix), mixer.read_size(size)
    except UnknownChoiceError:
        return None
    if not mixer.is_complete(read) or not mixer.is_makeable(read):
        return None
    return unit_price(mixer.spec, read, found)


def _count(holding: Holding, recipe: Recipe, old: Mixer, new: Mixer) -> Touched:
    rows = holding.rows(recipe).order_by()
    rows = rows.annotate(held_mix=Cast(holding.mix, TextField()), held_size=F(holding.size))
    kinds = rows.values_list("held_mix", "held_size").annotate(rows=Count("pk")).order_by("-rows")
    found = list(kinds[: MOST_MIXES + 1])
    fates: dict[Fate, dict[str, list[str]]] = {fate: {} for fate in Fate}
    for text, size, _rows in found[:MOST_MIXES]:
        fate = fate_of(json.loads(text), size, old=old, new=new)
        fates[fate].setdefault(size, []).append(text)
    stops, repriced = _among(fates[Fate.STOPS]), _among(fates[Fate.REPRICED])
    counts = rows.aggregate(
        stopped=Count(holding.counted, distinct=True, filter=stops),
        touched=Count(holding.counted, distinct=True, filter=stops | repriced),
    )
    return Touched(
        holding,
        stopped=counts["stopped"],
        repriced=0 if holding.is_frozen else counts["touched"] - counts["stopped"],
        is_least=len(found) > MOST_MIXES,
    )


def _among(by_size: Mapping[str, list[str]]) -> Q:
    """The rows with one of these mixes, by size."""
    found = Q(pk__in=[])
    for size, texts in by_size.items():
        found |= Q(held_size=size, held_mix__in=texts)
    return found
