"""Why nothing can be made of what a shopper does not leave out, and what she would have to take back."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from math import comb

from configurator.mixing.mixer import Mixer, contents_of
from configurator.mixing.spec import Slot, Spec

MOST_TRIED = 500  # sets of avoided things; past it one set that cannot be made smaller has to do
MOST_SETS = 3
OutOfStock = Collection[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Emptied:
    """A slot for which nothing is left: each component contains one of `avoided` or is one of `out`."""

    slot: str
    avoided: tuple[str, ...]
    out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoMix:
    """Nothing can be made. `emptied`: slots with nothing left; none if rules forbid what is left together.

    `is_stock`: there would be something if everything were in stock. `keep_all_but`: smallest parts of the avoid
    list without which something can be made; none if stock alone is in the way.
    """

    emptied: tuple[Emptied, ...]
    is_stock: bool
    keep_all_but: tuple[tuple[str, ...], ...]


def why_nothing_is_left(mixer: Mixer, avoid: Collection[str], *, out: OutOfStock = ()) -> NoMix:
    """Why no mix can be made that holds nothing of `avoid` and none of the (slot, component) pairs `out` of stock."""
    known = mixer.known_avoid(avoid)
    return NoMix(
        emptied=tuple(
            emptied for slot in mixer.spec.slots if (emptied := _emptied(mixer.spec, slot, known, out))
        ),
        is_stock=mixer.leads_somewhere(avoid=known),
        keep_all_but=_smallest_sets(
            known,
            lambda dropped: mixer.leads_somewhere(
                avoid=[item for item in known if item not in dropped], out=out
            ),
        ),
    )


def _emptied(spec: Spec, slot: Slot, avoid: Sequence[str], out: OutOfStock) -> Emptied | None:
    """With the fewest avoided things that empty the slot; None if something is left for it."""
    if slot.optional:
        return None
    parts = spec.components_of(slot)
    missing = [
        part.slug for part in parts if (slot.slug, part.slug) in out and contents_of(part).isdisjoint(avoid)
    ]
    there = [contents_of(part) for part in parts if part.slug not in missing]
    enough = _smallest_sets(avoid, lambda left_out: all(not names.isdisjoint(left_out) for names in there))
    return Emptied(slot.slug, enough[0], tuple(missing)) if enough else None


def _smallest_sets(
    items: Sequence[str], is_enough: Callable[[Sequence[str]], bool]
) -> tuple[tuple[str, ...], ...]:
    """The smallest sets of items that are enough (so is then every larger one), at most MOST_SETS; none if all are not.

    Where trying all of a size takes too long: one set that has nothing to spare.
    """
    if not is_enough(items):
        return ()
    tried = 0
    for size in range(len(items) + 1):
        tried += comb(len(items), size)
        if tried > MOST_TRIED:
            break
        found = (chosen for chosen in combinations(items, size) if is_enough(chosen))
        if smallest := tuple(islice(found, MOST_SETS)):
            return smallest
    kept = list(items)
    for item in reversed(items):
        fewer = [other for other in kept if other != item]
        if is_enough(fewer):
            kept = fewer
    return (tuple(kept),)
